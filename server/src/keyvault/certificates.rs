//! Certificates of a vault: the list, the versions of one, and one version with its DER.

use super::{KeyVault, VaultAddress, VaultRefusal};
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use domain::thumbprint::Thumbprint;
use reqwest::Method;
use serde::Deserialize;
use time::OffsetDateTime;

/// Nobody reads a longer list; a vault this full is looked at in the Azure portal.
const MOST: usize = 500;

/// A certificate in a list (its newest version), or one version of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub name: String,
    /// Absent in the list of certificates.
    pub version: Option<String>,
    pub thumbprint: Option<Thumbprint>,
    pub enabled: bool,
    pub start: Option<OffsetDateTime>,
    pub end: Option<OffsetDateTime>,
    pub created: Option<OffsetDateTime>,
}

/// One version with its certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    pub item: Item,
    pub der: Vec<u8>,
    /// Name and version of the key behind it.
    pub key: (String, String),
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    value: Vec<Wire>,
    #[serde(rename = "nextLink")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    kid: Option<String>,
    x5t: Option<String>,
    cer: Option<String>,
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Deserialize, Default)]
struct Attributes {
    enabled: Option<bool>,
    nbf: Option<i64>,
    exp: Option<i64>,
    created: Option<i64>,
}

impl KeyVault {
    /// Each with its newest version's thumbprint and dates.
    pub async fn certificates(&self, bearer: &str, vault: &VaultAddress) -> Result<Vec<Item>, VaultRefusal> {
        self.list(bearer, vault, &["certificates"]).await
    }

    pub async fn versions(&self, bearer: &str, vault: &VaultAddress, name: &str) -> Result<Vec<Item>, VaultRefusal> {
        self.list(bearer, vault, &["certificates", name, "versions"]).await
    }

    /// `version`: empty for the newest.
    pub async fn certificate(
        &self,
        bearer: &str,
        vault: &VaultAddress,
        name: &str,
        version: &str,
    ) -> Result<Bundle, VaultRefusal> {
        let mut segments = vec!["certificates", name];
        segments.extend(Some(version).filter(|version| !version.is_empty()));
        let value = self.send(bearer, Method::GET, vault, vault.url(&segments), None).await?;
        let unreadable = || VaultRefusal::unreadable(vault, None);
        let wire: Wire = serde_json::from_value(value).map_err(|_| unreadable())?;
        let der = wire.cer.as_deref().and_then(|cer| BASE64_STANDARD.decode(cer).ok()).ok_or_else(unreadable)?;
        let key = wire.kid.as_deref().and_then(|kid| last_two(kid, "keys")).ok_or_else(unreadable)?;
        Ok(Bundle { item: item(&wire).ok_or_else(unreadable)?, der, key })
    }

    async fn list(&self, bearer: &str, vault: &VaultAddress, segments: &[&str]) -> Result<Vec<Item>, VaultRefusal> {
        let mut url = vault.url(segments);
        let mut items = vec![];
        loop {
            let value = self.send(bearer, Method::GET, vault, url, None).await?;
            let page: Page = serde_json::from_value(value).map_err(|_| VaultRefusal::unreadable(vault, None))?;
            items.extend(page.value.iter().filter_map(item));
            match page.next.filter(|next| !next.is_empty() && items.len() < MOST) {
                Some(next) => url = vault.next_link(&next).ok_or_else(|| VaultRefusal::foreign_link(vault))?,
                None => return Ok(items),
            }
        }
    }
}

fn item(wire: &Wire) -> Option<Item> {
    let (name, version) = match last_two(&wire.id, "certificates") {
        Some((name, version)) => (name, Some(version)),
        None => (wire.id.trim_end_matches('/').rsplit('/').next()?.to_owned(), None),
    };
    let date = |seconds: Option<i64>| seconds.and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok());
    Some(Item {
        name,
        version,
        thumbprint: wire
            .x5t
            .as_deref()
            .and_then(|x5t| BASE64_URL_SAFE_NO_PAD.decode(x5t).ok()?.try_into().ok())
            .map(Thumbprint::from_bytes),
        enabled: wire.attributes.enabled.unwrap_or(true),
        start: date(wire.attributes.nbf),
        end: date(wire.attributes.exp),
        created: date(wire.attributes.created),
    })
}

/// Name and version behind a collection's name: `…/certificates/{name}/{version}`.
fn last_two(id: &str, collection: &str) -> Option<(String, String)> {
    let mut parts = id.trim_end_matches('/').rsplit('/');
    let (version, name, before) = (parts.next()?, parts.next()?, parts.next()?);
    (before == collection).then(|| (name.to_owned(), version.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_name_certificate_and_version() {
        let version = "https://v.vault.azure.net/certificates/cert1/9b1f21dc9cd143a698c9c9c0efe61082";
        assert_eq!(
            last_two(version, "certificates"),
            Some(("cert1".into(), "9b1f21dc9cd143a698c9c9c0efe61082".into()))
        );
        assert_eq!(last_two("https://v.vault.azure.net/certificates/cert1", "certificates"), None);
        let wire = Wire {
            id: "https://v.vault.azure.net/certificates/cert1".into(),
            kid: None,
            x5t: Some("pTjQDocn7FgU4vsQezE2N28iaVs".into()),
            cer: None,
            attributes: Attributes { enabled: Some(false), nbf: Some(1_651_906_036), ..Attributes::default() },
        };
        let item = item(&wire).expect("an item");
        assert_eq!((item.name.as_str(), item.version, item.enabled), ("cert1", None, false));
        let hex = item.thumbprint.map(|thumbprint| thumbprint.hex());
        assert_eq!(hex.as_deref(), Some("A538D00E8727EC5814E2FB107B3136376F22695B"));
    }
}
