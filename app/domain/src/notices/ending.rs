//! What ends, and on which days somebody is told of it.

use super::notice::Audience;
use crate::credentials::Subject;
use crate::inventory::{AttentionKind, InventoryObject, LifetimePolicy, OwnerKind, OwnerStanding, attentions};
use crate::teams::Team;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use time::serde::rfc3339;
use time::{Duration, OffsetDateTime};

/// Apps that one notice names. How many more there are it says in a number.
pub const MOST_APPS: usize = 200;

/// Days before the end on which somebody is told; after it, every day until it is renewed or gone.
const LADDER: [i64; 5] = [30, 14, 7, 3, 1];

/// A rung of the ladder that has been reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndingStep {
    /// It ends within so many days: 30, 14, 7, 3 or 1.
    Within(i64),
    /// It has ended.
    Ended,
}

impl EndingStep {
    /// The last rung that has been reached at this time; `None` where the end is further away than the first.
    pub fn at(end: OffsetDateTime, now: OffsetDateTime) -> Option<Self> {
        if end <= now {
            return Some(Self::Ended);
        }
        let left = end - now;
        LADDER.into_iter().rev().find(|days| left <= Duration::days(*days)).map(Self::Within)
    }

    /// Whether this is to be told where it was last told at `told`, or never.
    ///
    /// Each rung once; when it has ended, once a day of the offset that both times have: whoever plans asks once a day.
    pub fn is_news(end: OffsetDateTime, told: Option<OffsetDateTime>, now: OffsetDateTime) -> bool {
        match (Self::at(end, now), told.and_then(|told| Self::at(end, told))) {
            (None, _) => false,
            (Some(Self::Ended), _) => told.is_none_or(|told| told.date() < now.date()),
            (Some(_), None) => true,
            (Some(reached), Some(told)) => reached != told,
        }
    }
}

/// An app of which something ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndingApp {
    /// Which one.
    pub subject: Subject,
    /// Its display name.
    pub name: String,
    /// The soonest of what ends and has nothing to take its place.
    #[serde(with = "rfc3339")]
    pub ends_at: OffsetDateTime,
    /// Certificates among it.
    pub certificates: u32,
    /// Secrets among it.
    pub secrets: u32,
}

/// Days after an end on which it is still told. Later it is left to the lists of the portal.
pub(super) const STILL_TOLD: i64 = 30;

impl EndingApp {
    /// What the object has that ends within thirty days, or has ended lately, and has nothing to take its place.
    pub fn of(object: &InventoryObject, now: OffsetDateTime) -> Option<Self> {
        let ends =
            attentions(object, &LifetimePolicy::default()).into_iter().filter_map(|attention| match attention.kind {
                AttentionKind::EndsWithin7Days => attention.until.filter(|end| *end > now),
                AttentionKind::ExpiredAlone => attention.from.filter(|end| *end > now - Duration::days(STILL_TOLD)),
                _ => None,
            });
        let ends_at = ends.min().filter(|end| EndingStep::at(*end, now).is_some())?;
        let count = |those: usize| u32::try_from(those).unwrap_or(u32::MAX);
        Some(Self {
            subject: object.subject,
            name: object.name.clone(),
            ends_at,
            certificates: count(object.certificates.readable.iter().filter(|one| one.end == Some(ends_at)).count()),
            secrets: count(object.secrets.readable.iter().filter(|one| one.end == Some(ends_at)).count()),
        })
    }
}

/// Whom to tell about an object, each once: its owners who may be able to act, and of the teams that look after it the contacts, and
/// the members where a team tells those; where there is nobody of them, whoever looks after what nobody owns. `teams`: those whose contacts can be told.
pub fn audiences_of(object: &InventoryObject, teams: &[Team]) -> Vec<Audience> {
    let listed = object.owners.known().map_or(&[][..], |owners| &owners.listed);
    let people = listed
        .iter()
        .filter(|owner| owner.kind == OwnerKind::Person && owner.standing != OwnerStanding::Disabled)
        .map(|owner| Audience::Person(owner.id));
    let app = object.app_facts();
    let theirs = teams.iter().filter(|team| app.as_ref().is_some_and(|app| team.selector().has(app)));
    let of_teams = theirs.flat_map(|team| {
        let contacts = (!team.mailboxes().is_empty()).then(|| Audience::Team(team.name.clone()));
        let members = if team.tell_members { &team.members[..] } else { &[] };
        contacts.into_iter().chain(members.iter().copied().map(Audience::Person))
    });
    let all: BTreeSet<Audience> = people.chain(of_teams).collect();
    if all.is_empty() { vec![Audience::Unowned] } else { all.into_iter().collect() }
}

/// What ends, for one audience and day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndingFacts {
    /// The soonest first; no more than [`MOST_APPS`].
    pub apps: Vec<EndingApp>,
    /// Of the whole list.
    pub total: u32,
    /// When the directory was read.
    #[serde(with = "rfc3339")]
    pub read_at: OffsetDateTime,
}

