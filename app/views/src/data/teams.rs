//! Teams: who looks after apps beside their owners in Entra.

use super::apps::Scope;
use domain::teams::{GroupFailure, Membership};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// The page about teams.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Teams {
    /// All of them for administrators and auditors, else the viewer's own and those of which that is not known.
    pub teams: Vec<TeamView>,
    /// Which of the two.
    pub scope: Scope,
    /// The directory is read in the background: without that, names, tags and missing owners are not known.
    pub inventory: bool,
    /// Where a team of these has apps by the departments of their owners, and there is an inventory: how far those are known.
    pub departments: Option<Departments>,
    /// Where in Entra's admin center the portal is given permissions; for administrators, in clouds that have one.
    pub permissions_page: Option<String>,
    /// What is given to teams here; for administrators alone.
    pub given: Option<GivenTable>,
}

/// How far owners' departments are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Departments {
    /// Of every owner.
    Known,
    /// The configuration does not say that they may be read: of nobody.
    NotAsked,
    /// Not of every owner.
    Unknown {
        /// Of how many app registrations there is an owner of whom it is not known; for those who see all of them.
        apps: Option<u64>,
    },
}

/// Apps that were given to teams here, beside what their own lines say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenTable {
    /// Lines without the header.
    pub count: u32,
    /// With the columns `app` and `team`.
    pub csv: String,
}

/// What a table would change of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenPreview {
    /// Given now.
    pub added: Vec<GivenLine>,
    /// Taken back.
    pub removed: Vec<GivenLine>,
    /// Lines that stay.
    pub kept: usize,
    /// Of those that are added, how many the inventory does not have; absent where there is none.
    pub unknown: Option<usize>,
    /// Names what was given when the preview was made.
    pub seen: String,
    /// The table itself, as it would be kept.
    pub csv: String,
}

/// An app of a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenLine {
    /// Its name.
    pub team: String,
    /// Object id or client id.
    pub app: Uuid,
    /// What the inventory calls the app.
    pub name: Option<String>,
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
    /// Who is in that, as the background has read it; absent where it does not, and for who is not of the team.
    pub people: Option<GroupPeople>,
    /// Members of the group are to be told, and the background does not read who they are.
    pub untold: bool,
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

/// Who is in a group of a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupPeople {
    /// Of the group.
    pub name: Option<String>,
    /// Names, or else object ids, at most so many as a page shows; and how many more there are.
    pub listed: Vec<String>,
    /// All of them.
    pub count: u64,
    /// When they were read; absent: never.
    #[serde(with = "time::serde::rfc3339::option")]
    pub read_at: Option<OffsetDateTime>,
    /// That is too long ago: who is in it counts as unknown.
    pub is_old: bool,
    /// Why the last try was in vain.
    pub failure: Option<GroupFailure>,
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
