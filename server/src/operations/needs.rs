//! What needs the person, as the inventory has it: of what they own, or of all of the directory.

use crate::operations::sight::Sight;
use crate::operations::{Context, endings};
use crate::person::Person;
use crate::store::{Decided, InventoryQuery, MOST_CHANGES, PassState, StoreError, TenantStore, Within};
use app::contract::apps::Scope;
use app::contract::overview::{
    CredentialUse, DirectoryReading, Need, NeedDetail, Needs, NeedyObject, PutAside, ReadBy,
};
use domain::credentials::{KeyUsage, Subject, SubjectKind};
use domain::inventory::{AttentionKind, InventoryObject, LifetimePolicy, attentions};
use time::{Duration, OffsetDateTime};
use url::Url;

/// Objects shown of each kind.
const SHOWN: u32 = 3;
/// A reading is late when the next one should have ended as well.
const LATE_AFTER: i32 = 2;

/// `None` where there is no inventory. `admin_center`: the root of Entra's, where the cloud has one.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    admin_center: Option<&Url>,
) -> Result<Option<Needs>, StoreError> {
    let Some(every) = context.inventory_every else { return Ok(None) };
    let (store, now) = (&context.tenant.store, context.now());
    // Before the counts: they are as of then, or newer.
    let state = store.inventory_state().await?;
    let read_by = read_by(context, person, state.as_ref()).await?;
    let reading = reading(state, every, now);
    let scope = Scope::of(&person.viewer);
    let sight = Sight::of(context, person).await;
    let within = sight.within();
    let all = InventoryQuery { within: within.cloned(), ..InventoryQuery::default() };
    let objects = store.number_of_objects(&all, now).await?;
    // Of what one person has most are nothing, and to find that out for each takes as long as one that is something.
    let reasons = match within {
        Some(within) => store.inventory_reasons(within, now).await?,
        None => AttentionKind::ALL.iter().copied().collect(),
    };
    let mut cards = vec![];
    for kind in AttentionKind::ALL.iter().copied().filter(|kind| reasons.contains(kind)) {
        cards.extend(need(store, kind, within, now, admin_center).await?);
    }
    let aside = PutAside {
        snoozed: store.count_decided(Decided::Snoozed, within, now).await?,
        accepted: store.count_decided(Decided::Accepted, within, now).await?,
    };
    let endings = endings::read(store, within, now).await?;
    Ok(Some(Needs { scope, objects, reading, read_by, cards, aside, endings }))
}

/// One card: how many have this reason, and the worst of them. `None` where nothing has it.
async fn need(
    store: &TenantStore,
    kind: AttentionKind,
    within: Option<&Within>,
    now: OffsetDateTime,
    admin_center: Option<&Url>,
) -> Result<Option<Need>, StoreError> {
    let found = store.inventory_worst(kind, within, SHOWN, now).await?;
    let mut worst = vec![];
    for row in found.items {
        let detail = match kind {
            AttentionKind::ChangedElsewhere => changed(store, row.object.subject).await?,
            kind => detail(&row.object, kind, now),
        };
        worst.push(needy(row.object, detail, admin_center));
    }
    Ok((found.total > 0).then_some(Need { kind, total: found.total, worst }))
}

/// By whose right the directory is read. Others' names are for who sees everything.
async fn read_by(context: &Context, person: &Person, state: Option<&PassState>) -> Result<ReadBy, StoreError> {
    if !context.reads_lent {
        return Ok(ReadBy::Portal);
    }
    let may = person.viewer.sees_whole_audit();
    let now = !context.tenant.store.lent_reads(context.now()).await?.is_empty();
    let last = state.filter(|_| may).map(|state| state.read_by.names().to_vec()).unwrap_or_default();
    Ok(ReadBy::Lent { now, last, may })
}

/// How old it is what is known. `every`: how often the directory is read.
pub(super) fn reading(state: Option<PassState>, every: Duration, now: OffsetDateTime) -> DirectoryReading {
    let Some(state) = state else { return DirectoryReading::NotYet };
    match state.complete_from {
        None => DirectoryReading::First { begun: state.pass.started_at },
        Some(from) => {
            DirectoryReading::Complete { from, late: now - from > every * LATE_AFTER, unnamed: state.pass.unnamed }
        }
    }
}

