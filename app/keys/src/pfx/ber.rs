//! The little of BER (X.690) that a PFX needs: members of a SEQUENCE one after the other, in definite and indefinite length,
//! and octets in one piece or several.

use super::algorithm::Algorithm;
use std::borrow::Cow;
use x509_parser::asn1_rs::{Any, Class, FromBer, Oid, Tag};

/// Octets that consist of octets are followed this deep.
const MAX_NESTING: usize = 4;

/// The members that are still to be read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is left, as it stands.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// The next member, if it is of this class and tag; else it stays.
    fn take(&mut self, class: Class, tag: Tag) -> Option<Any<'a>> {
        let (rest, any) = Any::from_ber(self.0).ok()?;
        (any.class() == class && any.tag() == tag).then(|| {
            self.0 = rest;
            any
        })
    }

    pub(super) fn sequence(&mut self) -> Option<Self> {
        self.take(Class::Universal, Tag::Sequence).map(|any| Self(any.data))
    }

    pub(super) fn set(&mut self) -> Option<Self> {
        self.take(Class::Universal, Tag::Set).map(|any| Self(any.data))
    }

    /// `[tag] EXPLICIT`
    pub(super) fn explicit(&mut self, tag: u32) -> Option<Self> {
        self.take(Class::ContextSpecific, Tag(tag)).map(|any| Self(any.data))
    }

    /// Not negative, and at most 64 bits.
    pub(super) fn integer(&mut self) -> Option<u64> {
        let any = self.take(Class::Universal, Tag::Integer)?;
        let significant = any.data.iter().skip_while(|byte| **byte == 0);
        let negative = any.data.first().is_none_or(|first| *first >= 0x80);
        (!negative && significant.clone().count() <= 8)
            .then(|| significant.fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    pub(super) fn object_identifier(&mut self) -> Option<String> {
        let any = self.take(Class::Universal, Tag::Oid)?;
        Oid::try_from(any).ok().map(|oid| oid.to_id_string())
    }

    /// An OCTET STRING.
    pub(super) fn octets(&mut self) -> Option<Cow<'a, [u8]>> {
        joined(&self.take(Class::Universal, Tag::OctetString)?, 0)
    }

    /// `[tag] IMPLICIT OCTET STRING`
    pub(super) fn implicit_octets(&mut self, tag: u32) -> Option<Cow<'a, [u8]>> {
        joined(&self.take(Class::ContextSpecific, Tag(tag))?, 0)
    }

    /// ContentInfo (RFC 5652, section 3): its type, and its content where it has any.
    pub(super) fn content_info(&mut self) -> Option<(String, Option<Self>)> {
        let mut info = self.sequence()?;
        let kind = info.object_identifier()?;
        Some((kind, info.explicit(0)))
    }

    /// AlgorithmIdentifier (RFC 5280, section 4.1.1.2).
    pub(super) fn algorithm(&mut self) -> Option<Algorithm<'a>> {
        let mut algorithm = self.sequence()?;
        Some(Algorithm { id: algorithm.object_identifier()?, parameters: algorithm })
    }
}

/// The octets, also where they are given in pieces.
fn joined<'a>(any: &Any<'a>, depth: usize) -> Option<Cow<'a, [u8]>> {
    if !any.header.is_constructed() {
        return Some(Cow::Borrowed(any.data));
    }
    if depth > MAX_NESTING {
        return None;
    }
    let mut out = vec![];
    let mut pieces = Reader(any.data);
    while !pieces.is_empty() {
        out.extend_from_slice(&joined(&pieces.take(Class::Universal, Tag::OctetString)?, depth + 1)?);
    }
    Some(Cow::Owned(out))
}
