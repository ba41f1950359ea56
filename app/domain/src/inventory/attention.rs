//! What of an object somebody should look at, and when.
//!
//! Each rule answers with spans of time and not with "now": the store keeps the spans, and a page asks which of them it
//! is in. A rule says nothing where it does not know enough; that it does not is an attention of its own
//! ([`AttentionKind::Unreadable`]).

use super::object::InventoryObject;
use super::owner::Owners;
use super::purpose::{Family, Purpose, TimedCredential, holdings};
use super::trust::Trust;
use crate::client_assertion::check_key;
use crate::credentials::{KeyUsage, SubjectKind};
use crate::spelling::spelled;
use crate::suitability::LONG_LIFETIME;
use std::collections::HashSet;
use time::{Duration, OffsetDateTime};

spelled! {
    /// Why somebody should look, the most urgent first.
    pub enum AttentionKind ("kind of attention") {
        /// All it had for a purpose has ended.
        ExpiredAlone = "expired-alone",
        /// Something ends within 7 days, and nothing takes its place.
        EndsWithin7Days = "ends-within-7-days",
        /// A credential came, changed or went, and no push of the portal did it. The object does not tell: the store knows.
        ChangedElsewhere = "changed-elsewhere",
        /// Something ends within 30 days, and not within 7, and nothing takes its place.
        EndsWithin30Days = "ends-within-30-days",
        /// The same within 90 days, and not within 30.
        EndsWithin90Days = "ends-within-90-days",
        /// Nobody owns it who could look after it.
        NoOwner = "no-owner",
        /// A part of it could not be read: what else is amiss may not be known.
        Unreadable = "unreadable",
        /// Entra takes no assertion that is signed with its key.
        Weak = "weak",
        /// Whoever gets a repository's name can sign in.
        NamedRepository = "named-repository",
        /// A credential lives longer than the policy allows, or than two years.
        LivesTooLong = "lives-too-long",
        /// It signs in with secrets, and with nothing better.
        OnlySecrets = "only-secrets",
        /// Entries that have ended beside others that have not, or the same certificate more than once.
        Leftovers = "leftovers",
    }
}

/// One reason, and when it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attention {
    /// Why.
    pub kind: AttentionKind,
    /// Included. `None`: always before `until`.
    pub from: Option<OffsetDateTime>,
    /// Not included. `None`: for ever.
    pub until: Option<OffsetDateTime>,
}

impl Attention {
    /// It holds at this time.
    pub fn holds_at(&self, now: OffsetDateTime) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }

    /// When the credential ends, or ended, that it is about. `None`: it is about none, or about one whose end is not known.
    pub fn end(&self) -> Option<OffsetDateTime> {
        match self.kind {
            AttentionKind::ExpiredAlone | AttentionKind::Leftovers => self.from,
            AttentionKind::EndsWithin7Days | AttentionKind::EndsWithin30Days | AttentionKind::EndsWithin90Days => {
                let (_, _, days) = WINDOWS.iter().find(|(kind, ..)| *kind == self.kind)?;
                self.until?.checked_add(Duration::days(*days))
            }
            AttentionKind::Weak | AttentionKind::LivesTooLong | AttentionKind::OnlySecrets => self.until,
            AttentionKind::NoOwner
            | AttentionKind::Unreadable
            | AttentionKind::NamedRepository
            | AttentionKind::ChangedElsewhere => None,
        }
    }

    fn always(kind: AttentionKind) -> Self {
        Self { kind, from: None, until: None }
    }

    /// `None` for a span without a moment in it.
    fn span(kind: AttentionKind, from: Option<OffsetDateTime>, until: Option<OffsetDateTime>) -> Option<Self> {
        let empty = from.zip(until).is_some_and(|(from, until)| until <= from);
        (!empty).then_some(Self { kind, from, until })
    }
}

/// Days before an end, from the first and until the second.
const WINDOWS: [(AttentionKind, i64, i64); 3] = [
    (AttentionKind::EndsWithin90Days, 90, 30),
    (AttentionKind::EndsWithin30Days, 30, 7),
    (AttentionKind::EndsWithin7Days, 7, 0),
];

/// Lifetimes of the tenant's app management policy. It takes what is shorter, and not what is as long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LifetimePolicy {
    /// Of certificates.
    pub certificate: Option<Duration>,
    /// Of client secrets.
    pub secret: Option<Duration>,
}

/// All reasons to look at the object, at any time. The order says nothing; of a kind there may be several.
pub fn attentions(object: &InventoryObject, policy: &LifetimePolicy) -> Vec<Attention> {
    let held = holdings(object);
    let mut found: Vec<Attention> = vec![];
    found.extend(expired_alone(object, &held));
    found.extend(ending(&held));
    found.extend(no_owner(object, &held));
    found.extend(object.damages().next().map(|_| Attention::always(AttentionKind::Unreadable)));
    found.extend(weak(object));
    found.extend(
        trusts(object)
            .iter()
            .any(Trust::is_inherited_with_a_name)
            .then_some(Attention::always(AttentionKind::NamedRepository)),
    );
    found.extend(held.iter().filter_map(|holding| too_long(holding, policy)));
    found.extend(only_secrets(object, &held));
    found.extend(leftovers(object, &held));
    found
}

