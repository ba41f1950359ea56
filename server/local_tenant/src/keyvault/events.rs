//! `Microsoft.KeyVault.CertificateNewVersionCreated`, delivered to webhooks as Event Grid does: a handshake first, then one
//! event a request, again and again until the webhook takes it. Schema, headers, answers and waits from Microsoft's pages
//! "Webhook event delivery", "Event Grid message delivery and retry" and "Azure Key Vault as Event Grid source".
//!
//! Webhooks are on this machine alone, and are registered by the control API. They are gone with the process.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use url::{Host, Url};
use uuid::Uuid;

use crate::format::graph_date_precise;
use crate::keyvault::store::NewVersion;
use crate::state::Tenant;

/// Webhooks at once.
const MOST: usize = 50;
/// Events of one webhook that are not delivered yet.
const MOST_WAITING: usize = 1_000;
/// Tries of one event, by default at the real service.
const MOST_TRIES: u32 = 30;
/// How long the manual handshake may take.
const MANUAL: time::Duration = time::Duration::minutes(5);
/// The least wait before each further try, in seconds; the last one goes on.
const WAITS: [u64; 8] = [10, 30, 60, 300, 600, 1_800, 3_600, 3_600];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Provisioning {
    Succeeded,
    AwaitingManualAction,
    Failed,
}

/// A webhook.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Subscription {
    pub(crate) id: Uuid,
    pub(crate) vault: String,
    pub(crate) endpoint: String,
    pub(crate) state: Provisioning,
    pub(crate) delivered: u64,
    /// Tries that failed.
    pub(crate) failed_tries: u64,
    pub(crate) waiting: usize,
    /// Events that were given up.
    pub(crate) dropped: u64,
    /// Times the real waits.
    pub(crate) wait_factor: f64,
    #[serde(skip)]
    code: Uuid,
    #[serde(skip)]
    registered: Option<OffsetDateTime>,
}

/// All webhooks.
#[derive(Default)]
pub(crate) struct Events {
    all: Mutex<Vec<Subscription>>,
}

/// Why there is no webhook.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SubscribeError {
    #[error("endpoint must be an http or https URL of this machine: localhost, 127.0.0.1 or [::1].")]
    NotLocal,
    #[error("wait_factor must be between 0 and 1000.")]
    WaitFactor,
    #[error("There is no vault {0}.")]
    NoVault(String),
    #[error("There are 50 webhooks already.")]
    TooMany,
    #[error("The webhook did not pass the validation handshake: {0}")]
    Handshake(String),
}

impl Events {
    fn lock(&self) -> MutexGuard<'_, Vec<Subscription>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn all(&self) -> Vec<Subscription> {
        self.lock().clone()
    }

    /// Whether there was one of that id.
    pub(crate) fn remove(&self, id: Uuid) -> bool {
        let mut all = self.lock();
        let before = all.len();
        all.retain(|one| one.id != id);
        all.len() < before
    }

    fn listens_to(&self, vault: &str) -> bool {
        self.lock().iter().any(|one| one.vault == vault)
    }

    /// What is under way ends with it.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// The manual handshake: whether that code was waited for.
    pub(crate) fn validate(&self, code: Uuid, now: OffsetDateTime) -> bool {
        let mut all = self.lock();
        let waits = |one: &&mut Subscription| one.code == code && one.state == Provisioning::AwaitingManualAction;
        let Some(found) = all.iter_mut().find(waits) else {
            return false;
        };
        let in_time = found.registered.is_some_and(|at| now - at <= MANUAL);
        found.state = if in_time { Provisioning::Succeeded } else { Provisioning::Failed };
        in_time
    }

    fn change(&self, id: Uuid, change: impl FnOnce(&mut Subscription)) -> bool {
        let mut all = self.lock();
        all.iter_mut().find(|one| one.id == id).map(change).is_some()
    }
}

