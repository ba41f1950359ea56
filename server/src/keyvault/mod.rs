//! Azure Key Vault's data plane, with the person's own rights: certificates are listed and read, and assertions are
//! signed, by keys that never leave the vault. Secrets, which hold private keys, are never asked for.

mod certificates;
mod error;
mod sign;
mod vault;

pub use certificates::{Bundle, Item};
pub(crate) use error::VaultRefusalKind;
pub use error::{NoKeyVault, VaultRefusal};
pub use vault::{NotAVault, VaultAddress};

use crate::config::KeyVaultCloud;
use reqwest::Method;
use reqwest::header::{ACCEPT, WWW_AUTHENTICATE};
use serde_json::Value;
use url::Url;

/// The newest version that is known to be in every cloud.
const API_VERSION: &str = "7.4";

/// The Key Vaults of one cloud.
#[derive(Clone)]
pub struct KeyVault {
    http: reqwest::Client,
    cloud: KeyVaultCloud,
    /// Where the directory's people sign in: a vault that trusts another authority is none of ours.
    tenant: String,
}

impl KeyVault {
    /// `http` must follow no redirects.
    pub fn new(http: reqwest::Client, cloud: KeyVaultCloud, tenant: String) -> Self {
        Self { http, cloud, tenant }
    }

    /// For whom tokens are to be got.
    pub fn resource(&self) -> &str {
        &self.cloud.resource
    }

    /// A vault from its name or its URL.
    pub fn address(&self, text: &str) -> Result<VaultAddress, NotAVault> {
        VaultAddress::read(text, &self.cloud.place)
    }

    async fn send(
        &self,
        bearer: &str,
        method: Method,
        vault: &VaultAddress,
        url: Url,
        body: Option<&Value>,
    ) -> Result<Value, VaultRefusal> {
        let mut request = self.http.request(method, url).bearer_auth(bearer).header(ACCEPT, "application/json");
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(|error| VaultRefusal::transport(vault, &error))?;
        let status = answer.status();
        let challenge = answer.headers().get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let request_id =
            answer.headers().get("x-ms-request-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let bytes = answer.bytes().await.map_err(|error| VaultRefusal::transport(vault, &error))?;
        if status.is_success() {
            return read(&bytes).ok_or_else(|| VaultRefusal::unreadable(vault, request_id));
        }
        if status.as_u16() == 401
            && let Some(challenge) = challenge
        {
            return Err(self.challenged(vault, &challenge, request_id));
        }
        Err(VaultRefusal::answered(vault, status.as_u16(), &bytes, request_id))
    }

    /// The token is for the configured resource and from the portal's own directory. A challenge is never followed to
    /// anywhere else; it only explains why the token was not taken.
    fn challenged(&self, vault: &VaultAddress, challenge: &str, request_id: Option<String>) -> VaultRefusal {
        let authority = parameter(challenge, "authorization").or_else(|| parameter(challenge, "authorization_uri"));
        let tenant = authority.as_deref().and_then(|url| url.trim_end_matches('/').rsplit('/').next());
        if let Some(tenant) = tenant
            && !tenant.eq_ignore_ascii_case(&self.tenant)
        {
            return VaultRefusal::other_directory(vault, tenant, request_id);
        }
        let resource = parameter(challenge, "resource").or_else(|| parameter(challenge, "scope"));
        VaultRefusal::token_not_taken(vault, resource.as_deref(), request_id)
    }
}

fn read(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok()
}

/// `Bearer authorization="…", resource="…"`
fn parameter(challenge: &str, name: &str) -> Option<String> {
    let rest = challenge.strip_prefix("Bearer ").unwrap_or(challenge);
    rest.split(',').find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read() {
        let challenge = "Bearer authorization=\"https://login.windows.net/11111111-2222-4333-8444-555555555555\", resource=\"https://vault.azure.net\"";
        assert_eq!(
            parameter(challenge, "authorization").as_deref(),
            Some("https://login.windows.net/11111111-2222-4333-8444-555555555555")
        );
        assert_eq!(parameter(challenge, "resource").as_deref(), Some("https://vault.azure.net"));
        assert_eq!(parameter(challenge, "scope"), None);
    }
}
