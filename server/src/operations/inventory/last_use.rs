//! When credentials were last used, for pages on which that decides something: of what the person sees in the inventory.

use crate::operations::Context;
use crate::operations::sight::Sight;
use crate::person::Person;
use crate::store::{PlanApp, StoreError, TenantStore};
use app::contract::inventory::UseLine;
use domain::credentials::{CredentialKind, Subject, SubjectKind};
use domain::diff::{DiffKind, DiffRow};
use domain::ids::{AppId, KeyId};
use domain::inventory::{CredentialUse, LastUse, UnknownUse, UseReport};
use std::collections::HashMap;
use time::OffsetDateTime;

/// What is known of one application's credentials.
pub(crate) struct KnownUses {
    report: Option<UseReport>,
    keys: HashMap<KeyId, CredentialUse>,
    now: OffsetDateTime,
}

impl KnownUses {
    /// `app`: of an object that has a client id.
    pub(crate) async fn of(store: &TenantStore, app: Option<AppId>, now: OffsetDateTime) -> Result<Self, StoreError> {
        Self::by(store.use_report().await?, store, app, now).await
    }

    /// By a report that was read already.
    async fn by(
        report: Option<UseReport>,
        store: &TenantStore,
        app: Option<AppId>,
        now: OffsetDateTime,
    ) -> Result<Self, StoreError> {
        let keys = match app {
            Some(app) => store.uses_of(app).await?,
            None => HashMap::new(),
        };
        Ok(Self { report, keys, now })
    }

    /// `key_id`: of the entry, where it has one.
    pub(crate) fn last(&self, key_id: Option<KeyId>) -> LastUse {
        match key_id {
            Some(id) => LastUse::of(self.report, self.keys.get(&id).copied(), self.now),
            None => LastUse::unknown(UnknownUse::NoKeyId),
        }
    }
}

/// Of the entries that go, app by app; none where the inventory does not show the app to the person.
pub(crate) async fn of_removals(
    context: &Context,
    person: &Person,
    apps: &[PlanApp],
) -> Result<Vec<Vec<UseLine>>, StoreError> {
    let mut all: Vec<Vec<UseLine>> = apps.iter().map(|_| vec![]).collect();
    let removing: Vec<_> = all.iter_mut().zip(apps).filter(|(_, app)| removed(app).next().is_some()).collect();
    if context.inventory_every.is_none() || removing.is_empty() {
        return Ok(all);
    }
    let (store, sight) = (&context.tenant.store, Sight::of(context, person).await);
    let report = store.use_report().await?;
    for (lines, app) in removing {
        let subject = Subject { kind: SubjectKind::Application, id: app.object_id };
        let seen = match sight.within() {
            None => true,
            Some(within) => store.is_within(within, subject).await?,
        };
        if seen {
            let known = KnownUses::by(report, store, Some(app.app_id), context.now()).await?;
            lines.extend(removed(app).map(|row| UseLine {
                kind: CredentialKind::Certificate,
                name: row.display_name.clone(),
                key_id: row.key_id,
                last: known.last(row.key_id),
            }));
        }
    }
    Ok(all)
}

/// The entries that go.
fn removed(app: &PlanApp) -> impl Iterator<Item = &DiffRow> {
    let rows = app.merge.as_ref().map(|merge| &merge.diff().rows[..]).unwrap_or_default();
    rows.iter().filter(|row| row.kind == DiffKind::Removed)
}
