//! Client assertions (RFC 7523), really verified against the application's current keyCredentials.
//!
//! The texts and the leniencies are the facts' D2 to D6. In which order Entra checks is not documented; here it is:
//! the token itself, issuer and subject, whether there are keys at all, the key, the key's dates, the signature,
//! the token's dates, the audience.

use base64::Engine as _;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::error::{EntraError, REVIEW};
use crate::certificate::Certificate;
use crate::format::{STANDARD_LENIENT, URL_SAFE_LENIENT, entra_key_date, entra_precise};
use crate::store::KeyCredential;

/// Whole text of `client_assertion_type`.
pub(crate) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How far a client's clock may run ahead. Entra's own figure is not documented.
const SKEW: Duration = Duration::minutes(5);

/// A parsed assertion, not yet verified.
#[derive(Debug, Clone)]
pub(crate) struct Assertion {
    header: Value,
    payload: Value,
    message: String,
    signature: String,
    algorithm: Algorithm,
}

/// What an assertion is verified against.
pub(crate) struct Expected<'a> {
    pub(crate) app_id: Uuid,
    /// The application's entries which the token endpoint knows by now.
    pub(crate) keys: &'a [KeyCredential],
    pub(crate) now: OffsetDateTime,
    /// Says whether an `aud` is this endpoint.
    pub(crate) audience: &'a dyn Fn(&str) -> bool,
}

/// The thumbprint, or what a client put in its place.
enum Presented {
    Sha1(Vec<u8>),
    Sha256(Vec<u8>),
    Kid(String),
    /// There, but not base64url.
    Unreadable,
}