fn trusts(object: &InventoryObject) -> &[Trust] {
    object.trusts.known().map_or(&[], |trusts| &trusts.readable)
}

/// When the last of them ends. `None` where there is none, or one of which no end is known.
fn last_end<'h>(holdings: impl Iterator<Item = &'h TimedCredential>) -> Option<OffsetDateTime> {
    holdings.map(|holding| holding.end).try_fold(None, |last, end| end.map(|end| last.max(Some(end))))?
}

/// A trust never ends, so that an app with one can sign in.
fn expired_alone(object: &InventoryObject, held: &[TimedCredential]) -> Option<Attention> {
    if !object.certificates.is_whole() || !object.secrets.is_whole() {
        return None;
    }
    let of = |purpose| last_end(held.iter().filter(move |holding| holding.purpose == purpose));
    let sign_in = of(Purpose::SignIn).filter(|_| trusts(object).is_empty());
    let from = [sign_in, of(Purpose::Signing)].into_iter().flatten().min()?;
    Attention::span(AttentionKind::ExpiredAlone, Some(from), None)
}

fn ending(held: &[TimedCredential]) -> impl Iterator<Item = Attention> {
    let alone = held.iter().filter(|holding| !held.iter().any(|other| holding.is_renewed_by(other)));
    alone.filter_map(|holding| holding.end).flat_map(|end| {
        WINDOWS.into_iter().filter_map(move |(kind, from, until)| {
            let before = |days| end.checked_sub(Duration::days(days));
            Attention::span(kind, before(from), Some(before(until)?))
        })
    })
}

/// Most service principals are others' apps in this directory: only those with credentials of their own need an owner here.
fn no_owner(object: &InventoryObject, held: &[TimedCredential]) -> Option<Attention> {
    let needs_one = object.subject.kind != SubjectKind::ServicePrincipal || !held.is_empty();
    let nobody = object.owners.known().and_then(Owners::anybody) == Some(false);
    (needs_one && nobody).then_some(Attention::always(AttentionKind::NoOwner))
}

fn weak(object: &InventoryObject) -> impl Iterator<Item = Attention> {
    let for_sign_in = object.certificates.readable.iter().filter(|one| one.usage == Some(KeyUsage::Verify));
    for_sign_in
        .filter(|one| one.seen.as_ref().is_some_and(|seen| check_key(&seen.public_key).is_err()))
        .filter_map(|one| Attention::span(AttentionKind::Weak, None, one.end))
}

fn too_long(holding: &TimedCredential, policy: &LifetimePolicy) -> Option<Attention> {
    let lasts = holding.end? - holding.start?;
    let allowed = match holding.family {
        Family::Certificate => policy.certificate,
        Family::Secret => policy.secret,
    };
    let too_long = lasts > LONG_LIFETIME || allowed.is_some_and(|allowed| lasts >= allowed);
    too_long.then(|| Attention::span(AttentionKind::LivesTooLong, None, holding.end)).flatten()
}

fn only_secrets(object: &InventoryObject, held: &[TimedCredential]) -> Option<Attention> {
    let no_trusts = object.trusts.known().is_some_and(|trusts| trusts.is_whole() && trusts.readable.is_empty());
    if !no_trusts || !object.certificates.is_whole() {
        return None;
    }
    let of = |family| held.iter().filter(move |holding| holding.purpose == Purpose::SignIn && holding.family == family);
    of(Family::Secret).next()?;
    let certificates_end = last_end(of(Family::Certificate));
    if of(Family::Certificate).next().is_some() && certificates_end.is_none() {
        return None;
    }
    Attention::span(AttentionKind::OnlySecrets, certificates_end, last_end(of(Family::Secret)))
}

fn leftovers(object: &InventoryObject, held: &[TimedCredential]) -> Vec<Attention> {
    let mut seen = HashSet::new();
    let mut named = object.certificates.readable.iter().filter_map(|one| Some((one.thumbprint?, one.usage.clone())));
    if named.any(|certificate| !seen.insert(certificate)) {
        return vec![Attention::always(AttentionKind::Leftovers)];
    }
    let purposes = [Purpose::SignIn, Purpose::Signing, Purpose::Other];
    let ended = purposes.into_iter().filter_map(|purpose| {
        let of = || held.iter().filter(move |holding| holding.purpose == purpose);
        let first = of().filter_map(|holding| holding.end).min()?;
        let until = if purpose == Purpose::SignIn && !trusts(object).is_empty() { None } else { last_end(of()) };
        Attention::span(AttentionKind::Leftovers, Some(first), until)
    });
    ended.collect()
}
