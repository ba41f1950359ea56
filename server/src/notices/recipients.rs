//! Whom the configuration has beside the owners whom Entra names: teams, by their contacts.

use crate::config::NoticeSettings;
use crate::store::{StoreError, TenantStore};
use domain::inventory::InventoryObject;
use domain::notices::{Audience, audiences_of};
use domain::teams::{Team, TeamText};
use std::sync::Arc;

/// Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Recipients(Arc<[Team]>);

impl Recipients {
    /// Of teams, those that can be told: mail is on, and a contact is an address.
    pub fn new(settings: &NoticeSettings, teams: &[Team]) -> Self {
        let told = teams.iter().filter(|team| settings.email.is_some() && !team.mailboxes().is_empty());
        Self(told.cloned().collect())
    }

    /// With the apps that are given to these teams now.
    pub(crate) async fn with_given(&self, store: &TenantStore) -> Result<Self, StoreError> {
        let names: Vec<&TeamText> = self.0.iter().map(|team| &team.name).collect();
        let given = store.apps_given_to(&names).await?;
        Ok(Self(self.0.iter().map(|team| team.clone().with_given(&given)).collect()))
    }

    pub(crate) fn audiences_of(&self, object: &InventoryObject) -> Vec<Audience> {
        audiences_of(object, &self.0)
    }

    /// None, where the configuration does not have the team any more, or nobody of it to write to.
    pub(crate) fn mailboxes(&self, team: &TeamText) -> Vec<String> {
        let team = self.0.iter().find(|other| other.name == *team);
        team.map(|team| team.mailboxes().into_iter().map(str::to_owned).collect()).unwrap_or_default()
    }
}
