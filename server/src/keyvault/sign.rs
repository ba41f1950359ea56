//! `POST /keys/{name}/{version}/sign`: a signature by a key that stays in the vault. The vault hashes nothing; it is
//! given the digest (<https://learn.microsoft.com/rest/api/keyvault/keys/sign>).

use super::{Bundle, KeyVault, VaultAddress, VaultRefusal};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

impl KeyVault {
    /// RSASSA-PSS with SHA-256 over `message`, by the key of this very version.
    pub async fn sign_ps256(
        &self,
        bearer: &str,
        vault: &VaultAddress,
        certificate: &Bundle,
        message: &[u8],
    ) -> Result<Vec<u8>, VaultRefusal> {
        let (name, version) = &certificate.key;
        let digest = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(message));
        let body = json!({"alg": "PS256", "value": digest});
        let url = vault.url(&["keys", name, version, "sign"]);
        let answer = self.send(bearer, Method::POST, vault, url, Some(&body)).await?;
        answer
            .get("value")
            .and_then(Value::as_str)
            .and_then(|signature| BASE64_URL_SAFE_NO_PAD.decode(signature.trim_end_matches('=')).ok())
            .ok_or_else(|| VaultRefusal::unreadable(vault, None))
    }
}
