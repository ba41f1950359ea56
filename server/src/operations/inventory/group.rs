//! The rows of the grid put together by owner, certificate or issuer.

use super::asked;
use crate::operations::{Context, needs};
use crate::person::Person;
use crate::store::{Group, GroupBy, InventoryQuery, Ownership, StoreError, TenantStore};
use app::contract::apps::Scope;
use app::contract::inventory::{GridGroup, GridGroups, GridQuery, GridView, GroupLine, GroupName};
use app::contract::paging::{PAGE_SIZE, Page};
use domain::ids::ObjectId;
use domain::inventory::filter::{CertificateFilter, Filter, IssuerFilter, OwnerFilter, OwnerWord};
use domain::inventory::{InventoryObject, Owners};
use domain::thumbprint::Thumbprint;
use time::OffsetDateTime;

/// Groups before a page are passed over one by one.
const LAST_PAGE: u32 = 4_000;

/// `None` where there is no inventory.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    query: &GridQuery,
    group: GridGroup,
) -> Result<Option<GridGroups>, StoreError> {
    let Some(every) = context.inventory_every else { return Ok(None) };
    let (store, now) = (&context.tenant.store, context.now());
    // Before the rows: they are as of then, or newer.
    let reading = needs::reading(store.inventory_state().await?, every, now);
    let page = query.page.clamp(1, LAST_PAGE);
    let skip = u64::from(page - 1) * PAGE_SIZE as u64;
    // One more than is shown says whether there is another page.
    let asked = asked(context, person, query, skip, PAGE_SIZE as u64 + 1).await;
    let mut found = groups(store, query.view, &asked, group, now).await?;
    let has_next = found.len() > PAGE_SIZE;
    found.truncate(PAGE_SIZE);
    let mut items = vec![];
    if group == GridGroup::Owner && page == 1 {
        items = without_owner(store, query, &asked, now).await?;
    }
    for (own, rows) in found {
        let name = name(store, &asked, group, own, now).await?;
        items.push(GroupLine { filter: narrowed(&query.filter, &name), name, rows });
    }
    let groups = Page { items, page, has_next, total: None };
    Ok(Some(GridGroups { scope: Scope::of(&person.viewer), reading, groups }))
}

async fn groups(
    store: &TenantStore,
    view: GridView,
    asked: &InventoryQuery,
    group: GridGroup,
    now: OffsetDateTime,
) -> Result<Vec<Group>, StoreError> {
    match (group, view) {
        (GridGroup::Owner, GridView::Objects) => store.group_inventory(asked, now).await,
        (GridGroup::Owner, GridView::Credentials) => {
            store.group_inventory_credentials(asked, GroupBy::Owner, now).await
        }
        (GridGroup::Certificate, _) => store.group_inventory_credentials(asked, GroupBy::Thumbprint, now).await,
        (GridGroup::Issuer, _) => store.group_inventory_credentials(asked, GroupBy::Issuer, now).await,
    }
}

/// What has nobody who counts, and what is not known to have. Both before all owners: somebody should look.
async fn without_owner(
    store: &TenantStore,
    query: &GridQuery,
    asked: &InventoryQuery,
    now: OffsetDateTime,
) -> Result<Vec<GroupLine>, StoreError> {
    let mut lines = vec![];
    for (ownership, name) in [(Ownership::Nobody, GroupName::Nobody), (Ownership::Unknown, GroupName::UnknownOwner)] {
        if asked.ownership.is_some_and(|only| only != ownership) || asked.owner.is_some() {
            continue;
        }
        let asked = InventoryQuery { ownership: Some(ownership), ..asked.clone() };
        let rows = match query.view {
            GridView::Objects => store.count_inventory(&asked, now).await?,
            GridView::Credentials => store.count_inventory_credentials(&asked, now).await?,
        };
        if rows > 0 {
            lines.push(GroupLine { filter: narrowed(&query.filter, &name), name, rows });
        }
    }
    Ok(lines)
}

async fn name(
    store: &TenantStore,
    asked: &InventoryQuery,
    group: GridGroup,
    own: Option<String>,
    now: OffsetDateTime,
) -> Result<GroupName, StoreError> {
    let damaged = |own: &str| StoreError::Damaged(format!("group “{own}”"));
    Ok(match (group, own) {
        (GridGroup::Owner, Some(own)) => {
            let id: ObjectId = own.parse().map_err(|_| damaged(&own))?;
            GroupName::Owner(id, owner_name(store, asked, id, now).await?)
        }
        (GridGroup::Owner, None) => GroupName::UnknownOwner,
        (GridGroup::Certificate, Some(own)) => {
            let thumbprint: Thumbprint = own.parse().map_err(|_| damaged(&own))?;
            GroupName::Certificate(thumbprint)
        }
        (GridGroup::Certificate, None) => GroupName::UnknownCertificate,
        (GridGroup::Issuer, Some(own)) => GroupName::Issuer(own),
        (GridGroup::Issuer, None) => GroupName::Unread,
    })
}

/// As an object that the person sees has it.
async fn owner_name(
    store: &TenantStore,
    asked: &InventoryQuery,
    id: ObjectId,
    now: OffsetDateTime,
) -> Result<Option<String>, StoreError> {
    let one = InventoryQuery { within: asked.within.clone(), owner: Some(id), take: 1, ..InventoryQuery::default() };
    let mut name = None;
    let of = |object: &InventoryObject| {
        let listed = object.owners.known().map_or(&[][..], |owners: &Owners| &owners.listed);
        listed.iter().find(|owner| owner.id == id).and_then(|owner| owner.name.clone())
    };
    store.each_in_inventory(&one, now, |row| name = of(&row.object)).await?;
    Ok(name)
}

/// `None` where no filter says it.
fn narrowed(filter: &Filter, name: &GroupName) -> Option<Filter> {
    let mut filter = filter.clone();
    match name {
        GroupName::Owner(id, _) => filter.owner = Some(OwnerFilter::Is(*id)),
        GroupName::Nobody => filter.owner = Some(OwnerFilter::Word(OwnerWord::Nobody)),
        GroupName::UnknownOwner => filter.owner = Some(OwnerFilter::Word(OwnerWord::Unknown)),
        GroupName::Certificate(thumbprint) => filter.certificate = Some(CertificateFilter::Is(*thumbprint)),
        GroupName::UnknownCertificate => filter.certificate = Some(CertificateFilter::Unknown),
        GroupName::Issuer(issuer) => filter.issuer = Some(IssuerFilter::Is(issuer.parse().ok()?)),
        GroupName::Unread => filter.issuer = Some(IssuerFilter::Unread),
    }
    Some(filter)
}
