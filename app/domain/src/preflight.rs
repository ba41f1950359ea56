//! What Entra would say to a write, found before it: policies, limits, and what is odd about the entries.
//!
//! Refused is only what is documented or was recorded; where sources disagree, or nobody has said, it is a warning.

mod lifetime;
mod pairs;
mod policy;

use crate::client_assertion::{MIN_RSA_BITS, UnfitKey, check_key};
use crate::diff::DiffKind;
use crate::key_credential::KeyCredential;
use crate::limits::{self, Nearness};
use crate::merge_plan::MergePlan;
use serde_json::Value;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// The application, apart from its certificates.
#[derive(Debug, Clone, Copy, Default)]
pub struct AppSettings<'a> {
    /// Such as `AzureADMyOrg`.
    pub sign_in_audience: Option<&'a str>,
    /// `createdDateTime`
    pub created: Option<OffsetDateTime>,
    /// `servicePrincipalLockConfiguration`.
    pub lock: Option<&'a Value>,
    /// How many entries `passwordCredentials` has.
    pub secrets: usize,
}

/// One thing to know before a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreflightFinding {
    /// Entra would turn the write down.
    pub refused: bool,
    /// What it is, in a few words.
    pub title: String,
    /// What it rests on.
    pub why: String,
    /// What the person can do.
    pub advice: String,
}

impl PreflightFinding {
    fn warned(title: impl Into<String>, why: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { refused: false, title: title.into(), why: why.into(), advice: advice.into() }
    }
}

/// `tenant_policy`: `defaultAppManagementPolicy`; `app_policy`: the `appManagementPolicy` that is assigned to the app. Both
/// as Graph has them, where they could be read.
pub fn check(
    plan: &MergePlan,
    app: &AppSettings<'_>,
    tenant_policy: Option<&Value>,
    app_policy: Option<&Value>,
    now: OffsetDateTime,
) -> Vec<PreflightFinding> {
    let mut found = vec![];
    if plan.is_noop() {
        // Nothing is written, and copies are seen all the same.
        found.extend(twice(plan));
        return found;
    }
    let added: Vec<&KeyCredential> = plan.added().collect();
    if !added.is_empty() {
        found.extend(policy::check(&added, app.created, tenant_policy, app_policy));
        found.extend(added.iter().filter_map(|entry| dates(entry, now)));
        found.extend(added.iter().filter_map(|entry| key(entry)));
        found.extend(ended(plan, now));
        found.extend(many(plan, app.secrets));
    }
    found.extend(twice(plan));
    found.extend(pairs::check(plan));
    found.extend(audience(app.sign_in_audience));
    found.extend(app.lock.and_then(lock));
    found
}

fn dates(entry: &KeyCredential, now: OffsetDateTime) -> Option<PreflightFinding> {
    let name = entry.name();
    if entry.end().is_some_and(|end| end <= now) {
        return Some(PreflightFinding::warned(
            "A certificate that has ended would be added",
            format!("“{name}” has ended. Entra may not take it, and accepts no sign-in with it."),
            "Leave it out, unless the entry itself is needed.",
        ));
    }
    entry.start().is_some_and(|start| start > now).then(|| {
        PreflightFinding::warned(
            "A certificate that is not valid yet would be added",
            format!("Until “{name}” begins, Entra refuses sign-ins with it as expired (AADSTS700027)."),
            "Keep the old certificate until then.",
        )
    })
}

fn key(entry: &KeyCredential) -> Option<PreflightFinding> {
    match check_key(&entry.certificate()?.facts().public_key).err()? {
        UnfitKey::NotRsa { key } => Some(PreflightFinding::warned(
            "Nothing shows that Entra takes this kind of key",
            format!("“{}” has a key of the kind {key}; client assertions are signed with RSA.", entry.name()),
            "Use a certificate with an RSA key.",
        )),
        UnfitKey::TooShort { bits } => Some(PreflightFinding::warned(
            "Nothing shows that Entra takes so short a key",
            format!(
                "“{}” has an RSA key of {bits} bits; {MIN_RSA_BITS} are the least for a new certificate.",
                entry.name()
            ),
            "Use a certificate with an RSA key of 2048 bits or more.",
        )),
    }
}

