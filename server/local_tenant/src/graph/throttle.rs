//! Limits, as documented (facts, B6): resource units, writes, reads of certificates, the logs. By the tenant's clock.
//!
//! Entra has token buckets; here each limit has a window, which begins with the first request in it.

use std::collections::HashMap;

use axum::http::{Method, StatusCode};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::Request;
use super::error::{GraphError, Throttled};
use super::holder::HolderKind;
use super::path::Route;
use crate::state::Tenant;
use crate::store::ObjectKey;

/// How many requests Graph lets through.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Throttle {
    /// All of them.
    #[default]
    Off,
    /// Graph's documented figures.
    Real,
    /// Those figures times this factor, rounded, and one at least: limits within a test's reach.
    Scaled(f64),
}

impl Throttle {
    fn of(self, figure: u32) -> Option<u32> {
        match self {
            Self::Off => None,
            Self::Real => Some(figure),
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
            Self::Scaled(factor) => Some((f64::from(figure) * factor).round().clamp(1.0, f64::from(u32::MAX)) as u32),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Limit {
    /// Resource units of one application in this tenant.
    Units,
    /// Writes of one application in this tenant.
    Writes,
    /// Writes of the whole tenant.
    TenantWrites,
    /// Reads whose `$select` names `keyCredentials`, in the whole tenant.
    Keys,
    /// Writes to applications that admit personal accounts, by one application.
    ConsumerWrites,
    /// Reads of the logs by one application.
    Logs,
}

impl Limit {
    /// The most in a period. Resource units go by the tenant's size.
    fn figure(self, people: usize) -> (u32, Duration) {
        match self {
            Self::Units => {
                let units = match people {
                    0..50 => 3_500,
                    50..=500 => 5_000,
                    _ => 8_000,
                };
                (units, Duration::seconds(10))
            }
            Self::Writes => (3_000, Duration::seconds(150)),
            Self::TenantWrites => (18_000, Duration::minutes(5)),
            Self::Keys => (150, Duration::minutes(1)),
            Self::ConsumerWrites => (60, Duration::minutes(1)),
            Self::Logs => (5, Duration::seconds(10)),
        }
    }

    const fn throttled(self) -> Throttled {
        let (scope, information) = match self {
            Self::Units => ("Tenant_Application/ReadWrite", "ResourceUnitLimitExceeded"),
            Self::Writes | Self::ConsumerWrites => ("Tenant_Application/Write", "WriteLimitExceeded"),
            Self::TenantWrites => ("Tenant/Write", "WriteLimitExceeded"),
            Self::Keys => ("Tenant/Read", "ResourceUnitLimitExceeded"),
            Self::Logs => ("Tenant_Application/Read", "ResourceUnitLimitExceeded"),
        };
        Throttled { scope, information }
    }

    /// Whether all applications share it.
    const fn is_shared(self) -> bool {
        matches!(self, Self::TenantWrites | Self::Keys)
    }
}

#[derive(Debug, Clone, Copy)]
struct Window {
    begin: OffsetDateTime,
    used: u32,
}

/// What has been used of each limit.
#[derive(Debug, Default)]
pub(crate) struct Meters(HashMap<(Limit, Uuid), Window>);

impl Meters {
    fn window(&mut self, limit: Limit, client: Uuid, period: Duration, now: OffsetDateTime) -> &mut Window {
        let client = if limit.is_shared() { Uuid::nil() } else { client };
        let window = self.0.entry((limit, client)).or_insert(Window { begin: now, used: 0 });
        // The first use begins it; a clock that was set back begins it anew.
        if window.used == 0 || now - window.begin >= period || now < window.begin {
            *window = Window { begin: now, used: 0 };
        }
        window
    }
}

/// Lets a request in, or not: 429 while one of its limits is used up. Counts it, except for its resource units, which
/// are known afterwards.
pub(crate) fn admit(request: &Request<'_>, method: &Method, route: &Route) -> Result<(), GraphError> {
    let behaviour = request.tenant.behaviour();
    if behaviour.throttle == Throttle::Off {
        return Ok(());
    }
    let people = request.tenant.read().people.len();
    let mut limits = vec![Limit::Units];
    if method == Method::GET {
        limits.extend(request.query.selects("keyCredentials").then_some(Limit::Keys));
        limits.extend(matches!(route, Route::DirectoryAudits | Route::SignIns).then_some(Limit::Logs));
    } else {
        limits.extend([Limit::Writes, Limit::TenantWrites]);
        limits.extend(admits_personal_accounts(request, route).then_some(Limit::ConsumerWrites));
    }
    let client = request.caller.client();
    let mut meters = request.tenant.meters();
    for &limit in &limits {
        let (figure, period) = limit.figure(people);
        let Some(most) = behaviour.throttle.of(figure) else {
            continue;
        };
        let window = *meters.window(limit, client, period, request.now);
        if window.used >= most {
            let mut error = GraphError::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", "Too many requests");
            error.throttled = Some(limit.throttled());
            let left = (window.begin + period - request.now).as_seconds_f64().ceil();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 300")]
            let seconds = (left as u64).max(1);
            error.retry_after = (!behaviour.throttle_without_retry_after).then_some(seconds);
            return Err(error);
        }
    }
    for limit in limits.into_iter().filter(|limit| *limit != Limit::Units) {
        let (_, period) = limit.figure(people);
        meters.window(limit, client, period, request.now).used += 1;
    }
    Ok(())
}

/// Takes a request's resource units off. Gives the share of its limits that the application has used, when that is
/// more than 0.8; Graph's goes up to 1.8.
pub(crate) fn charge(tenant: &Tenant, client: Uuid, units: u32) -> Option<f64> {
    let throttle = tenant.behaviour().throttle;
    let people = tenant.read().people.len();
    let now = tenant.now();
    let mut meters = tenant.meters();
    let mut share = 0.0_f64;
    for limit in [Limit::Units, Limit::Writes] {
        let (figure, period) = limit.figure(people);
        let most = throttle.of(figure)?;
        let window = meters.window(limit, client, period, now);
        if limit == Limit::Units {
            window.used = window.used.saturating_add(units);
        }
        share = share.max(f64::from(window.used) / f64::from(most));
    }
    (share > 0.8).then_some(share.min(1.8))
}

/// Whether the write is to an application for personal accounts.
fn admits_personal_accounts(request: &Request<'_>, route: &Route) -> bool {
    let of = |key: ObjectKey| {
        let directory = request.tenant.read();
        directory.applications.get(key).is_some_and(|app| app.sign_in_audience.contains("PersonalMicrosoftAccount"))
    };
    match route {
        Route::Set(HolderKind::Application) => request.json().is_ok_and(|sent| {
            sent.get("signInAudience")
                .and_then(serde_json::Value::as_str)
                .is_some_and(|text| text.contains("PersonalMicrosoftAccount"))
        }),
        Route::Object(HolderKind::Application, key)
        | Route::OwnersRef(HolderKind::Application, key)
        | Route::OwnerRef(HolderKind::Application, key, _)
        | Route::Action(HolderKind::Application, key, _)
        | Route::PoliciesRef(HolderKind::Application, key)
        | Route::PolicyRef(HolderKind::Application, key, _) => of(*key),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_scaled_and_never_nothing() {
        assert_eq!(Throttle::Off.of(150), None);
        assert_eq!(Throttle::Real.of(150), Some(150));
        assert_eq!(Throttle::Scaled(0.1).of(150), Some(15));
        assert_eq!(Throttle::Scaled(0.0).of(150), Some(1));
        assert_eq!(Limit::Units.figure(8).0, 3_500);
        assert_eq!(Limit::Units.figure(50).0, 5_000);
        assert_eq!(Limit::Units.figure(501).0, 8_000);
    }

    #[test]
    fn a_window_ends_with_its_period() {
        let mut meters = Meters::default();
        let (client, period) = (Uuid::from_u128(1), Duration::seconds(10));
        let at = |seconds| OffsetDateTime::UNIX_EPOCH + Duration::seconds(seconds);
        meters.window(Limit::Units, client, period, at(0)).used = 7;
        assert_eq!(meters.window(Limit::Units, client, period, at(9)).used, 7);
        assert_eq!(meters.window(Limit::Units, Uuid::from_u128(2), period, at(9)).used, 0);
        assert_eq!(meters.window(Limit::Units, client, period, at(10)).used, 0);
        meters.window(Limit::Keys, client, period, at(0)).used = 3;
        assert_eq!(meters.window(Limit::Keys, Uuid::from_u128(2), period, at(1)).used, 3, "the tenant's");
    }
}
