//! Teams: who looks after apps beside the owners whom Entra names. A team's members see its apps and may ask for changes;
//! what may be written is Entra's decision, and a team changes nothing about it.

use crate::app_selector::{AppSelector, NamePattern};
use crate::department::Department;
use crate::ids::ObjectId;
use crate::spelling::spelled;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Of one portal.
const MOST_TEAMS: usize = 200;
/// Of each list of one team.
const MOST_LINES: usize = 500;
/// Characters of a team's name and of a contact.
const LONGEST: usize = 100;

/// A name or a contact: one line, not empty, of at most 100 characters, without blanks around it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TeamText(String);

impl TeamText {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TeamText {
    type Err = TeamError;

    fn from_str(text: &str) -> Result<Self, TeamError> {
        let text = text.trim();
        let fits = (1..=LONGEST).contains(&text.chars().count()) && !text.contains(char::is_control);
        if fits { Ok(Self(text.to_owned())) } else { Err(TeamError::Text) }
    }
}

impl TryFrom<String> for TeamText {
    type Error = TeamError;

    fn try_from(text: String) -> Result<Self, TeamError> {
        text.parse()
    }
}

impl From<TeamText> for String {
    fn from(text: TeamText) -> Self {
        text.0
    }
}

impl fmt::Display for TeamText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What is wrong with teams.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TeamError {
    /// A name or a contact.
    #[error("a team's name and its contacts have 1 to {LONGEST} characters on one line")]
    Text,
    /// Two have this one.
    #[error("two teams are called “{0}”")]
    TwiceNamed(TeamText),
    /// It names neither people nor a group.
    #[error("team “{0}” has neither members nor a group")]
    Nobody(TeamText),
    /// A list of it.
    #[error("team “{0}” has a list of more than {MOST_LINES} lines")]
    TooLong(TeamText),
    /// All of them.
    #[error("there are more than {MOST_TEAMS} teams")]
    TooMany,
}

/// An app that an administrator has given to a team, beside what the team's own lines say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GivenApp {
    /// Its name.
    pub team: TeamText,
    /// Object id or client id.
    pub app: Uuid,
}

/// People who look after apps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// For people.
    pub name: TeamText,
    /// Object ids of people.
    #[serde(default)]
    pub members: Vec<ObjectId>,
    /// Object id of a group in Entra, whose members are members, too; nested ones as well.
    #[serde(default)]
    pub group: Option<ObjectId>,
    /// Object ids or client ids.
    #[serde(default)]
    pub apps: Vec<Uuid>,
    /// Of apps.
    #[serde(default)]
    pub names: Vec<NamePattern>,
    /// `tags` of the app registration.
    #[serde(default)]
    pub tags: Vec<String>,
    /// App registrations that nobody owns who counts.
    #[serde(default)]
    pub ownerless: bool,
    /// Apps of which an owner is of this department.
    #[serde(default)]
    pub owner_department: Option<Department>,
    /// Whom to ask how the apps work, such as a mail address.
    #[serde(default)]
    pub technical: Option<TeamText>,
    /// Whom to ask what the apps are for.
    #[serde(default)]
    pub business: Option<TeamText>,
    /// Its members are told of what ends of its apps, each in their own digest.
    #[serde(default)]
    pub tell_members: bool,
}

spelled! {
    /// Why the people of a group are not known.
    pub enum GroupFailure ("why a group is not known") {
        /// `GroupMember.Read.All` is missing.
        NotPermitted = "not-permitted",
        /// There is no such group.
        Gone = "gone",
        /// Its members are hidden: that takes `Member.Read.Hidden`.
        Hidden = "hidden",
        /// There are more people in it than are read.
        TooMany = "too-many",
        /// For a reason that may pass.
        Failed = "failed",
    }
}

impl GroupFailure {
    /// For people.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::NotPermitted => "Thumbprint lacks the application permission GroupMember.Read.All",
            Self::Gone => "the directory has no such group",
            Self::Hidden => {
                "its membership is hidden, which takes the application permission Member.Read.Hidden as well"
            }
            Self::TooMany => "it has more people than Thumbprint reads",
            Self::Failed => "the directory could not be read",
        }
    }
}

