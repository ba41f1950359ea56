//! An object of the directory and its credentials, as far as a search needs them.

use app::contract::search::{BareApp, Holding};
use domain::credentials::KeyUsage;
use domain::ids::{AppId, KeyId, ObjectId};
use domain::key_credential::KeyCredentials;
use domain::suitability::validity;
use domain::thumbprint::Thumbprint;
use time::OffsetDateTime;

/// An application, or a service principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indexed {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    pub on_service_principal: bool,
    pub credentials: Vec<Credential>,
    /// Its own and its credentials' names, in lower case, a line each. Empty once the index has taken them.
    pub(super) names: String,
}

/// One entry of its `keyCredentials`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    pub key_id: Option<KeyId>,
    pub name: Option<String>,
    pub thumbprint: Option<Thumbprint>,
    pub usage: Option<KeyUsage>,
    pub start: Option<OffsetDateTime>,
    pub end: Option<OffsetDateTime>,
}

impl Indexed {
    pub fn new(
        object_id: ObjectId,
        app_id: AppId,
        display_name: &str,
        on_service_principal: bool,
        keys: &KeyCredentials,
    ) -> Self {
        let credentials: Vec<Credential> = keys
            .iter()
            .map(|entry| Credential {
                key_id: entry.key_id(),
                name: entry.display_name().map(Into::into),
                thumbprint: entry.thumbprint(),
                usage: entry.usage().cloned(),
                start: entry.start(),
                end: entry.end(),
            })
            .collect();
        let mut names = display_name.to_lowercase();
        for entry in keys {
            let subject = entry.certificate().map(|certificate| certificate.facts().subject.as_str());
            for name in entry.display_name().into_iter().chain(subject) {
                names.push('\n');
                names.push_str(&name.to_lowercase());
            }
        }
        Self { object_id, app_id, display_name: display_name.to_owned(), on_service_principal, credentials, names }
    }

    /// Without its credentials.
    pub(super) fn bare(&self) -> BareApp {
        BareApp { object_id: self.object_id, app_id: self.app_id, display_name: self.display_name.clone() }
    }

    pub(super) fn holding(&self, credential: &Credential, now: OffsetDateTime) -> Holding {
        Holding {
            object_id: self.object_id,
            app_id: self.app_id,
            display_name: self.display_name.clone(),
            on_service_principal: self.on_service_principal,
            key_id: credential.key_id,
            entry_name: credential.name.clone(),
            thumbprint: credential.thumbprint,
            usage: credential.usage.clone(),
            end: credential.end,
            validity: validity(credential.start, credential.end, now),
        }
    }
}