/// The last of the changes of which nobody has said what they were.
async fn changed(store: &TenantStore, subject: Subject) -> Result<Option<NeedDetail>, StoreError> {
    let mut open = store.changes_elsewhere(subject, MOST_CHANGES).await?;
    open.retain(|change| change.acknowledged.is_none());
    let Some(last) = open.first() else { return Ok(None) };
    Ok(Some(NeedDetail::Changed {
        credential: last.change.credential,
        kind: last.change.kind,
        found_at: last.found_at,
        more: u32::try_from(open.len() - 1).unwrap_or(u32::MAX),
    }))
}

fn needy(object: InventoryObject, detail: Option<NeedDetail>, admin_center: Option<&Url>) -> NeedyObject {
    NeedyObject {
        subject: object.subject,
        detail,
        admin_center: admin_center.and_then(|root| admin_center_page(root, &object)),
        name: object.name,
    }
}

/// As the store worked it out when it kept the object.
fn detail(object: &InventoryObject, kind: AttentionKind, now: OffsetDateTime) -> Option<NeedDetail> {
    let spans = attentions(object, &LifetimePolicy::default());
    let held: Vec<_> = spans.iter().filter(|one| one.kind == kind && one.holds_at(now)).collect();
    match kind {
        AttentionKind::NoOwner => {
            object.owners.known().filter(|owners| !owners.listed.is_empty()).map(|_| NeedDetail::OwnersDisabled)
        }
        AttentionKind::Unreadable => object.damages().next().map(|why| NeedDetail::Damage(why.to_owned())),
        AttentionKind::Leftovers if held.iter().any(|one| one.end().is_none()) => Some(NeedDetail::Doubled),
        _ => {
            let at = held.iter().filter_map(|one| one.end()).min()?;
            Some(NeedDetail::End { credential: ending_at(object, at)?, at })
        }
    }
}

fn ending_at(object: &InventoryObject, at: OffsetDateTime) -> Option<CredentialUse> {
    let mut certificates = object.certificates.readable.iter().filter(|one| one.end == Some(at));
    let kind = certificates.next().map(|one| match one.usage {
        Some(KeyUsage::Verify) => CredentialUse::Certificate,
        _ => CredentialUse::OtherCertificate,
    });
    let secret = || object.secrets.readable.iter().any(|one| one.end == Some(at)).then_some(CredentialUse::Secret);
    kind.or_else(secret)
}

