//! What a person uploads: read by content, never by file name.
//!
//! PEM, DER, base64 and PKCS#7, in whatever [`crate::peel`] takes off around them. A private key is never kept: [`read`] leaves
//! it out and says so, [`read_public`] refuses the whole upload because of it. What only a private key can tell, and what only
//! a password opens, is told by whoever reads keys, which is the crate `keys`: [`read_peeled`], [`Opened`].

mod error;
mod other;
mod pkcs7;

pub use error::{OtherFormat, ReadError};

use crate::certificate::Certificate;
use crate::peel::{self, Layer, Peeled, Piece, PieceKind};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::fmt;

/// 1 MiB. A chain of certificates is a few kilobytes.
pub const MAX_UPLOAD_BYTES: usize = 1024 * 1024;

/// 16 KiB of DER. A certificate that signs in has one to three: its public key and its dates are all that Entra looks at. An
/// app holds hundreds of entries, a preview shows thousands of apps, and each of them has the whole certificate in it.
pub const MAX_CERTIFICATE_BYTES: usize = 16 * 1024;

/// The form in which the certificate came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Container {
    /// RFC 7468, section 5.
    Pem,
    /// X.690, section 10.
    Der,
    /// Base64 of DER without PEM's armour.
    Base64Der,
    /// A bag of certificates (RFC 5652; `.p7b`).
    Pkcs7,
    /// RFC 7292 (`.pfx`, `.p12`).
    Pkcs12,
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pem => "PEM",
            Self::Der => "DER",
            Self::Base64Der => "Base64",
            Self::Pkcs7 => "PKCS#7",
            Self::Pkcs12 => "PKCS#12",
        })
    }
}

/// A readable upload: one certificate to go on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The one that is to be registered.
    pub leaf: Certificate,
    /// What it came in.
    pub container: Container,
    /// A private key was there as well. It is not part of this value.
    pub private_key_left_out: bool,
    /// The other certificates of a chain, as they came.
    pub others: Vec<Certificate>,
    picked_by: PickedBy,
    layers: Vec<Layer>,
    passed_over: Vec<PieceKind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PickedBy {
    Only,
    /// It issued none of the others.
    Chain,
    /// It belongs to the private key beside it.
    PrivateKey,
}

impl Upload {
    /// Which certificate of several was taken, and why. `None` where there was only one.
    pub fn choice(&self) -> Option<String> {
        let count = self.others.len() + 1;
        let name = self.leaf.facts().short_name();
        match self.picked_by {
            PickedBy::Only => None,
            PickedBy::Chain => Some(format!(
                "Of {count} certificates, “{name}” was taken: it is the leaf of the chain, the one that issued none of the others."
            )),
            PickedBy::PrivateKey => Some(format!(
                "Of {count} certificates, “{name}” was taken: it is the one that the private key belongs to."
            )),
        }
    }

    /// What was taken off around the certificate, in one line. `None` where it came plain.
    pub fn unwrapped(&self) -> Option<String> {
        peel::sentence(&self.layers)
    }

    /// What else is in the file and was not looked at. A private key is not among it: [`Upload::private_key_left_out`].
    pub fn passed_over(&self) -> Option<String> {
        let mut counted: Vec<(String, usize)> = vec![];
        let mut places = HashMap::new();
        for kind in &self.passed_over {
            let name = kind.to_string();
            let place = *places.entry(name.clone()).or_insert(counted.len());
            match counted.get_mut(place) {
                Some((_, count)) => *count += 1,
                None => counted.push((name, 1)),
            }
        }
        let more = counted.len().saturating_sub(MAX_PASSED_OVER);
        let mut names: Vec<String> = counted
            .into_iter()
            .take(MAX_PASSED_OVER)
            .map(|(name, count)| if count == 1 { name } else { format!("{name} ({count} times)") })
            .collect();
        if more > 0 {
            names.push(format!("{more} other things"));
        }
        (!names.is_empty()).then(|| format!("Passed over in it: {}.", names.join(", ")))
    }
}

/// More kinds of things are only counted.
const MAX_PASSED_OVER: usize = 5;

/// A certificate of an upload, and how it came.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Candidate {
    certificate: Certificate,
    container: Container,
    layers: Vec<Layer>,
}

/// Which of several certificates, no two of them the same, the private key beside them belongs to. `None` where that cannot be told.
pub type Owner<'a> = &'a dyn Fn(&[&Certificate]) -> Option<usize>;

/// Reads an upload without looking at the private keys in it.
pub fn read(bytes: &[u8]) -> Result<Upload, ReadError> {
    read_peeled(bytes, &peeled(bytes)?, &|_| None)
}

