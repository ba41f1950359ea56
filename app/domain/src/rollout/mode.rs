//! What a push does.

use crate::spelling::spelled;

spelled! {
    /// What a push does to the apps' entries.
    pub enum PushMode ("mode of a push") {
        /// Adds; keeps every other entry.
        Append = "append",
        /// Adds; removes every other `Verify` entry.
        Replace = "replace",
        /// Adds, and notes the other `Verify` entries for retirement after an overlap. Nothing is removed by itself.
        Rotate = "rotate",
        /// Removes named entries.
        Retire = "retire",
        /// Adds certificates that another app has.
        Copy = "copy",
        /// Adds what was there at an earlier time and is not there now.
        Restore = "restore",
        /// Makes the app's entries what they were at an earlier time.
        RestoreExactly = "restore-exactly",
        /// Adds certificate by certificate, as a table says.
        Table = "table",
    }
}

impl PushMode {
    /// One certificate is chosen first, then apps: the way from upload to receipt.
    pub const fn is_from_upload(self) -> bool {
        matches!(self, Self::Append | Self::Replace | Self::Rotate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::holds;

    #[test]
    fn spellings() {
        holds(&[
            (PushMode::Append, "append"),
            (PushMode::Replace, "replace"),
            (PushMode::Rotate, "rotate"),
            (PushMode::Retire, "retire"),
            (PushMode::Copy, "copy"),
            (PushMode::Restore, "restore"),
            (PushMode::RestoreExactly, "restore-exactly"),
            (PushMode::Table, "table"),
        ]);
        assert_eq!(PushMode::ALL.len(), 8);
    }
}
