//! Every request of a signed-in person that is refused leaves a row in the audit log, whatever refused it: this looks at
//! answers, so that no operation can go round it. The log is for good, and the same refusal again within a minute is only
//! counted, in this process: nobody fills the disk with them. A crash takes what was counted, and no first row.

use super::AppState;
use crate::person::Person;
use crate::store::AuditEntry;
use app::contract::problem::Problem;
use app::visit::Refused;
use axum::http::Method;
use axum::response::Response;
use domain::audit::AuditAction;
use domain::ids::{ObjectId, TenantId};
use domain::rollout::Outcome;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use time::{Duration, OffsetDateTime};

/// Refusals of one person in one minute that get a row of their own; further ones share one.
const MOST_OF_ONE: usize = 10;
/// Within it the same is counted.
const TOGETHER: Duration = Duration::minutes(1);

/// Whose refusals are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    Person(ObjectId),
    /// Nobody is known yet. `None`: nor is the address.
    Stranger(Option<IpAddr>),
}

/// Who was refused what, and why: the code of the problem.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    tenant: TenantId,
    who: Who,
    what: String,
    code: String,
}

#[derive(Debug)]
struct Counted {
    since: OffsetDateTime,
    /// Beyond the first one, which has its row.
    more: u32,
    /// That row.
    entry: AuditEntry,
}

/// Refusals of the last minute.
#[derive(Debug, Default)]
pub struct RecentRefusals(Mutex<HashMap<Key, Counted>>);

impl RecentRefusals {
    /// What is to be written now: rows about refusals that were counted and whose minute is over, and the row of this one
    /// where it is the first of its kind.
    fn note(&self, key: Key, entry: AuditEntry) -> Vec<(TenantId, AuditEntry)> {
        let now = entry.row.at;
        let mut rows = self.over(|counted| now - counted.since >= TOGETHER);
        let mut all = self.all();
        let kinds = all.keys().filter(|known| known.who == key.who).count();
        let full = kinds >= MOST_OF_ONE && !all.contains_key(&key);
        let (key, entry) = if full { various(key, entry) } else { (key, entry) };
        let tenant = key.tenant;
        match all.entry(key) {
            Entry::Occupied(mut counted) => counted.get_mut().more += 1,
            Entry::Vacant(place) => {
                place.insert(Counted { since: now, more: 0, entry: entry.clone() });
                rows.push((tenant, entry));
            }
        }
        rows
    }

