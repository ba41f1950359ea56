//! What administrators set in the portal itself, beside what its configuration has.

use crate::spelling::spelled;

spelled! {
    /// What became of such a setting.
    pub enum SettingAct ("change of a setting") {
        /// It is new.
        Added = "added",
        /// It says something else.
        Changed = "changed",
        /// It is kept, and not used.
        SwitchedOff = "switched-off",
        /// It is used again.
        SwitchedOn = "switched-on",
        /// It is gone.
        Removed = "removed",
    }
}

/// Approval rules that administrators may keep here.
pub const MOST_RULES: u32 = 100;
/// Channels for notices that administrators may keep here.
pub const MOST_CHANNELS: u32 = 50;