/// Registers a webhook, if it passes the handshake. `validate_url`: where the manual one ends, without its query.
pub(crate) async fn subscribe(
    tenant: &Tenant,
    vault: &str,
    endpoint: &str,
    wait_factor: f64,
    validate_url: &str,
) -> Result<Subscription, SubscribeError> {
    let url = Url::parse(endpoint).ok().filter(is_local).ok_or(SubscribeError::NotLocal)?;
    if !(0.0..=1_000.0).contains(&wait_factor) {
        return Err(SubscribeError::WaitFactor);
    }
    let vault = vault.to_ascii_lowercase();
    let topic = topic(tenant, &vault).ok_or_else(|| SubscribeError::NoVault(vault.clone()))?;
    if tenant.events.lock().len() >= MOST {
        return Err(SubscribeError::TooMany);
    }
    let (id, code) = (Uuid::new_v4(), Uuid::new_v4());
    let event = json!([{
        "id": Uuid::new_v4(), "topic": topic, "subject": "", "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
        "data": {"validationCode": code, "validationUrl": format!("{validate_url}?id={code}")},
        "eventTime": graph_date_precise(tenant.now()), "metadataVersion": "1", "dataVersion": "2",
    }]);
    let sent = client()?.post(url).header("aeg-event-type", "SubscriptionValidation").json(&event).send().await;
    let answer = sent.map_err(|error| SubscribeError::Handshake(error.to_string()))?;
    // 202 is no valid answer to it, says Microsoft's page.
    if answer.status() != reqwest::StatusCode::OK {
        return Err(SubscribeError::Handshake(format!("it answered {} and not 200.", answer.status().as_u16())));
    }
    let echoed = answer.json::<Value>().await.ok();
    let echoed = echoed.as_ref().and_then(|body| body["validationResponse"].as_str());
    let state = match echoed {
        Some(echoed) if echoed == code.to_string() => Provisioning::Succeeded,
        Some(_) => return Err(SubscribeError::Handshake("it sent back another code.".into())),
        None => Provisioning::AwaitingManualAction,
    };
    let made = Subscription {
        id,
        vault,
        endpoint: endpoint.to_owned(),
        state,
        delivered: 0,
        failed_tries: 0,
        waiting: 0,
        dropped: 0,
        wait_factor,
        code,
        registered: Some(tenant.now()),
    };
    tenant.events.lock().push(made.clone());
    Ok(made)
}

fn is_local(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    };
    loopback && matches!(url.scheme(), "http" | "https")
}

/// Follows no redirects, and no proxy.
fn client() -> Result<reqwest::Client, SubscribeError> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .build()
        .map_err(|error| SubscribeError::Handshake(error.to_string()))
}

fn topic(tenant: &Tenant, vault: &str) -> Option<String> {
    let directory = tenant.read();
    let found = directory.vaults.iter().find(|one| one.name == vault)?;
    Some(format!(
        "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.KeyVault/vaults/{vault}",
        found.subscription, found.resource_group
    ))
}

/// Takes what vaults have made since, and sends it on its way. Needs a runtime; without one nothing is sent.
pub(crate) fn publish(tenant: &Arc<Tenant>) {
    if tenant.read().vaults.iter().all(|vault| vault.created.is_empty()) {
        return;
    }
    let made: Vec<(String, NewVersion)> = {
        let mut directory = tenant.write();
        let vaults = directory.vaults.iter_mut();
        vaults
            .flat_map(|vault| vault.created.drain(..).map(|one| (vault.name.clone(), one)).collect::<Vec<_>>())
            .collect()
    };
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return;
    };
    for (vault, new) in made {
        for one in tenant.events.all() {
            if one.vault != vault || one.state != Provisioning::Succeeded {
                continue;
            }
            let event = event(tenant, &vault, &new);
            let full = one.waiting >= MOST_WAITING;
            tenant.events.change(one.id, |one| if full { one.dropped += 1 } else { one.waiting += 1 });
            if !full {
                runtime.spawn(deliver(tenant.clone(), one, event));
            }
        }
    }
}

