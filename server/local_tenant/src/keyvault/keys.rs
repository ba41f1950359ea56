//! `/keys`: the keys behind certificates, and those that were made by themselves.

use super::error::{Missing, VaultError};
use super::path::VersionId;
use super::rbac::Action;
use super::show::object_id;
use super::{Request, VaultAnswer, paging};

/// `GET /keys`
pub(super) fn list(request: &Request<'_>) -> Result<VaultAnswer, VaultError> {
    let rows = request.read(Action::KeysRead, "", |vault| {
        let shown = vault.key_names().into_iter().filter_map(|place| {
            let latest = vault.key_versions(place)?.pop()?;
            Some((place.to_owned(), latest.item(object_id(&request.root, "keys", latest.name))))
        });
        Ok(shown.collect())
    })?;
    paging::page(request, "keys", rows)
}

/// `GET /keys/{name}/versions`
pub(super) fn versions(request: &Request<'_>, name: &str) -> Result<VaultAnswer, VaultError> {
    let rows = request.read(Action::KeysRead, &format!("/keys/{name}"), |vault| {
        let all = vault.key_versions(name).ok_or_else(|| VaultError::not_found(Missing::Key, name))?;
        let shown =
            all.iter().enumerate().map(|(place, one)| (format!("{place:06}"), one.item(one.kid(&request.root))));
        Ok(shown.collect())
    })?;
    paging::page(request, &format!("keys/{name}/versions"), rows)
}

/// `GET /keys/{name}/{version?}`
pub(super) fn get(request: &Request<'_>, name: &str, version: Option<VersionId>) -> Result<VaultAnswer, VaultError> {
    request.read(Action::KeysRead, &format!("/keys/{name}"), |vault| {
        Ok(VaultAnswer::ok(vault.key(name, version)?.bundle(&request.root)))
    })
}
