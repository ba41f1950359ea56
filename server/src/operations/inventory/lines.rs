//! What is kept of objects and credentials, as rows of the grid.

use crate::operations::needs::admin_center_page;
use crate::store::{Exceptions, Held, InventoryCredential, InventoryRow};
use app::contract::inventory::{CredentialFacts, CredentialLine, Holder, ObjectLine, Seen};
use domain::inventory::{AttentionKind, Entries, InventoryObject, Item, LifetimePolicy, Owners, attentions};
use domain::suitability::validity;
use time::OffsetDateTime;
use url::Url;

/// As of now.
#[derive(Clone, Copy)]
pub(super) struct Lines<'u> {
    pub(super) now: OffsetDateTime,
    pub(super) exceptions: &'u Exceptions,
    /// The root of Entra's admin center, where the cloud has one.
    pub(super) admin_center: Option<&'u Url>,
}

impl Lines<'_> {
    pub(super) fn credential(self, credential: InventoryCredential) -> CredentialLine {
        let InventoryCredential { row, held } = credential;
        let holder = self.holder(&row.object);
        let (key_id, name, start, end, facts) = match held {
            Held::Certificate(one) => {
                let facts = CredentialFacts::Certificate { usage: one.usage, thumbprint: one.thumbprint };
                (one.key_id, one.name, one.start, one.end, facts)
            }
            Held::Secret(one) => {
                let mut certificates = row.object.certificates.readable.iter();
                let opens_a_key = one.key_id.is_some() && certificates.any(|other| other.key_id == one.key_id);
                (one.key_id, one.name, one.start, one.end, CredentialFacts::Secret { hint: one.hint, opens_a_key })
            }
            Held::Federated(trust) => {
                let named_repository = trust.is_inherited_with_a_name();
                let (issuer, subject) = (trust.issuer, trust.subject);
                let facts = CredentialFacts::Federated { issuer, subject, named_repository };
                (None, Some(trust.name), None, None, facts)
            }
        };
        let ends = !matches!(facts, CredentialFacts::Federated { .. });
        let validity = ends.then(|| validity(start, end, self.now));
        CredentialLine { holder, facts, key_id, name, start, end, read: row.seen_at, validity }
    }

    pub(super) fn object(self, row: &InventoryRow) -> ObjectLine {
        let object = &row.object;
        let end = self.next_end(object);
        let owners = object.owners.known();
        ObjectLine {
            holder: self.holder(object),
            certificates: seen(&object.certificates),
            secrets: seen(&object.secrets),
            federated: object.trusts.known().map_or(Seen { count: None, maybe_more: true }, seen),
            owners: Seen {
                count: owners.map(|owners| number(owners.listed.len())),
                maybe_more: owners.is_none_or(|owners| owners.maybe_more),
            },
            owned: owners.and_then(Owners::anybody),
            next_end: end,
            validity: end.map(|end| validity(None, Some(end), self.now)),
            needs: self.needs(object),
            created: object.created,
            first_seen: row.first_seen,
            read: row.seen_at,
        }
    }

    fn holder(self, object: &InventoryObject) -> Holder {
        Holder {
            subject: object.subject,
            app_id: object.app_id,
            name: object.name.clone(),
            disabled: object.disabled,
            admin_center: self.admin_center.and_then(|root| admin_center_page(root, object)),
        }
    }

    fn next_end(self, object: &InventoryObject) -> Option<OffsetDateTime> {
        let certificates = object.certificates.readable.iter().filter_map(|one| one.end);
        let ends: Vec<_> = certificates.chain(object.secrets.readable.iter().filter_map(|one| one.end)).collect();
        let next = ends.iter().filter(|end| **end > self.now).min();
        next.or(ends.iter().max()).copied()
    }

    /// As the store worked it out when it kept the object, but for what is put aside. Each once, the most urgent first.
    fn needs(self, object: &InventoryObject) -> Vec<AttentionKind> {
        let (spans, subject) = (attentions(object, &LifetimePolicy::default()), object.subject);
        let held = |kind: AttentionKind| match kind {
            AttentionKind::ChangedElsewhere => self.exceptions.changed.contains(&subject),
            kind => spans.iter().any(|one| one.kind == kind && one.holds_at(self.now)),
        };
        let counts =
            |kind: &AttentionKind| held(*kind) && !self.exceptions.aside.contains(&Item { subject, kind: *kind });
        AttentionKind::ALL.iter().copied().filter(counts).collect()
    }
}

fn seen<T>(entries: &Entries<T>) -> Seen {
    let whole = entries.is_whole();
    let count = (whole || !entries.readable.is_empty()).then(|| number(entries.readable.len()));
    Seen { count, maybe_more: !whole }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
