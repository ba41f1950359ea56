//! Teams: who looks after apps beside their owners in Entra.

use super::apps::Scope;
use domain::teams::Membership;
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
    /// Its name.
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
    /// Whom to ask how the apps work.
    pub technical: Option<String>,
    /// Whom to ask what they are for.
    pub business: Option<String>,
}

/// A team that looks after an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamOfApp {
    /// Its name.
    pub name: String,
    /// Whom to ask how the app works.
    pub technical: Option<String>,
    /// Whom to ask what it is for.
    pub business: Option<String>,
    /// The viewer is of it.
    pub mine: bool,
}
