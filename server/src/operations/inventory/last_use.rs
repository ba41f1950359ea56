//! When credentials were last used, for pages on which that decides something: of what the person sees in the inventory.

use crate::operations::Context;
use crate::operations::sight::Sight;
use crate::person::Person;
use crate::store::{PlanApp, StoreError, TenantStore};
use app::contract::inventory::UseLine;
use domain::credentials::{CredentialKind, Subject, SubjectKind};
use domain::diff::DiffKind;
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
        let keys = match app {
            Some(app) => store.uses_of(app).await?,
            None => HashMap::new(),
        };
        Ok(Self { report: store.use_report().await?, keys, now })
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
    let removes = |app: &PlanApp| app.merge.as_ref().is_ok_and(|merge| merge.diff().count(DiffKind::Removed) > 0);
    if context.inventory_every.is_none() || !apps.iter().any(removes) {
        return Ok(apps.iter().map(|_| vec![]).collect());
    }
    let (store, sight) = (&context.tenant.store, Sight::of(context, person).await);
    let mut all = vec![];
    for app in apps {
        let subject = Subject { kind: SubjectKind::Application, id: app.object_id };
        let seen = match sight.within() {
            None => true,
            Some(within) => store.is_within(within, subject).await?,
        };
        all.push(if seen && removes(app) { lines(store, app, context.now()).await? } else { vec![] });
    }
    Ok(all)
}

async fn lines(store: &TenantStore, app: &PlanApp, now: OffsetDateTime) -> Result<Vec<UseLine>, StoreError> {
    let known = KnownUses::of(store, Some(app.app_id), now).await?;
    let rows = app.merge.as_ref().map(|merge| &merge.diff().rows[..]).unwrap_or_default();
    let gone = rows.iter().filter(|row| row.kind == DiffKind::Removed);
    let line = |(key_id, name): (Option<KeyId>, Option<String>)| UseLine {
        kind: CredentialKind::Certificate,
        name,
        key_id,
        last: known.last(key_id),
    };
    Ok(gone.map(|row| line((row.key_id, row.display_name.clone()))).collect())
}
