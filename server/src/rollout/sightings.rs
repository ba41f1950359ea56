//! What the reads of a push showed, noted down for others: many apps in one transaction, while the push goes on.

use crate::rollout::context::Observer;
use crate::store::Sighting;
use domain::ids::{AppId, ObjectId, TenantId};
use domain::key_credential::KeyCredentials;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Noted at once.
const TOGETHER: usize = 64;
/// That wait to be noted; who has another one then waits as well.
const WAITING: usize = 256;

struct Seen {
    object_id: ObjectId,
    app_id: AppId,
    display_name: String,
    keys: KeyCredentials,
}

impl Seen {
    fn sighting(&self) -> Sighting<'_> {
        let Self { object_id, app_id, display_name, keys } = self;
        Sighting { object_id: *object_id, app_id: *app_id, display_name, keys }
    }
}

enum Told {
    Seen(Seen),
    /// All that came before is to be noted, and this told of it.
    Asked(oneshot::Sender<()>),
}

/// Ends with its last clone. What waits then is noted all the same; where the process is killed it is lost, and known again
/// with the next read of the app.
#[derive(Clone)]
pub(super) struct Sightings {
    observer: Arc<dyn Observer>,
    tenant: TenantId,
    told: mpsc::Sender<Told>,
}

impl Sightings {
    pub(super) fn start(observer: Arc<dyn Observer>, tenant: TenantId) -> Self {
        let (told, heard) = mpsc::channel(WAITING);
        tokio::spawn(note(Arc::clone(&observer), tenant, heard));
        Self { observer, tenant, told }
    }

    pub(super) async fn saw(&self, sighting: Sighting<'_>) {
        self.observer.seen(self.tenant, sighting);
        let Sighting { object_id, app_id, display_name, keys } = sighting;
        let seen = Seen { object_id, app_id, display_name: display_name.to_owned(), keys: keys.clone() };
        // Nobody hears it where noting has panicked: the push goes on.
        let _ = self.told.send(Told::Seen(seen)).await;
    }

    /// Until all that was seen before is noted.
    pub(super) async fn noted(&self) {
        let (tell, told) = oneshot::channel();
        if self.told.send(Told::Asked(tell)).await.is_ok() {
            let _ = told.await;
        }
    }
}

async fn note(observer: Arc<dyn Observer>, tenant: TenantId, mut heard: mpsc::Receiver<Told>) {
    let mut several = Vec::with_capacity(TOGETHER);
    // What has come meanwhile; nothing waits for more.
    while heard.recv_many(&mut several, TOGETHER).await > 0 {
        let mut seen: Vec<Seen> = vec![];
        let mut asked = vec![];
        for told in several.drain(..) {
            match told {
                Told::Asked(tell) => asked.push(tell),
                Told::Seen(again) => {
                    // A second look at an app says what has gone since the first one, and comes after it.
                    if seen.iter().any(|known| known.object_id == again.object_id) {
                        note_all(observer.as_ref(), tenant, &mut seen).await;
                    }
                    seen.push(again);
                }
            }
        }
        note_all(observer.as_ref(), tenant, &mut seen).await;
        for tell in asked {
            let _ = tell.send(());
        }
    }
}

async fn note_all(observer: &dyn Observer, tenant: TenantId, seen: &mut Vec<Seen>) {
    if !seen.is_empty() {
        let sightings: Vec<Sighting<'_>> = seen.iter().map(Seen::sighting).collect();
        observer.note(tenant, &sightings).await;
        seen.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;
    use std::sync::{Mutex, PoisonError};
    use uuid::Uuid;

    const TENANT: TenantId = TenantId::new(Uuid::from_u128(1));

    /// The apps of each call.
    #[derive(Default)]
    struct Kept(Mutex<Vec<Vec<u128>>>);

    impl Kept {
        fn calls(&self) -> Vec<Vec<u128>> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
        }
    }

    #[async_trait]
    impl Observer for Kept {
        fn seen(&self, _: TenantId, _: Sighting<'_>) {}

        async fn note(&self, tenant: TenantId, sightings: &[Sighting<'_>]) {
            assert_eq!(tenant, TENANT);
            let apps = sightings.iter().map(|sighting| sighting.object_id.uuid().as_u128()).collect();
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(apps);
        }
    }

    /// Of these apps, one after the other.
    async fn noted(apps: &[u128]) -> Vec<Vec<u128>> {
        let kept = Arc::new(Kept::default());
        let sightings = Sightings::start(Arc::clone(&kept) as Arc<dyn Observer>, TENANT);
        let keys = KeyCredentials::default();
        for app in apps {
            let object_id = ObjectId::new(Uuid::from_u128(*app));
            let app_id = AppId::new(Uuid::from_u128(7));
            sightings.saw(Sighting { object_id, app_id, display_name: "payroll", keys: &keys }).await;
        }
        sightings.noted().await;
        kept.calls()
    }

    #[tokio::test]
    async fn what_comes_together_is_noted_together_and_an_app_once_in_each() {
        assert_eq!(noted(&[1, 2, 3]).await, [[1, 2, 3]]);
        assert_eq!(noted(&[1, 2, 1, 3]).await, [[1, 2], [1, 3]]);
        assert_eq!(noted(&[]).await, Vec::<Vec<u128>>::new());
    }

    #[tokio::test]
    async fn more_than_wait_at_once_are_all_noted_before_it_is_said() {
        let apps: Vec<u128> = (0..1_000).collect();
        let calls = noted(&apps).await;
        assert_eq!(calls.concat(), apps);
        assert!(calls.iter().all(|call| call.len() <= TOGETHER));
    }
}
