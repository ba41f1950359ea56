//! Signatures of Standard Webhooks 1.0.0
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).

use crate::config::ChannelSettings;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use domain::notices::NoticeId;
use ring::hmac;
use time::OffsetDateTime;

/// The value of `webhook-signature`: one for each secret (`v1`, HMAC-SHA256) and each key (`v1a`, Ed25519), with spaces
/// between them. Signed is id, timestamp and the body, joined by dots.
pub(super) fn signatures(channel: &ChannelSettings, id: NoticeId, at: OffsetDateTime, body: &[u8]) -> String {
    let mut signed = format!("{id}.{}.", at.unix_timestamp()).into_bytes();
    signed.extend_from_slice(body);
    let symmetric = channel.secrets.iter().map(|secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.bytes());
        format!("v1,{}", BASE64_STANDARD.encode(hmac::sign(&key, &signed)))
    });
    let asymmetric =
        channel.private_keys.iter().map(|key| format!("v1a,{}", BASE64_STANDARD.encode(key.pair().sign(&signed))));
    symmetric.chain(asymmetric).collect::<Vec<_>>().join(" ")
}
