//! PEM (RFC 7468), read as leniently as people's copies need: blocks with text around them, any line ends, indented.

use super::{Container, ReadError, Upload, pick, pkcs7};
use crate::certificate::Certificate;
use crate::encoding;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

pub(super) fn has_armour(text: &str) -> bool {
    text.contains(BEGIN)
}

pub(super) fn has_armour_bytes(bytes: &[u8]) -> bool {
    bytes.windows(BEGIN.len()).any(|window| window == BEGIN.as_bytes())
}

/// One block: its label, and what is between the armour lines.
struct Block<'a> {
    label: &'a str,
    body: &'a str,
    /// The END line with the same label was there.
    whole: bool,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = vec![];
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let Some((label, body)) = after.split_once(DASHES) else {
            break;
        };
        // A label never spans lines; what does is no armour line at all.
        if label.contains(['\n', '\r']) {
            rest = after;
            continue;
        }
        let end = format!("{END}{label}{DASHES}");
        let (body, whole, after) = match body.split_once(end.as_str()) {
            Some((inner, after)) => (inner, true, after),
            None => (body, false, body),
        };
        blocks.push(Block { label: label.trim(), body, whole });
        rest = after;
    }
    blocks
}

/// A private key among the blocks: its label, and its DER where it is not encrypted.
#[cfg(feature = "pkcs12")]
pub(super) struct KeyBlock<'a> {
    pub label: &'a str,
    pub encrypted: bool,
    pub der: Result<Vec<u8>, ReadError>,
}

#[cfg(feature = "pkcs12")]
pub(super) fn keys(text: &str) -> Vec<KeyBlock<'_>> {
    let keys = blocks(text).into_iter().filter(|block| block.label.ends_with("PRIVATE KEY"));
    keys.map(|block| KeyBlock {
        label: block.label,
        encrypted: block.label.starts_with("ENCRYPTED") || block.body.contains("ENCRYPTED"),
        der: decode(&block),
    })
    .collect()
}

pub(super) fn read(text: &str) -> Result<Upload, ReadError> {
    let mut certificates = vec![];
    let mut container = Container::Pem;
    let mut private_key = false;
    let mut other = None;
    for block in blocks(text) {
        match block.label {
            "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => certificates.push(certificate(&block)?),
            "PKCS7" | "CMS" | "PKCS #7 SIGNED DATA" => {
                let der = decode(&block)?;
                certificates
                    .extend(pkcs7::certificates(&der).ok_or_else(|| damaged("the PKCS#7 structure is not readable"))??);
                container = Container::Pkcs7;
            }
            label if label.ends_with("PRIVATE KEY") => private_key = true,
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => other = Some(ReadError::SigningRequest),
            "X509 CRL" => other = Some(ReadError::RevocationList),
            "PUBLIC KEY" | "RSA PUBLIC KEY" => other = Some(ReadError::PublicKeyOnly),
            "SSH2 PUBLIC KEY" => other = Some(ReadError::SshKey),
            _ => {}
        }
    }
    match (certificates.is_empty(), private_key, other) {
        (false, ..) => pick(certificates, container, private_key),
        (true, true, _) => Err(ReadError::PrivateKeyOnly),
        (true, false, Some(other)) => Err(other),
        (true, false, None) => Err(ReadError::NoCertificate),
    }
}

fn certificate(block: &Block<'_>) -> Result<Certificate, ReadError> {
    let der = decode(block)?;
    let der = if block.label == "TRUSTED CERTIFICATE" { without_openssl_trust(&der) } else { &der };
    Certificate::from_der(der).map_err(|error| ReadError::BadCertificate { reason: error.to_string() })
}

/// openssl's TRUSTED CERTIFICATE puts its own trust settings behind the certificate.
fn without_openssl_trust(der: &[u8]) -> &[u8] {
    use x509_parser::prelude::{FromDer, X509Certificate};
    X509Certificate::from_der(der).map_or(der, |(rest, _)| &der[..der.len() - rest.len()])
}

fn decode(block: &Block<'_>) -> Result<Vec<u8>, ReadError> {
    if !block.whole {
        return Err(damaged(&format!("the line -----END {}----- is missing", block.label)));
    }
    // Header lines (RFC 1421: "Proc-Type: …") stand in front of an empty line; base64 has no colon.
    let body: String = block.body.lines().filter(|line| !line.contains(':')).collect::<Vec<_>>().join("\n");
    // Text that was quoted, escaped into one line, or indented.
    let body = body.replace("\\r", "").replace("\\n", "\n").replace(['>', '"', '\'', '\u{a0}', '\u{200b}'], "");
    encoding::decode_base64(&body).ok_or_else(|| damaged("the text between its first and last line is not base64"))
}

fn damaged(reason: &str) -> ReadError {
    ReadError::BadCertificate { reason: reason.into() }
}
