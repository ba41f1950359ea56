//! One object of the inventory, with what it needs and what changed of it elsewhere.

use super::last_use::KnownUses;
use super::lines::Lines;
use crate::operations::Context;
use crate::operations::sight::Sight;
use crate::person::Person;
use crate::store::{
    Acknowledged, Aside, InventoryRow, ItemStanding, KeptChange, Lookup, MOST_CHANGES, StoreError, TenantStore,
};
use app::contract::inventory::{
    AcknowledgedView, AsideView, ChangeView, ItemView, ObjectView, StandingView, UseLine, WhoView,
};
use domain::credentials::{CredentialKind, Subject};
use domain::ids::{KeyId, ObjectId};
use domain::inventory::{InventoryObject, Item, Owner, OwnerKind, OwnerStanding};
use time::OffsetDateTime;
use url::Url;

/// Why there is no such object for the person.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ObjectError {
    #[error("the directory is not read in the background")]
    Off,
    /// Also where it is not in their scope.
    #[error("the inventory has no such object for this person")]
    NotThere,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// `admin_center`: the root of Entra's, where the cloud has one.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    admin_center: Option<&Url>,
    subject: Subject,
) -> Result<ObjectView, ObjectError> {
    let row = visible(context, person, subject).await?;
    let (store, now) = (&context.tenant.store, context.now());
    let exceptions = store.exceptions(Some(&[subject]), now).await?;
    let line = Lines { now, exceptions: &exceptions, admin_center }.object(&row);
    let mut standings = store.item_standings(&[subject], now).await?;
    let items = store.attentions_of(subject, now).await?.into_iter();
    let items = items.map(|kind| ItemView { kind, standing: standings.remove(&Item { subject, kind }).map(standing) });
    Ok(ObjectView {
        items: items.collect(),
        changes: changes(store.changes_elsewhere(subject, MOST_CHANGES).await?),
        people: people(person, &row.object),
        uses: uses(store, &row.object, now).await?,
        holder: line.holder,
        certificates: line.certificates,
        secrets: line.secrets,
        federated: line.federated,
        read: row.seen_at,
        gone: row.gone_at,
        may_decide: person.viewer.may_push(),
    })
}

/// When its credentials were last used, as far as that can be told.
async fn uses(store: &TenantStore, object: &InventoryObject, now: OffsetDateTime) -> Result<Vec<UseLine>, StoreError> {
    let known = KnownUses::of(store, object.app_id, now).await?;
    let line = |kind, name: &Option<String>, key_id: Option<KeyId>| UseLine {
        kind,
        name: name.clone(),
        key_id,
        last: known.last(key_id),
    };
    let certificates = object.certificates.readable.iter();
    let certificates = certificates.map(|held| line(CredentialKind::Certificate, &held.name, held.key_id));
    let secrets = object.secrets.readable.iter().map(|held| line(CredentialKind::Secret, &held.name, held.key_id));
    Ok(certificates.chain(secrets).collect())
}

/// The object, where it is in the person's scope.
pub(crate) async fn visible(context: &Context, person: &Person, subject: Subject) -> Result<InventoryRow, ObjectError> {
    if context.inventory_every.is_none() {
        return Err(ObjectError::Off);
    }
    let store = &context.tenant.store;
    let seen = match Sight::of(context, person).await.within() {
        None => true,
        Some(within) => store.is_within(within, subject).await?,
    };
    let row = if seen { store.inventory_object(subject).await? } else { None };
    row.ok_or(ObjectError::NotThere)
}

/// Who can be given an item of the object: the person, and people who own it and are not disabled. Nobody else may see it.
pub(super) fn people(person: &Person, object: &InventoryObject) -> Vec<(ObjectId, String)> {
    let me = (person.viewer.object_id, format!("{} (you)", person.viewer.name));
    let owners = object.owners.known().map_or(&[][..], |owners| &owners.listed);
    let can = |owner: &&Owner| owner.kind == OwnerKind::Person && owner.standing != OwnerStanding::Disabled;
    let others = owners.iter().filter(can).filter(|owner| owner.id != me.0);
    let named = others.map(|owner| (owner.id, owner.name.clone().unwrap_or_else(|| owner.id.to_string())));
    std::iter::once(me.clone()).chain(named).collect()
}

/// As pages show them.
pub(crate) fn changes(kept: Vec<KeptChange>) -> Vec<ChangeView> {
    let view = |kept: KeptChange| ChangeView {
        number: kept.number,
        since: kept.since,
        found_at: kept.found_at,
        who: match (kept.actor, kept.lookup) {
            (Some(actor), _) => WhoView::Known { name: actor.name, app: actor.app, at: actor.at },
            (None, Lookup::Pending) => WhoView::Waiting,
            (None, Lookup::Refused) => WhoView::NotAllowed,
            (None, Lookup::Over) => WhoView::Unknown,
        },
        change: kept.change,
        acknowledged: kept.acknowledged.map(|Acknowledged { at, by, reason }| AcknowledgedView { by, at, reason }),
    };
    kept.into_iter().map(view).collect()
}

fn standing(standing: ItemStanding) -> StandingView {
    StandingView {
        assignee: standing.assignee.map(|(_, name)| name),
        aside: standing.aside.map(|aside| match aside {
            Aside::Snoozed(until) => AsideView::Snoozed(until),
            Aside::Accepted => AsideView::Accepted,
        }),
        reason: standing.reason,
        decided_by: standing.decided_by,
        decided_at: standing.decided_at,
    }
}