/// The certificate of [`read`], where there is one.
pub fn leaf(bytes: &[u8]) -> Option<Certificate> {
    read(bytes).ok().map(|upload| upload.leaf)
}

/// Reads an upload on the server: the same, but a private key anywhere in it is a reason to refuse it all.
pub fn read_public(bytes: &[u8]) -> Result<Upload, ReadError> {
    let peeled = peeled(bytes)?;
    let mut closed = peeled.pieces.iter().map(|piece| &piece.kind).filter(|kind| kind.holds_private_key());
    if let Some(first) = closed.next() {
        let alone = closed.next().is_none() && peeled.pieces.len() == 1;
        return Err(match first {
            PieceKind::Pkcs12 if alone => ReadError::Pkcs12,
            PieceKind::Keystore(kind) if alone => ReadError::JavaKeystore { kind: *kind },
            _ => ReadError::PrivateKeyInUpload,
        });
    }
    read_peeled(bytes, &peeled, &|_| None)
}

/// What is in an upload, where it is not too large.
pub fn peeled(bytes: &[u8]) -> Result<Peeled, ReadError> {
    if bytes.len() > MAX_UPLOAD_BYTES {
        return Err(ReadError::TooLarge);
    }
    Ok(peel::peel(bytes))
}

/// [`read`], where `peeled` is [`peeled`] of the bytes already.
pub fn read_peeled(bytes: &[u8], peeled: &Peeled, owner: Owner<'_>) -> Result<Upload, ReadError> {
    let found = Found::of(peeled)?;
    if found.candidates.is_empty() {
        return Err(found.no_certificate(bytes));
    }
    let private_key = found.private_key || found.passed_over.iter().any(PieceKind::holds_private_key);
    within_bounds(pick(found.candidates, owner, private_key, found.passed_over)?)
}

/// What was in a container that needed a password.
#[derive(Debug)]
pub struct Opened<'a> {
    /// What it is.
    pub container: Container,
    /// What was taken off around it.
    pub layers: Vec<Layer>,
    /// DER, as they came.
    pub certificates: Vec<&'a [u8]>,
    /// One is in it, too.
    pub private_key: bool,
}

impl Opened<'_> {
    /// The certificate to go on with, as [`read`] picks it, or as `owner` tells.
    pub fn pick(self, owner: Owner<'_>) -> Result<Upload, ReadError> {
        let (mut candidates, mut passed_over, mut damaged) = (vec![], vec![], None);
        for der in self.certificates {
            match certificate(der) {
                Ok(certificate) => {
                    let (container, layers) = (self.container, self.layers.clone());
                    candidates.push(Candidate { certificate, container, layers });
                }
                Err(error) => {
                    damaged.get_or_insert(error);
                    passed_over.push(PieceKind::Damaged);
                }
            }
        }
        if candidates.is_empty() {
            return Err(damaged.unwrap_or(ReadError::NoCertificate));
        }
        within_bounds(pick(candidates, owner, self.private_key, passed_over)?)
    }
}

fn within_bounds(upload: Upload) -> Result<Upload, ReadError> {
    let bytes = upload.leaf.der().len();
    if bytes > MAX_CERTIFICATE_BYTES { Err(ReadError::LargeCertificate { bytes }) } else { Ok(upload) }
}

/// An upload's pieces, sorted.
struct Found {
    candidates: Vec<Candidate>,
    private_key: bool,
    passed_over: Vec<PieceKind>,
    /// Something that should have been a certificate; it counts where there is no other.
    damaged: Option<ReadError>,
}

impl Found {
    fn of(peeled: &Peeled) -> Result<Self, ReadError> {
        let mut found = Self { candidates: vec![], private_key: false, passed_over: vec![], damaged: None };
        for piece in &peeled.pieces {
            match &piece.kind {
                PieceKind::PrivateKey { .. } => found.private_key = true,
                PieceKind::Certificate | PieceKind::Pkcs7 => match candidates(piece) {
                    Ok(certificates) => found.candidates.extend(certificates),
                    // Armour says that a certificate was meant: nothing of the file is taken then.
                    Err(error @ ReadError::BadCertificate { .. }) if in_armour(piece) => return Err(error),
                    Err(error) => {
                        found.damaged.get_or_insert(error);
                        found.passed_over.push(PieceKind::Damaged);
                    }
                },
                other => found.passed_over.push(other.clone()),
            }
        }
        Ok(found)
    }