/// Tools have been told `KeyCredentialsInvalidEndDate` beside an entry that had ended; others send such entries back
/// every day.
fn ended(plan: &MergePlan, now: OffsetDateTime) -> Option<PreflightFinding> {
    let rows = plan.diff().rows.iter();
    let ended = rows.filter(|row| row.kind == DiffKind::Kept && row.end.is_some_and(|end| end <= now)).count();
    (ended > 0).then(|| {
        PreflightFinding::warned(
            if ended == 1 {
                "An entry that stays has ended".into()
            } else {
                format!("{ended} entries that stay have ended")
            },
            "Entra has been seen to refuse a write for an end date in such a case, and to take it in others.",
            "If it is refused for an end date, remove the ended entries first.",
        )
    })
}

fn many(plan: &MergePlan, secrets: usize) -> Option<PreflightFinding> {
    let stays = plan.diff().rows.iter().filter(|row| row.kind != DiffKind::Removed).count();
    let count = stays + secrets;
    let least = limits::LIMITS[0].entries;
    let why = format!(
        "There would be {count} of them. Graph has been seen to refuse an object with more than {least}; documents say 1,000 and 1,200 entries of all kinds."
    );
    match limits::nearness(count) {
        Nearness::Far => None,
        Nearness::Near => Some(PreflightFinding::warned("The app has many credentials", why, "Remove what has ended.")),
        Nearness::Reached => Some(PreflightFinding::warned(
            "The app has very many credentials",
            why,
            "Remove entries that have ended or that nothing uses before you add another one.",
        )),
    }
}

/// As DER or as PEM: it is the same certificate, and Entra keeps both.
fn twice(plan: &MergePlan) -> Option<PreflightFinding> {
    let mut count: BTreeMap<_, usize> = BTreeMap::new();
    for row in plan.diff().rows.iter().filter(|row| row.kind != DiffKind::Removed) {
        if let Some(thumbprint) = row.thumbprint {
            *count.entry((thumbprint, row.usage.clone())).or_default() += 1;
        }
    }
    let ((thumbprint, _), times) = count.into_iter().find(|(_, times)| *times > 1)?;
    Some(PreflightFinding::warned(
        "A certificate is there more than once",
        format!("{times} entries hold the certificate {}.", thumbprint.hex()),
        "It does no harm; to take the certificate away, all of them have to go.",
    ))
}

/// Whether an app admits personal Microsoft accounts: `signInAudience` is `AzureADandPersonalMicrosoftAccount` or
/// `PersonalMicrosoftAccount` (<https://learn.microsoft.com/graph/api/resources/application>).
pub fn admits_personal_accounts(sign_in_audience: Option<&str>) -> bool {
    sign_in_audience.is_some_and(|audience| audience.contains("PersonalMicrosoftAccount"))
}

fn audience(audience: Option<&str>) -> Option<PreflightFinding> {
    admits_personal_accounts(audience).then(|| {
        PreflightFinding::warned(
            "Writes to this app are slow",
            "It admits personal Microsoft accounts. Graph takes 60 writes a minute to all such apps together.",
            "Nothing to do; a push of many of them takes its time.",
        )
    })
}

fn lock(lock: &Value) -> Option<PreflightFinding> {
    let on = |name: &str| lock.get(name).and_then(Value::as_bool) == Some(true);
    (on("isEnabled") && (on("allProperties") || on("credentialsWithUsageVerify"))).then(|| {
        PreflightFinding::warned(
            "The app locks its credentials in other directories",
            "Its instance property lock keeps service principals of this app from getting certificates of their own. The app registration itself, which this push changes, is not locked by it.",
            "Nothing to do.",
        )
    })
}