/// Whether somebody belongs to a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Membership {
    /// They do.
    Member,
    /// They do not.
    Stranger,
    /// The team has a group, and the person's groups could not be read. It opens nothing.
    Unknown,
}

impl Team {
    /// What is wrong with teams, taken together.
    ///
    /// # Errors
    /// The first thing that is amiss.
    pub fn check(teams: &[Self]) -> Result<(), TeamError> {
        if teams.len() > MOST_TEAMS {
            return Err(TeamError::TooMany);
        }
        for (at, team) in teams.iter().enumerate() {
            let name = || team.name.clone();
            if teams[..at].iter().any(|other| other.name == team.name) {
                return Err(TeamError::TwiceNamed(name()));
            }
            if team.members.is_empty() && team.group.is_none() {
                return Err(TeamError::Nobody(name()));
            }
            if [team.members.len(), team.apps.len(), team.names.len(), team.tags.len()].iter().any(|n| *n > MOST_LINES)
            {
                return Err(TeamError::TooLong(name()));
            }
        }
        Ok(())
    }

    /// Which apps are its own: those for which one line of it fits.
    pub fn selector(&self) -> AppSelector<'_> {
        let Self { apps, names, tags, ownerless, owner_department, .. } = self;
        AppSelector {
            ids: apps.into(),
            names: names.into(),
            tags: tags.into(),
            ownerless: *ownerless,
            departments: owner_department.as_slice().into(),
        }
    }

    /// The same team, with the apps that were given to it.
    #[must_use]
    pub fn with_given<'g>(mut self, given: impl IntoIterator<Item = &'g GivenApp>) -> Self {
        for one in given {
            if one.team == self.name && !self.apps.contains(&one.app) {
                self.apps.push(one.app);
            }
        }
        self
    }

    /// The same team, with people who were found to be of its group.
    #[must_use]
    pub fn with_people(mut self, people: impl IntoIterator<Item = ObjectId>) -> Self {
        for person in people {
            if !self.members.contains(&person) {
                self.members.push(person);
            }
        }
        self
    }

    /// Its contacts that are mail addresses, each once.
    pub fn mailboxes(&self) -> Vec<&str> {
        let mut mailboxes: Vec<&str> = vec![];
        for contact in [&self.technical, &self.business].into_iter().flatten() {
            let text = contact.as_str();
            if is_mailbox(text) && !mailboxes.iter().any(|other| other.eq_ignore_ascii_case(text)) {
                mailboxes.push(text);
            }
        }
        mailboxes
    }

    /// `groups`: of the person, nested ones included; `None` where they could not be read.
    pub fn membership(&self, person: ObjectId, groups: Option<&[ObjectId]>) -> Membership {
        if self.members.contains(&person) {
            return Membership::Member;
        }
        match (self.group, groups) {
            (Some(_), None) => Membership::Unknown,
            (Some(group), Some(groups)) if groups.contains(&group) => Membership::Member,
            (_, _) => Membership::Stranger,
        }
    }
}