/// Completes at its time what is pending in a vault, where somebody waits for the event: a request would do it as well.
pub(crate) fn publish_later(tenant: &Arc<Tenant>, vault: &str, due: OffsetDateTime) {
    if !tenant.events.listens_to(vault) {
        return;
    }
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return;
    };
    let (tenant, vault) = (tenant.clone(), vault.to_owned());
    runtime.spawn(async move {
        loop {
            let left = due - tenant.now();
            if !tenant.events.listens_to(&vault) {
                return;
            }
            if left <= time::Duration::ZERO {
                break;
            }
            // The tenant's clock may be moved meanwhile.
            tokio::time::sleep(left.unsigned_abs().min(Duration::from_secs(1))).await;
        }
        let now = tenant.now();
        if let Some(vault) = tenant.write().vaults.iter_mut().find(|one| one.name == vault) {
            vault.settle(now);
        }
        publish(&tenant);
    });
}

fn event(tenant: &Tenant, vault: &str, new: &NewVersion) -> Value {
    let version = new.version.simple().to_string();
    json!([{
        "id": Uuid::new_v4(), "topic": topic(tenant, vault), "subject": new.name,
        "eventType": "Microsoft.KeyVault.CertificateNewVersionCreated",
        "data": {
            "Id": format!("{}/certificates/{}/{version}", tenant.names.vault(vault), new.name), "VaultName": vault,
            "ObjectType": "Certificate", "ObjectName": new.name, "Version": version,
            "NBF": new.not_before.unix_timestamp(), "EXP": new.not_after.unix_timestamp(),
        },
        "dataVersion": "1", "metadataVersion": "1", "eventTime": graph_date_precise(tenant.now()),
    }])
}

/// Until it is taken, or tried often enough, or the webhook is gone.
async fn deliver(tenant: Arc<Tenant>, to: Subscription, event: Value) {
    let Ok(client) = client() else {
        tenant
            .events
            .change(to.id, |one| (one.waiting, one.dropped) = (one.waiting.saturating_sub(1), one.dropped + 1));
        return;
    };
    for tries in 0..MOST_TRIES {
        let sent = client
            .post(&to.endpoint)
            .header("aeg-event-type", "Notification")
            .header("aeg-subscription-name", to.id.to_string().to_uppercase())
            .header("aeg-delivery-count", tries.to_string())
            .header("aeg-data-version", "1")
            .header("aeg-metadata-version", "1")
            .json(&event)
            .send()
            .await;
        let status = sent.map(|answer| answer.status().as_u16()).ok();
        let taken = status.is_some_and(|status| (200..=204).contains(&status));
        let there = tenant.events.change(to.id, |one| {
            if taken {
                (one.delivered, one.waiting) = (one.delivered + 1, one.waiting.saturating_sub(1));
            } else {
                one.failed_tries += 1;
            }
        });
        if taken || !there {
            return;
        }
        tokio::time::sleep(wait(tries, status).mul_f64(to.wait_factor)).await;
    }
    tenant.events.change(to.id, |one| (one.waiting, one.dropped) = (one.waiting.saturating_sub(1), one.dropped + 1));
}

/// The least that the real service waits after that many tries and that answer.
fn wait(tries: u32, status: Option<u16>) -> Duration {
    let place = usize::try_from(tries).unwrap_or(usize::MAX).min(WAITS.len() - 1);
    let least = match status {
        Some(400 | 401 | 403 | 404) => 300,
        Some(408) => 120,
        Some(503) => 30,
        _ => 10,
    };
    Duration::from_secs(WAITS[place].max(least))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhooks_are_on_this_machine() {
        let local = |text: &str| Url::parse(text).is_ok_and(|url| is_local(&url));
        for good in ["http://127.0.0.1:1/hook", "https://localhost/hook", "http://[::1]:8"] {
            assert!(local(good), "{good}");
        }
        for bad in ["http://10.0.0.1/", "https://example.com/", "ftp://localhost/", "http://localhost.example/", "x"] {
            assert!(!local(bad), "{bad}");
        }
    }

    #[test]
    fn waits_grow_and_go_by_the_answer() {
        let seconds = |tries, status| wait(tries, status).as_secs();
        assert_eq!([0, 1, 2, 3, 40].map(|tries| seconds(tries, Some(500))), [10, 30, 60, 300, 3_600]);
        assert_eq!([Some(404), Some(408), Some(503), None].map(|status| seconds(0, status)), [300, 120, 30, 10]);
    }
}