impl Assertion {
    /// Splits and decodes. AADSTS50027, 5002738, 5002723 and 90014 come from here.
    pub(crate) fn parse(token: &str) -> Result<Self, EntraError> {
        let malformed = || EntraError::new(50027, "invalid_client", "JWT token is invalid or malformed.");
        let mut parts = token.trim().split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed());
        };
        let (message, _) = token.trim().rsplit_once('.').ok_or_else(malformed)?;
        let decode = |part: &str| -> Option<Value> {
            let bytes = lenient(part)?;
            serde_json::from_slice(&bytes).ok().filter(Value::is_object)
        };
        let header_json = decode(header).ok_or_else(malformed)?;
        let payload_json = decode(payload).ok_or_else(malformed)?;
        let algorithm = match header_json["alg"].as_str().unwrap_or_default() {
            "RS256" => Algorithm::RS256,
            "RS384" => Algorithm::RS384,
            "RS512" => Algorithm::RS512,
            "PS256" => Algorithm::PS256,
            "PS384" => Algorithm::PS384,
            "PS512" => Algorithm::PS512,
            other => {
                return Err(EntraError::new(
                    5_002_738,
                    "invalid_client",
                    format!(
                        "Invalid JWT token. '{other}' is not a supported signature algorithm. Supported signing algorithms are: 'RS256,RS384,RS512'"
                    ),
                ));
            }
        };
        if ["x5t", "x5t#S256", "kid"].iter().all(|name| header_json[*name].as_str().unwrap_or_default().is_empty()) {
            return Err(EntraError::new(
                5_002_723,
                "invalid_client",
                "Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token header.",
            ));
        }
        for field in ["aud", "iss", "sub"] {
            if payload_json[field].as_str().unwrap_or_default().is_empty() {
                return Err(EntraError::missing_field(field));
            }
        }
        // Ring wants base64url; a signature in plain base64 is let through like the other two parts.
        let signature = lenient(signature).map(|bytes| crate::format::base64url(&bytes)).ok_or_else(malformed)?;
        Ok(Self { header: header_json, payload: payload_json, message: message.to_owned(), signature, algorithm })
    }

    /// Whom the assertion is about: `sub`.
    pub(crate) fn subject(&self) -> &str {
        self.payload["sub"].as_str().unwrap_or_default()
    }

    /// Upper-case hex of the thumbprint that the header names, as the sign-in log has it.
    pub(crate) fn thumbprint(&self) -> Option<String> {
        self.presented().into_iter().find_map(|presented| match presented {
            Presented::Sha1(bytes) | Presented::Sha256(bytes) => Some(hex::encode_upper(bytes)),
            Presented::Kid(kid) => kid_text(&kid),
            Presented::Unreadable => None,
        })
    }

    /// The entry that the header names.
    pub(crate) fn names<'k>(&self, keys: &'k [KeyCredential]) -> Option<&'k KeyCredential> {
        let all: Vec<&KeyCredential> = keys.iter().collect();
        self.find_key(&all, Uuid::nil()).ok().map(|(key, _)| key)
    }

    /// All other checks.
    pub(crate) fn verify(&self, expected: &Expected<'_>) -> Result<(), EntraError> {
        let app_id = expected.app_id;
        if Uuid::parse_str(self.subject()) != Ok(app_id) {
            return Err(EntraError::new(
                700_021,
                "invalid_client",
                format!("Client assertion application identifier doesn't match 'client_id' parameter. {REVIEW}"),
            ));
        }
        if self.payload["iss"].as_str() != Some(self.subject()) {
            return Err(EntraError::new(
                50048,
                "invalid_client",
                "Subject mismatches Issuer claim in the client assertion.",
            ));
        }
        let usable: Vec<&KeyCredential> = expected.keys.iter().filter(|key| key.usage == "Verify").collect();
        if usable.is_empty() {
            return Err(EntraError::new(700_026, "invalid_client", "Client application has no configured keys."));
        }
        let (key, thumbprint) = self.find_key(&usable, app_id)?;
        let dates = format!("Found key 'Start={}, End={}'", entra_key_date(key.start), entra_key_date(key.end));
        if expected.now < key.start || expected.now >= key.end {
            return Err(not_usable(
                "The certificate with identifier used to sign the client assertion is expired on application.",
                &format!("The key used is expired., Thumbprint of key used by client: '{thumbprint}', {dates}"),
                app_id,
            ));
        }
        if !verifies(key, &self.message, &self.signature, self.algorithm) {
            // Of the two wordings known the newer one; that it comes under this head is inferred (facts, D4).
            return Err(not_usable(
                "Client assertion failed signature validation.",
                &format!(
                    "Key was found, but use of the key to verify the signature failed., Thumbprint of key used by client: '{thumbprint}', {dates}"
                ),
                app_id,
            ));
        }
        self.check_times(expected.now)?;
        let audience = self.payload["aud"].as_str().unwrap_or_default();
        if !(expected.audience)(audience) {
            return Err(EntraError::new(
                700_023,
                "invalid_client",
                format!("Client assertion audience claim does not match Realm issuer. {REVIEW}"),
            ));
        }
        Ok(())
    }

    fn find_key<'k>(
        &self,
        keys: &[&'k KeyCredential],
        app_id: Uuid,
    ) -> Result<(&'k KeyCredential, String), EntraError> {
        const HEAD: &str =
            "The certificate with identifier used to sign the client assertion is not registered on application.";
        let mut shown = None;
        for presented in self.presented() {
            let (found, text) = match &presented {
                Presented::Sha256(bytes) => {
                    (keys.iter().find(|key| key.sha256[..] == bytes[..]), Some(hex::encode_upper(bytes)))
                }
                Presented::Sha1(bytes) => {
                    (keys.iter().find(|key| key.sha1[..] == bytes[..]), Some(hex::encode_upper(bytes)))
                }
                Presented::Kid(kid) => (keys.iter().find(|key| is_kid_of(kid, key)), kid_text(kid)),
                Presented::Unreadable => (None, None),
            };
            if let Some(key) = found {
                return Ok((key, text.unwrap_or_else(|| hex::encode_upper(key.sha1))));
            }
            shown = shown.or(text);
        }
        let reason = match shown {
            Some(text) => format!("The key was not found., Thumbprint of key used by client: '{text}'"),
            None => "The key was not found.".to_owned(),
        };
        Err(not_usable(HEAD, &reason, app_id))
    }

    /// In the order of preference: SHA-256, SHA-1, key id.
    fn presented(&self) -> Vec<Presented> {
        let text = |name: &str| self.header[name].as_str().filter(|text| !text.is_empty());
        // MSAL for Python pads, against RFC 7515, and works. The plain alphabet is not read (facts, D4, R1).
        let bytes = |text: &str| URL_SAFE_LENIENT.decode(text).ok();
        let read = |name, kind: fn(Vec<u8>) -> Presented| {
            text(name).map(|text| bytes(text).map_or(Presented::Unreadable, kind))
        };
        let sha256 = read("x5t#S256", Presented::Sha256);
        let sha1 = read("x5t", Presented::Sha1);
        let kid = text("kid").map(|text| Presented::Kid(text.to_owned()));
        [sha256, sha1, kid].into_iter().flatten().collect()
    }

    fn check_times(&self, now: OffsetDateTime) -> Result<(), EntraError> {
        // A missing date counts as 1970, and the error shows it so (facts, D6).
        let from = self.time("nbf").or_else(|| self.time("iat")).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let until = self.time("exp").unwrap_or(OffsetDateTime::UNIX_EPOCH);
        if now + SKEW >= from && now < until {
            return Ok(());
        }
        let shown = self.time("nbf").unwrap_or(OffsetDateTime::UNIX_EPOCH);
        Err(EntraError::new(
            700_024,
            "invalid_client",
            format!(
                "Client assertion is not within its valid time range. Current time: {}, assertion valid from {}, expiry time of assertion {}. {REVIEW}",
                entra_precise(now),
                entra_precise(shown),
                entra_precise(until),
            ),
        ))
    }

    /// A NumericDate, as a number or as a string of one (MSAL.NET sends the latter).
    fn time(&self, name: &str) -> Option<OffsetDateTime> {
        let value = &self.payload[name];
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a date beyond i64 seconds is refused by the next line anyway"
        )]
        let seconds = value
            .as_i64()
            .or_else(|| value.as_f64().map(|f| f as i64))
            .or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()))?;
        OffsetDateTime::from_unix_timestamp(seconds).ok()
    }
}

