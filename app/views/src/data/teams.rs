//! Teams: who looks after apps beside their owners in Entra.

use super::apps::Scope;
pub use domain::teams::Membership;
use serde::{Deserialize, Serialize};

/// The page about teams.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Teams {
    /// All of them for administrators and auditors, else the viewer's own and those of which that is not known.
    pub teams: Vec<TeamView>,
    /// Which of the two.
    pub scope: Scope,
    /// The directory is read in the background: without that, names, tags and missing owners are not known.
    pub inventory: bool,
}

/// One team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamView {
    pub name: String,
    /// Names, where somebody has signed in here; else object ids.
    pub members: Vec<String>,
    /// Object id of a group in Entra.
    pub group: Option<String>,
    /// Whether the viewer is of it.
    pub membership: Membership,
    /// Which apps are its own, a line for each way.
    pub rules: Vec<String>,
    /// How many app registrations that makes by the inventory; absent where there is none.
    pub apps: Option<u64>,
    pub technical: Option<String>,
    pub business: Option<String>,
}

/// A team that looks after an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamOfApp {
    pub name: String,
    pub technical: Option<String>,
    pub business: Option<String>,
    /// The viewer is of it.
    pub mine: bool,
}