impl EndingFacts {
    /// Sorts and cuts. `None` where there is nothing to tell.
    pub fn new(mut apps: Vec<EndingApp>, read_at: OffsetDateTime) -> Option<Self> {
        if apps.is_empty() {
            return None;
        }
        apps.sort_by(|a, b| (a.ends_at, &a.name, a.subject.id).cmp(&(b.ends_at, &b.name, b.subject.id)));
        let total = u32::try_from(apps.len()).unwrap_or(u32::MAX);
        apps.truncate(MOST_APPS);
        Some(Self { apps, total, read_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::SubjectKind;
    use crate::ids::ObjectId;
    use time::macros::datetime;
    use uuid::Uuid;

    const END: OffsetDateTime = datetime!(2026-12-31 12:00 UTC);

    fn before(days: i64) -> OffsetDateTime {
        END - Duration::days(days)
    }

    #[test]
    fn each_rung_is_told_once_and_the_end_every_day() {
        let told: Vec<i64> = {
            let mut last = None;
            let mut days = vec![];
            for day in (-3..=40).rev() {
                if EndingStep::is_news(END, last, before(day)) {
                    last = Some(before(day));
                    days.push(day);
                }
            }
            days
        };
        assert_eq!(told, [30, 14, 7, 3, 1, 0, -1, -2, -3]);
    }

    #[test]
    fn what_was_missed_is_told_once() {
        assert!(!EndingStep::is_news(END, None, before(31)));
        assert!(EndingStep::is_news(END, None, before(10)), "nobody ran on the fourteenth day");
        assert!(!EndingStep::is_news(END, Some(before(10)), before(9)));
        assert!(EndingStep::is_news(END, Some(before(10)), before(5)));
        assert!(!EndingStep::is_news(END, Some(END), END + Duration::hours(2)), "the same day");
        assert_eq!(EndingStep::at(END, END - Duration::seconds(1)), Some(EndingStep::Within(1)));
        assert_eq!(EndingStep::at(END, END), Some(EndingStep::Ended));
    }

    fn object(owners: serde_json::Value, end: &str) -> InventoryObject {
        let row = serde_json::json!({"id": Uuid::from_u128(1), "displayName": "payroll", "keyCredentials": [],
            "passwordCredentials": [{"keyId": Uuid::from_u128(2), "endDateTime": end}], "owners": owners});
        InventoryObject::from_graph(SubjectKind::Application, &row).expect("an object")
    }

    #[test]
    fn what_ends_is_told_to_those_who_own_it() {
        let person = |n: u128, enabled: bool| serde_json::json!({"@odata.type": "#microsoft.graph.user", "id": Uuid::from_u128(n), "accountEnabled": enabled});
        let whom = |n: u128| Audience::Person(ObjectId::new(Uuid::from_u128(n)));
        let end = "2026-12-31T12:00:00Z";
        let owned = object(serde_json::json!([person(5, true), person(6, false)]), end);
        assert_eq!(audiences_of(&owned, &[]), [whom(5)]);
        let disabled = object(serde_json::json!([person(6, false)]), end);
        assert_eq!(audiences_of(&disabled, &[]), [Audience::Unowned]);
        let team = |name: &str, more: serde_json::Value| -> Team {
            let mut team =
                serde_json::json!({"name": name, "members": [Uuid::from_u128(9)], "technical": "ops@contoso.example"});
            team.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            serde_json::from_value(team).expect("a team")
        };
        let payroll = team("Payroll", serde_json::json!({"names": ["pay*"]}));
        let other = team("Other", serde_json::json!({"names": ["ledger"]}));
        let named = |team: &Team| Audience::Team(team.name.clone());
        let teams = [other.clone(), payroll.clone()];
        assert_eq!(audiences_of(&owned, &teams), [whom(5), named(&payroll)], "beside the owners");
        assert_eq!(audiences_of(&disabled, &teams), [named(&payroll)], "somebody looks after it");
        assert_eq!(audiences_of(&disabled, &[other]), [Audience::Unowned]);
        let told = team("Payroll", serde_json::json!({"names": ["pay*"], "tell_members": true}));
        let told = told.with_people([5, 9, 11].map(|n| ObjectId::new(Uuid::from_u128(n))));
        let each = [whom(5), whom(9), whom(11), named(&told)];
        assert_eq!(audiences_of(&owned, std::slice::from_ref(&told)), each, "each once");
        let without_contact = Team { technical: None, ..told };
        let told = audiences_of(&disabled, std::slice::from_ref(&without_contact));
        assert_eq!(told, [whom(5), whom(9), whom(11)]);
        let of_nobody = Team { members: vec![], ..without_contact };
        assert_eq!(audiences_of(&disabled, &[of_nobody]), [Audience::Unowned], "its group is not known");
        let orphans = team("Platform", serde_json::json!({"ownerless": true}));
        let nobodys = object(serde_json::json!([]), end);
        assert_eq!(audiences_of(&nobodys, std::slice::from_ref(&orphans)), [named(&orphans)]);
        assert_eq!(audiences_of(&owned, &[orphans]), [whom(5)]);
        assert_eq!(EndingApp::of(&owned, before(31)), None);
        let app = EndingApp::of(&owned, before(30)).expect("it ends");
        assert_eq!((app.ends_at, app.certificates, app.secrets), (END, 0, 1));
        assert_eq!(EndingApp::of(&owned, before(-29)).map(|app| app.ends_at), Some(END));
        assert_eq!(EndingApp::of(&owned, before(-30)), None, "it is old");
    }

    #[test]
    fn a_long_list_is_cut_and_counted() {
        let app = |n: i64| EndingApp {
            subject: Subject { kind: SubjectKind::Application, id: ObjectId::new(Uuid::from_u128(1)) },
            name: format!("app {n}"),
            ends_at: END - Duration::hours(n),
            certificates: 1,
            secrets: 0,
        };
        let facts = EndingFacts::new((0..2_000).map(app).collect(), END).expect("something");
        assert_eq!((facts.apps.len(), facts.total), (MOST_APPS, 2_000));
        assert_eq!(facts.apps[0].name, "app 1999", "the soonest first");
        assert_eq!(EndingFacts::new(vec![], END), None);
    }
}