/// Of what has no page here. An enterprise application's is the page of that name; of blueprints no address is documented,
/// so that theirs is the front page.
pub(super) fn admin_center_page(root: &Url, object: &InventoryObject) -> Option<String> {
    let root = root.as_str().trim_end_matches('/');
    match object.subject.kind {
        SubjectKind::Application => None,
        SubjectKind::AgentBlueprint => Some(format!("{root}/")),
        SubjectKind::ServicePrincipal => {
            let page =
                format!("{root}/#view/Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Overview/objectId/{}", object.subject.id);
            Some(object.app_id.map_or(page.clone(), |app| format!("{page}/appId/{app}")))
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::{Pass, PassPlace, PassStage, Readers};
    use serde_json::{Value, json};
    use time::format_description::well_known::Rfc3339;
    use time::macros::datetime;
    use uuid::Uuid;

    const NOW: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);
    const EVERY: Duration = Duration::hours(24);

    fn in_days(days: i64) -> OffsetDateTime {
        NOW + Duration::days(days)
    }

    fn entry(n: u128, usage: &str, days: i64) -> Value {
        let date = |days| in_days(days).format(&Rfc3339).unwrap();
        json!({"keyId": Uuid::from_u128(n), "usage": usage, "customKeyIdentifier": null,
            "startDateTime": date(days - 100), "endDateTime": date(days)})
    }

    fn object(kind: SubjectKind, keys: &[Value], secrets: &[Value], owners: &[Value]) -> InventoryObject {
        let row = json!({"id": Uuid::from_u128(1), "appId": Uuid::from_u128(2), "displayName": "x", "owners": owners,
            "keyCredentials": keys, "passwordCredentials": secrets});
        InventoryObject::from_graph(kind, &row).unwrap()
    }

    fn app(keys: &[Value], secrets: &[Value]) -> InventoryObject {
        object(SubjectKind::Application, keys, secrets, &[])
    }

    #[test]
    fn what_ends_is_named_with_its_end() {
        let end = |credential, days| Some(NeedDetail::End { credential, at: in_days(days) });
        let cases = [
            (AttentionKind::ExpiredAlone, app(&[entry(1, "Verify", -12)], &[]), CredentialUse::Certificate, -12),
            (AttentionKind::EndsWithin7Days, app(&[entry(1, "Verify", 5)], &[]), CredentialUse::Certificate, 5),
            (AttentionKind::EndsWithin30Days, app(&[entry(1, "Sign", 20)], &[]), CredentialUse::OtherCertificate, 20),
            (AttentionKind::EndsWithin90Days, app(&[], &[entry(1, "", 60)]), CredentialUse::Secret, 60),
        ];
        for (kind, object, credential, days) in cases {
            assert_eq!(detail(&object, kind, NOW), end(credential, days), "{kind}");
        }
        let soonest = app(&[entry(1, "Verify", 6)], &[entry(2, "", 3)]);
        assert_eq!(detail(&soonest, AttentionKind::EndsWithin7Days, NOW), end(CredentialUse::Secret, 3));
        let leftover = app(&[entry(1, "Verify", -30), entry(2, "Verify", 60)], &[]);
        assert_eq!(detail(&leftover, AttentionKind::Leftovers, NOW), end(CredentialUse::Certificate, -30));
        assert_eq!(detail(&leftover, AttentionKind::ExpiredAlone, NOW), None, "it is not so");
    }

    #[test]
    fn owners_who_are_there_and_disabled_are_told_from_none() {
        let disabled =
            json!({"@odata.type": "#microsoft.graph.user", "id": Uuid::from_u128(9), "accountEnabled": false});
        let of =
            |owners: &[Value]| detail(&object(SubjectKind::Application, &[], &[], owners), AttentionKind::NoOwner, NOW);
        assert_eq!(of(&[disabled]), Some(NeedDetail::OwnersDisabled));
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn what_has_no_page_here_leads_to_the_admin_center() {
        let root = "https://entra.example/".parse().unwrap();
        let page = |kind| admin_center_page(&root, &object(kind, &[], &[], &[]));
        assert_eq!(page(SubjectKind::Application), None);
        let found = page(SubjectKind::ServicePrincipal).unwrap();
        let ids = [1, 2].map(Uuid::from_u128);
        let of = format!("/ManagedAppMenuBlade/~/Overview/objectId/{}/appId/{}", ids[0], ids[1]);
        assert!(found.starts_with("https://entra.example/#view/") && found.ends_with(&of), "{found}");
        assert_eq!(page(SubjectKind::AgentBlueprint).as_deref(), Some("https://entra.example/"));
    }

    #[test]
    fn a_reading_has_an_age_and_the_first_one_is_not_complete() {
        let state = |complete_from| PassState {
            pass: Pass {
                number: 1,
                started_at: NOW,
                place: PassPlace { stage: PassStage::FIRST, next_link: None },
                unnamed: 2,
                readers: Readers::default(),
            },
            complete_from,
            complete_at: complete_from,
            read_by: Readers::default(),
        };
        assert_eq!(reading(None, EVERY, NOW), DirectoryReading::NotYet);
        assert_eq!(reading(Some(state(None)), EVERY, NOW), DirectoryReading::First { begun: NOW });
        for (hours, late) in [(3, false), (48, false), (49, true)] {
            let from = NOW - Duration::hours(hours);
            let expected = DirectoryReading::Complete { from, late, unnamed: 2 };
            assert_eq!(reading(Some(state(Some(from))), EVERY, NOW), expected);
        }
    }
}
