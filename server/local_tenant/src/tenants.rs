//! Several tenants in one process: who finds whom.
//!
//! Each has a directory of its own; sign-in, what was handed out there, settings and the control API are common. Of two
//! directories' locks nobody holds one while waiting for the other: what is needed of another tenant is copied first.

use std::sync::{Arc, Weak};

use time::OffsetDateTime;
use uuid::Uuid;

use crate::seed::Seed;
use crate::state::Tenant;
use crate::store::{HomeApplication, ObjectKey, TenantProfile};
use crate::{RunningTenant, TenantError};

/// What sets a tenant apart from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantInfo {
    pub id: Uuid,
    pub display_name: String,
    /// The initial domain.
    pub domain: String,
}

/// The tenants beside this one, who know each other then.
pub(crate) async fn further(
    tenant: &Tenant,
    seeds: Vec<Seed>,
    now: OffsetDateTime,
) -> Result<Vec<Tenant>, TenantError> {
    let planted = tokio::task::spawn_blocking(move || {
        seeds.into_iter().map(|seed| Ok((seed.plant(now)?, seed))).collect::<Result<Vec<_>, TenantError>>()
    })
    .await
    .map_err(|error| TenantError::Certificates(error.to_string()))??;
    let further: Vec<Tenant> = planted.into_iter().map(|(directory, seed)| tenant.beside(seed, directory)).collect();
    acquaint(&std::iter::once(tenant).chain(&further).collect::<Vec<_>>())?;
    Ok(further)
}

/// Makes tenants known to each other. Ids and domains tell them apart.
fn acquaint(tenants: &[&Tenant]) -> Result<(), TenantError> {
    for (place, one) in tenants.iter().enumerate() {
        let twin = tenants[..place].iter().find(|other| other.profile.is_like(&one.profile));
        if twin.is_some() {
            let domain = &one.profile.domain;
            return Err(TenantError::Seed(format!("two tenants have the domain {domain}, or its id")));
        }
    }
    for one in tenants {
        let others = tenants.iter().filter(|other| other.profile.id != one.profile.id);
        let _ = one.others.set(others.map(|other| Arc::downgrade(&other.shared)).collect());
    }
    Ok(())
}

impl TenantProfile {
    fn is_like(&self, other: &Self) -> bool {
        self.id == other.id || self.domain.eq_ignore_ascii_case(&other.domain)
    }

    /// Whether a URL names this one, by GUID or domain.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        name.eq_ignore_ascii_case(&self.domain) || Uuid::parse_str(name).is_ok_and(|id| id == self.id)
    }
}

impl RunningTenant {
    /// The tenants beside it: [`TenantOptions::further`](crate::TenantOptions::further). What else is here is about the first one, unless it says otherwise.
    pub fn further(&self) -> Vec<TenantInfo> {
        let info = |tenant: &Tenant| TenantInfo {
            id: tenant.profile.id,
            display_name: tenant.profile.display_name.clone(),
            domain: tenant.profile.domain.clone(),
        };
        self.further.iter().map(info).collect()
    }
}

impl Tenant {
    /// The others, at the names that were asked.
    pub(crate) fn others(&self) -> Vec<Self> {
        let others = self.shared.others.get().into_iter().flatten().filter_map(Weak::upgrade);
        others.map(|shared| Self { names: self.names.clone(), shared }).collect()
    }

    /// This one and the others.
    pub(crate) fn all(&self) -> Vec<Self> {
        std::iter::once(self.clone()).chain(self.others()).collect()
    }

    /// The tenant that a person is in.
    pub(crate) fn of_person(&self, id: Uuid) -> Option<Self> {
        self.all().into_iter().find(|tenant| tenant.read().person(id).is_some())
    }

    /// The tenant that somebody of this user principal name is in.
    pub(crate) fn of_name(&self, user_principal_name: &str) -> Option<Self> {
        self.all().into_iter().find(|tenant| tenant.read().person_by_name(user_principal_name).is_some())
    }

    /// An application that is registered in another tenant, as it is there now.
    pub(crate) fn foreign_application(&self, client_id: &str) -> Option<HomeApplication> {
        let app_id = Uuid::parse_str(client_id.trim()).ok()?;
        self.others().into_iter().find_map(|other| {
            let application = other.read().applications.get(ObjectKey::AppId(app_id)).cloned()?;
            Some(HomeApplication { tenant: other.profile.id, application })
        })
    }
}
