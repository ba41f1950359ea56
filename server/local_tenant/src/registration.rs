//! The portal's own app registration.

use std::sync::Arc;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::certificate::NotACertificate;
use crate::seed::stable_guid;
use crate::store::{AppRole, Application, Assignment, Directory, KeyCredential, ObjectKey, ServicePrincipal};

/// App roles of the portal: value, display name, description.
const ROLES: [(&str, &str, &str); 3] = [
    ("Thumbprint.Admin", "Administrator", "Sees every application and sets the portal's rules."),
    ("Thumbprint.User", "User", "Manages certificates of the applications they may change."),
    ("Thumbprint.Auditor", "Auditor", "Reads the record of what was changed, and changes nothing."),
];

/// What the portal's app registration is made of. It defines the app roles `Thumbprint.Admin`, `Thumbprint.User` and
/// `Thumbprint.Auditor`.
#[derive(Debug, Clone)]
pub struct PortalRegistration {
    pub display_name: String,
    /// Of a confidential web client; compared letter by letter.
    pub redirect_uri: String,
    /// Where sign-out at the tenant may lead back to.
    pub logout_uri: String,
    /// X.509 certificate in DER for client authentication (`private_key_jwt`).
    pub certificate_der: Vec<u8>,
}

/// The new registration's identifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortalIds {
    /// Client id.
    pub app_id: Uuid,
    /// Object id of the application.
    pub object_id: Uuid,
}

/// Adds application and service principal, and gives people their roles.
pub(crate) fn register(
    directory: &mut Directory,
    registration: PortalRegistration,
    now: OffsetDateTime,
) -> Result<PortalIds, NotACertificate> {
    let name = registration.display_name;
    let key = KeyCredential::for_certificate(Uuid::new_v4(), &registration.certificate_der, "Verify")?;
    // The same name has the same identifiers in every run, and a second one of that name its own.
    let stable = |kind| stable_guid(kind, &name);
    let taken = directory.applications.get(ObjectKey::Id(stable("application"))).is_some();
    let id = |kind| if taken { Uuid::new_v4() } else { stable(kind) };
    let mut app = Application::new(id("application"), id("client"), name.clone(), now);
    app.identifier_uris = vec![format!("api://{}", app.app_id)];
    app.redirect_uris = vec![registration.redirect_uri, registration.logout_uri];
    app.redirect_uris.dedup();
    app.common.key_credentials = Arc::new(vec![key]);
    app.common.extra.insert("groupMembershipClaims".into(), "DirectoryRole".into());
    app.app_roles = ROLES
        .iter()
        .map(|(value, display_name, description)| AppRole {
            id: stable_guid("app role", value),
            value: (*value).into(),
            display_name: (*display_name).into(),
            description: (*description).into(),
            allowed_member_types: vec!["User".into()],
            enabled: true,
        })
        .collect();
    let known = |role: &&String| ROLES.iter().any(|(value, ..)| value == role);
    let assignments = directory
        .people
        .iter()
        .flat_map(|person| {
            person.portal_roles.iter().filter(known).map(|role| Assignment::of_value(person.id, role.clone()))
        })
        .collect();
    directory.service_principals.insert(ServicePrincipal {
        assignments,
        ..ServicePrincipal::new(id("service"), app.app_id, name.clone(), now)
    });
    let ids = PortalIds { app_id: app.app_id, object_id: app.id };
    directory.applications.insert(app);
    Ok(ids)
}