    /// Why there is none.
    fn no_certificate(self, bytes: &[u8]) -> ReadError {
        if let Some(error) = self.damaged {
            return error;
        }
        let closed = self.passed_over.iter().find_map(|kind| match kind {
            PieceKind::Pkcs12 => Some(ReadError::Pkcs12),
            PieceKind::Keystore(kind) => Some(ReadError::JavaKeystore { kind: *kind }),
            _ => None,
        });
        let named = || self.passed_over.iter().find_map(ReadError::of_kind);
        match closed {
            Some(error) => error,
            None if self.private_key => ReadError::PrivateKeyOnly,
            None => named().unwrap_or_else(|| other::name(bytes)),
        }
    }
}

fn in_armour(piece: &Piece) -> bool {
    piece.layers.iter().any(|layer| matches!(layer, Layer::Armour | Layer::OtherLabel(_)))
}

/// The certificates of one piece.
fn candidates(piece: &Piece) -> Result<Vec<Candidate>, ReadError> {
    if let Some(fault) = &piece.fault {
        return Err(ReadError::BadCertificate { reason: fault.clone() });
    }
    let (certificates, container) = match piece.kind {
        PieceKind::Pkcs7 => {
            let unreadable = || ReadError::BadCertificate { reason: "the PKCS#7 structure is not readable".into() };
            (pkcs7::certificates(&piece.bytes).ok_or_else(unreadable)??, Container::Pkcs7)
        }
        _ => (vec![certificate(&piece.bytes)?], container(&piece.layers)),
    };
    let candidate = |certificate| Candidate { certificate, container, layers: piece.layers.clone() };
    Ok(certificates.into_iter().map(candidate).collect())
}

fn container(layers: &[Layer]) -> Container {
    match layers.last() {
        Some(Layer::Armour | Layer::OtherLabel(_)) => Container::Pem,
        Some(Layer::Base64) => Container::Base64Der,
        _ => Container::Der,
    }
}

/// One certificate in DER; where it is none, what is wrong with it.
pub fn certificate(der: &[u8]) -> Result<Certificate, ReadError> {
    Certificate::from_der(der)
        .map_err(|error| ReadError::BadCertificate { reason: other::damage(der).unwrap_or_else(|| error.to_string()) })
}

/// Picks the leaf: the certificate that belongs to the private key beside it, or the one that issued none of the others.
fn pick(
    mut candidates: Vec<Candidate>,
    owner: Owner<'_>,
    private_key_left_out: bool,
    passed_over: Vec<PieceKind>,
) -> Result<Upload, ReadError> {
    let mut seen = HashSet::new();
    candidates.retain(|candidate| seen.insert(candidate.certificate.sha256()));
    if candidates.len() > 1 {
        let certificates: Vec<&Certificate> = candidates.iter().map(|candidate| &candidate.certificate).collect();
        if let Some(own) = owner(&certificates).filter(|own| *own < candidates.len()) {
            return Ok(upload(candidates, own, PickedBy::PrivateKey, private_key_left_out, passed_over));
        }
    }
    // An issuer of others: a certificate whose subject is the issuer of one with another subject.
    let issuers: HashSet<&str> = candidates
        .iter()
        .map(|candidate| candidate.certificate.facts())
        .filter(|facts| facts.subject != facts.issuer)
        .map(|facts| facts.issuer.as_str())
        .collect();
    let is_leaf = |candidate: &Candidate| !issuers.contains(candidate.certificate.facts().subject.as_str());
    let leaves: Vec<usize> = (0..candidates.len()).filter(|at| is_leaf(&candidates[*at])).collect();
    match (candidates.len(), leaves.as_slice()) {
        (0, _) => Err(if private_key_left_out { ReadError::PrivateKeyOnly } else { ReadError::NoCertificate }),
        (count, [leaf]) => {
            let picked_by = if count == 1 { PickedBy::Only } else { PickedBy::Chain };
            Ok(upload(candidates, *leaf, picked_by, private_key_left_out, passed_over))
        }
        // Certificates that issued each other in a ring have no leaf.
        (_, leaves) => {
            let subjects = if leaves.is_empty() { (0..candidates.len()).collect() } else { leaves.to_vec() };
            let name = |at: usize| candidates[at].certificate.facts().short_name();
            Err(ReadError::SeveralLeaves { subjects: subjects.into_iter().map(name).collect() })
        }
    }
}

fn upload(
    mut candidates: Vec<Candidate>,
    leaf: usize,
    picked_by: PickedBy,
    private_key_left_out: bool,
    passed_over: Vec<PieceKind>,
) -> Upload {
    let leaf = candidates.remove(leaf);
    Upload {
        leaf: leaf.certificate,
        container: leaf.container,
        private_key_left_out,
        others: candidates.into_iter().map(|candidate| candidate.certificate).collect(),
        picked_by,
        layers: leaf.layers,
        passed_over,
    }
}