/// Nothing but an address, of characters that need no quoting (RFC 5322, section 3.4.1). A contact may be anything else, such
/// as a name.
pub fn is_mailbox(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let dotted = |text: &str, fits: fn(u8) -> bool| {
        text.split('.').all(|part| !part.is_empty() && part.bytes().all(fits)) && text.len() <= LONGEST
    };
    dotted(local, |b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
        && dotted(domain, |b| b.is_ascii_alphanumeric() || b == b'-')
        && domain.contains('.')
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use serde_json::json;

    const OWEN: ObjectId = ObjectId::new(Uuid::from_u128(1));
    const LEILA: ObjectId = ObjectId::new(Uuid::from_u128(2));
    const GROUP: ObjectId = ObjectId::new(Uuid::from_u128(3));

    fn team(value: serde_json::Value) -> Team {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_membership_that_cannot_be_read_is_unknown_and_no_guess() {
        let people = team(json!({"name": "a", "members": [OWEN], "names": ["pay-*"]}));
        assert_eq!(people.membership(OWEN, None), Membership::Member);
        assert_eq!(people.membership(LEILA, None), Membership::Stranger);
        let group = team(json!({"name": "b", "members": [OWEN], "group": GROUP, "ownerless": true}));
        assert_eq!(group.membership(OWEN, None), Membership::Member);
        assert_eq!(group.membership(LEILA, None), Membership::Unknown);
        assert_eq!(group.membership(LEILA, Some(&[])), Membership::Stranger);
        assert_eq!(group.membership(LEILA, Some(&[GROUP])), Membership::Member);
    }

    #[test]
    fn contacts_that_are_addresses_can_be_written_to() {
        let of = |technical: &str, business: &str| {
            let team = team(json!({"name": "a", "members": [OWEN], "ownerless": true, "technical": technical,
                "business": business}));
            team.mailboxes().into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(
            of("ops+a@contoso.com", "pay.roll@mail.contoso.com"),
            ["ops+a@contoso.com", "pay.roll@mail.contoso.com"]
        );
        assert_eq!(of("ops@contoso.com", "Ops@Contoso.com"), ["ops@contoso.com"], "once");
        for other in
            ["Owen Carter", "#payroll", "a@b", "@contoso.com", "a b@contoso.com", "a@contoso..com", "Ops <a@b.com>"]
        {
            assert_eq!(of(other, other), [""; 0], "{other}");
        }
    }

    #[test]
    fn what_is_wrong_with_teams_is_said() {
        let check = |teams: &[serde_json::Value]| Team::check(&teams.iter().cloned().map(team).collect::<Vec<_>>());
        let name = |text: &str| text.parse::<TeamText>().unwrap();
        let whole = |name: &str| json!({"name": name, "members": [OWEN], "tags": ["x"]});
        assert_eq!(check(&[whole("a"), whole("b")]), Ok(()));
        assert_eq!(check(&[whole("a"), whole("a")]), Err(TeamError::TwiceNamed(name("a"))));
        assert_eq!(check(&[json!({"name": "a", "tags": ["x"]})]), Err(TeamError::Nobody(name("a"))));
        assert_eq!(check(&[json!({"name": "a", "group": GROUP})]), Ok(()), "apps can be given to it");
        let tags = vec!["x"; MOST_LINES + 1];
        assert_eq!(check(&[json!({"name": "a", "members": [OWEN], "tags": tags})]), Err(TeamError::TooLong(name("a"))));
        assert_eq!(
            check(&(0..=MOST_TEAMS).map(|n| whole(&n.to_string())).collect::<Vec<_>>()),
            Err(TeamError::TooMany)
        );
        for bad in [
            json!({"name": " "}),
            json!({"name": "a\nb"}),
            json!({"name": "a", "member": [OWEN]}),
            json!({"name": "a", "owner_department": " "}),
        ] {
            assert!(serde_json::from_value::<Team>(bad.clone()).is_err(), "{bad}");
        }
        assert_eq!("x".repeat(LONGEST + 1).parse::<TeamText>(), Err(TeamError::Text));
    }

    #[test]
    fn what_is_given_to_a_team_is_its_own_once() {
        let payroll = team(json!({"name": "a", "members": [OWEN], "apps": [Uuid::from_u128(9)]}));
        let given = [("a", 9), ("a", 10), ("b", 11)]
            .map(|(team, app): (&str, u128)| GivenApp { team: team.parse().unwrap(), app: Uuid::from_u128(app) });
        assert_eq!(payroll.with_given(&given).apps, [9, 10].map(Uuid::from_u128));
    }

    #[test]
    fn teams_together_look_after_what_each_does() {
        let (a, b) = (
            team(json!({"name": "a", "members": [OWEN], "names": ["pay-*"]})),
            team(json!({"name": "b", "members": [OWEN], "apps": [Uuid::from_u128(9)], "ownerless": true,
                "owner_department": "Finance"})),
        );
        let both = AppSelector::together([a.selector(), b.selector()]);
        assert_eq!((both.ids.len(), both.names.len(), both.ownerless, both.departments.len()), (1, 1, true, 1));
        assert!(AppSelector::together([]).is_empty());
    }
}