    /// Takes those whose time is over: rows about what was only counted.
    fn over(&self, is_over: impl Fn(&Counted) -> bool) -> Vec<(TenantId, AuditEntry)> {
        let over: Vec<_> = self.all().extract_if(|_, counted| is_over(counted)).collect();
        let counted = over.into_iter().filter(|(_, counted)| counted.more > 0);
        counted
            .map(|(key, Counted { more, mut entry, .. })| {
                let times = if more == 1 { "once more".to_owned() } else { format!("{more} times more") };
                entry.row.detail = format!("{} Refused {times} within the same minute.", entry.row.detail);
                (key.tenant, entry)
            })
            .collect()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Key, Counted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What stands for all further kinds.
fn various(key: Key, mut entry: AuditEntry) -> (Key, AuditEntry) {
    "Requests of many kinds were refused.".clone_into(&mut entry.row.detail);
    (Key { what: String::new(), code: String::new(), ..key }, entry)
}

/// Notes what was refused to whom. `pattern`: of the address, such as `/receipts/{id}`.
pub(super) async fn record(app: &AppState, person: &Person, method: &Method, pattern: &str, why: RefusalReason) {
    let RefusalReason { code, words } = why;
    if has_its_row(&code, pattern) {
        return;
    }
    let mut entry = person.audit(app.clock.now(), AuditAction::RequestRefused, Outcome::Refused);
    entry.row.detail = format!("{method} {pattern}: {words} ({code}).");
    let viewer = &person.viewer;
    let what = format!("{method} {pattern}");
    let key = Key { tenant: viewer.tenant_id, who: Who::Person(viewer.object_id), what, code };
    write(app, app.refusals.note(key, entry)).await;
}

/// A sign-in that was begun here was refused. Nobody is known by then: strangers at one address are counted together, so that
/// whoever begins sign-ins to have them refused leaves few rows, and hides nobody else's.
pub(super) async fn record_sign_in(app: &AppState, client: Option<IpAddr>, problem: &Problem) {
    let mut entry = AuditEntry::new(None, app.clock.now(), AuditAction::SignInRefused, Outcome::Refused);
    entry.row.detail = format!("{}: {}", problem.title, problem.detail);
    entry.row.request_id.clone_from(&problem.request_id);
    // Entra's own code, such as AADSTS50105, where its words begin with one.
    let code = problem.detail.split(':').next().filter(|code| code.starts_with("AADSTS")).unwrap_or(&problem.code);
    let key = Key {
        tenant: app.config.entra.tenant_id,
        who: Who::Stranger(client),
        what: problem.code.clone(),
        code: code.to_owned(),
    };
    write(app, app.refusals.note(key, entry)).await;
}

/// What was only counted so far. `all`: the process stops.
pub(crate) async fn write_counted(app: &AppState, all: bool) {
    let now = app.clock.now();
    write(app, app.refusals.over(|counted| all || now - counted.since >= TOGETHER)).await;
}

async fn write(app: &AppState, rows: Vec<(TenantId, AuditEntry)>) {
    for (tenant, entry) in rows {
        if let Err(error) = app.store.of(tenant).audit(entry).await {
            tracing::error!(error = &error as &dyn std::error::Error, "a refusal could not be recorded");
        }
    }
}

/// Why a request was refused.
pub(super) struct RefusalReason {
    /// Of the problem. A refusal of a library has only its status.
    code: String,
    words: String,
}

/// `None`: it was not.
pub(super) fn why(response: &Response) -> Option<RefusalReason> {
    let of = |problem: &Problem| (problem.status, problem.code.clone(), problem.title.clone());
    let told = response.extensions().get::<Refused>().map(|refused| of(&refused.0));
    let told = told.or_else(|| response.extensions().get::<super::Refusal>().map(|refusal| of(&refusal.problem)));
    let (status, code, words) = told.unwrap_or_else(|| {
        let status = response.status();
        (status.as_u16(), status.as_u16().to_string(), status.canonical_reason().unwrap_or("refused").to_owned())
    });
    // What failed was not refused.
    (400..500).contains(&status).then_some(RefusalReason { code, words })
}

/// The operation has written it, as it happened.
fn has_its_row(code: &str, pattern: &str) -> bool {
    code == "private-key" || (pattern == "/api/push" && matches!(code, "read-only-role" | "no-role"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;
    use uuid::Uuid;

    const NOW: OffsetDateTime = datetime!(2026-11-29 12:00 UTC);
    const TENANT: TenantId = TenantId::new(Uuid::from_u128(7));

    fn note(recent: &RecentRefusals, person: u128, code: &str, seconds: i64) -> Vec<String> {
        let person = ObjectId::new(Uuid::from_u128(person));
        let at = NOW + Duration::seconds(seconds);
        let mut entry = AuditEntry::new(Some(person), at, AuditAction::RequestRefused, Outcome::Refused);
        entry.row.detail = format!("{code}.");
        let key = Key { tenant: TENANT, who: Who::Person(person), what: "POST /api/steer".into(), code: code.into() };
        recent.note(key, entry).into_iter().map(|(_, entry)| entry.row.detail).collect()
    }

    #[test]
    fn the_first_has_a_row_and_the_same_is_counted_until_its_minute_is_over() {
        let recent = RecentRefusals::default();
        assert_eq!(note(&recent, 1, "too-late", 0), ["too-late."]);
        for second in 1..60 {
            assert_eq!(note(&recent, 1, "too-late", second), [""; 0]);
        }
        // Somebody else's, and another reason, are others.
        assert_eq!(note(&recent, 2, "too-late", 30), ["too-late."]);
        assert_eq!(note(&recent, 1, "not-theirs", 30), ["not-theirs."]);
        assert_eq!(
            note(&recent, 1, "too-late", 60),
            ["too-late. Refused 59 times more within the same minute.", "too-late."]
        );
        assert_eq!(recent.over(|_| true).len(), 0, "nothing else was counted");
        assert!(recent.all().is_empty());
    }

    #[test]
    fn of_many_kinds_few_have_a_row_each() {
        let recent = RecentRefusals::default();
        let rows: Vec<_> = (0..1_000).flat_map(|kind| note(&recent, 1, &format!("kind-{kind}"), 0)).collect();
        assert_eq!(rows.len(), MOST_OF_ONE + 1);
        assert_eq!(rows.last().map(String::as_str), Some("Requests of many kinds were refused."));
        assert_eq!(recent.all().len(), MOST_OF_ONE + 1);
        let counted: Vec<_> = recent.over(|_| true).into_iter().map(|(_, entry)| entry.row.detail).collect();
        let more = 1_000 - MOST_OF_ONE - 1;
        assert_eq!(
            counted,
            [format!("Requests of many kinds were refused. Refused {more} times more within the same minute.")]
        );
    }
}