/// Whether the certificate's key made this signature (base64url) of `message`.
pub(crate) fn verifies(key: &KeyCredential, message: &str, signature: &str, algorithm: Algorithm) -> bool {
    let Ok(certificate) = Certificate::read(&key.key) else {
        return false;
    };
    let Some(public_key) = certificate.rsa_public_key else {
        return false;
    };
    let decoding = DecodingKey::from_rsa_der(&public_key);
    jsonwebtoken::crypto::verify(signature, message.as_bytes(), &decoding, algorithm).unwrap_or(false)
}

/// base64url or plain base64, padded or not: products that send the latter work with Entra (facts, D2).
pub(super) fn lenient(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_LENIENT.decode(part).or_else(|_| STANDARD_LENIENT.decode(part)).ok()
}

/// A `kid` may be the entry's keyId, or the thumbprint in hex or base64url.
fn is_kid_of(kid: &str, key: &KeyCredential) -> bool {
    if Uuid::parse_str(kid).is_ok_and(|id| id == key.key_id) {
        return true;
    }
    let bytes = hex::decode(kid).ok().or_else(|| URL_SAFE_LENIENT.decode(kid).ok());
    bytes.is_some_and(|bytes| bytes == key.sha1 || bytes == key.sha256)
}

fn kid_text(kid: &str) -> Option<String> {
    if hex::decode(kid).is_ok() {
        return Some(kid.to_ascii_uppercase());
    }
    URL_SAFE_LENIENT.decode(kid).ok().map(hex::encode_upper)
}

/// AADSTS700027: head, reason in brackets, and the tail that sends people to Graph.
fn not_usable(head: &str, reason: &str, app_id: Uuid) -> EntraError {
    EntraError::new(
        700_027,
        "invalid_client",
        format!(
            "{head} [Reason - {reason}, Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{app_id}'. Review the documentation at https://docs.microsoft.com/en-us/graph/deployments to determine the corresponding service endpoint and https://docs.microsoft.com/en-us/graph/api/application-get?view=graph-rest-1.0&tabs=http to build a query request URL, such as 'https://graph.microsoft.com/beta/applications/{app_id}']."
        ),
    )
}
