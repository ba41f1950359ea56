//! Removals of secrets that nobody looks at any more, because their process ended: it is said of them that it is not known what came
//! of them, in the record and in the audit log; a request that asked for one ends with it.

use super::job::Job;
use crate::clock::Clock;
use crate::settlement::settle;
use crate::store::{AuditEntry, Store, StoreError};
use domain::audit::AuditAction;
use domain::rollout::Outcome;
use std::sync::Arc;
use time::Duration;

/// Longer than anybody waits for a removal to show.
const LEFT: Duration = Duration::minutes(30);

pub struct CloseRemovals {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
}

impl Job for CloseRemovals {
    const NAME: &'static str = "close-removals";
    type Payload = ();
    type Error = StoreError;

    async fn run(&self, (): ()) -> Result<(), StoreError> {
        let now = self.clock.now();
        for (tenant, mut removal) in self.store.removals_left_open(now - LEFT).await? {
            removal.facts.ended_at = Some(now);
            let person = Some(removal.person);
            let mut entry = AuditEntry::new(person, now, AuditAction::SecretRemoved, Outcome::Unverified);
            entry.row.who.clone_from(&removal.facts.who);
            entry.row.username.clone_from(&removal.facts.username);
            entry.row.app_name = Some(removal.facts.app_name.clone());
            entry.row.object_id = Some(removal.object_id);
            entry.row.detail = format!("{} The portal stopped before it saw what came of it.", removal.in_words());
            let store = self.store.of(tenant);
            store.end_secret_removal(&removal, Outcome::Unverified, &entry).await?;
            if let Some(request) = removal.facts.asked_in {
                settle(&store, request, now).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::clock::StoppedClock;
    use crate::store::databases::on_both;
    use crate::store::{AuditFilter, RemovalFacts, SecretRemoval};
    use domain::ids::{KeyId, ObjectId, TenantId};
    use domain::inventory::{LastUse, UnknownUse};
    use domain::requests::RequestState;
    use time::OffsetDateTime;
    use time::macros::datetime;
    use uuid::Uuid;

    const AT: OffsetDateTime = datetime!(2026-11-30 12:00 UTC);

    #[tokio::test]
    async fn what_a_process_left_is_said_to_be_unknown_once_and_in_the_audit_log() {
        on_both(async |database| {
            let store = database.store().await;
            let ours = store.of(TenantId::new(Uuid::from_u128(1)));
            let [object_id, person] = [2, 3].map(|n| ObjectId::new(Uuid::from_u128(n)));
            let key_id = KeyId::new(Uuid::from_u128(4));
            let facts = RemovalFacts {
                app_name: "payroll".into(),
                who: "Owen Carter".into(),
                username: "owen".into(),
                name: Some("ci".into()),
                hint: None,
                start: None,
                end: None,
                last_use: LastUse::unknown(UnknownUse::NotRead),
                reason: Some("it was moved".into()),
                ended_at: None,
                reads: 0,
                missing: vec![],
                request_id: None,
                asked_in: None,
            };
            let removal = SecretRemoval { object_id, key_id, person, sent_at: AT, outcome: None, facts };
            ours.begin_secret_removal(&removal).await.unwrap();
            let closing = |after| {
                let clock: Arc<dyn Clock> = Arc::new(StoppedClock(AT + after));
                CloseRemovals { store: store.clone(), clock }
            };
            closing(LEFT).run(()).await.unwrap();
            assert_eq!(ours.secret_removal(object_id, key_id).await.unwrap(), Some(removal), "somebody looks at it");
            for _ in 0..2 {
                closing(LEFT + Duration::SECOND).run(()).await.unwrap();
            }
            let kept = ours.secret_removal(object_id, key_id).await.unwrap().unwrap();
            assert_eq!(
                (kept.outcome, kept.facts.ended_at),
                (Some(Outcome::Unverified), Some(AT + LEFT + Duration::SECOND))
            );
            let rows = ours.audit_page(Some(person), &AuditFilter::default(), 0, 9).await.unwrap().items;
            assert_eq!(rows.len(), 1);
            assert!(rows[0].detail.contains("“ci”") && rows[0].detail.contains("it was moved"), "{}", rows[0].detail);
        })
        .await;
    }

    #[tokio::test]
    async fn a_request_ends_with_the_removal_that_it_asked_for() {
        on_both(async |database| {
            let store = database.store().await;
            let ours = store.of(TenantId::new(Uuid::from_u128(1)));
            let removal = crate::store::begun_removal(&ours).await;
            let request = removal.facts.asked_in.unwrap();
            let state = async || ours.request(request).await.unwrap().unwrap().request.state();
            let closing = async |at| {
                let clock: Arc<dyn Clock> = Arc::new(StoppedClock(at));
                CloseRemovals { store: store.clone(), clock }.run(()).await.unwrap();
            };
            closing(removal.sent_at + LEFT).await;
            assert_eq!(state().await, RequestState::Executing, "somebody looks at it");
            let after = removal.sent_at + LEFT + Duration::SECOND;
            closing(after).await;
            assert_eq!(state().await, RequestState::Failed, "nobody saw it go");
            let told = ours.notices_to_spread(after, 9).await.unwrap();
            assert!(told.iter().any(|one| format!("{one:?}").contains("Failed")), "its asker is told: {told:?}");
        })
        .await;
    }
}
