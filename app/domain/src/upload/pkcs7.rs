//! PKCS#7 certificate bags (.p7b, .p7c): CMS SignedData (RFC 5652, section 5.1) of which only `certificates` counts.
//!
//! Each certificate is taken out as the bytes it has: a library that decodes and encodes it again could alter it, and
//! with it the thumbprint.

use super::ReadError;
use crate::certificate::Certificate;
use x509_parser::asn1_rs::{Any, Class, FromBer, Oid, Tag};

/// id-signedData (RFC 5652, section 5.1).
const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";

/// `None` where this is not a ContentInfo at all.
pub(super) fn certificates(bytes: &[u8]) -> Option<Result<Vec<Certificate>, ReadError>> {
    let (_, info) = Any::from_ber(bytes).ok()?;
    if info.tag() != Tag::Sequence {
        return None;
    }
    let (rest, kind) = Any::from_ber(info.data).ok()?;
    let kind = Oid::try_from(kind).ok()?.to_id_string();
    if kind != SIGNED_DATA {
        // Another content type of CMS has no certificates to offer; any other OID is no CMS.
        return kind.starts_with("1.2.840.113549.1.7.").then_some(Err(ReadError::NoCertificate));
    }
    let (_, explicit) = Any::from_ber(rest).ok()?;
    Some(of_signed_data(explicit.data))
}

fn of_signed_data(bytes: &[u8]) -> Result<Vec<Certificate>, ReadError> {
    let damaged = || ReadError::BadCertificate { reason: "the PKCS#7 structure is cut off or damaged".into() };
    let (_, signed) = Any::from_ber(bytes).map_err(|_| damaged())?;
    let mut members = signed.data;
    while !members.is_empty() {
        let (rest, member) = Any::from_ber(members).map_err(|_| damaged())?;
        // certificates [0] IMPLICIT CertificateSet
        if member.class() == Class::ContextSpecific && member.tag().0 == 0 {
            return of_set(member.data);
        }
        members = rest;
    }
    Err(ReadError::NoCertificate)
}

fn of_set(mut set: &[u8]) -> Result<Vec<Certificate>, ReadError> {
    let mut found = vec![];
    while !set.is_empty() {
        let (rest, choice) = Any::from_ber(set)
            .map_err(|_| ReadError::BadCertificate { reason: "its certificates are cut off".into() })?;
        // Other choices (attribute certificates) are context-specific.
        if choice.class() == Class::Universal && choice.tag() == Tag::Sequence {
            let der = &set[..set.len() - rest.len()];
            found.push(
                Certificate::from_der(der).map_err(|error| ReadError::BadCertificate { reason: error.to_string() })?,
            );
        }
        set = rest;
    }
    if found.is_empty() { Err(ReadError::NoCertificate) } else { Ok(found) }
}
