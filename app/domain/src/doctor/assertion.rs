//! A client assertion that somebody has sent (RFC 7515, RFC 7523): its header and claims, never its signature.

use super::presented::Presented;
use crate::certificate::{Certificate, ReadCertificate};
use crate::doctor::scan::any_of;
use crate::encoding;
use crate::ids::AppId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};
use time::OffsetDateTime;

/// The header, as it was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertionHeader {
    /// RFC 7515, section 4.1.1.
    pub alg: Option<String>,
    /// RFC 7515, section 4.1.9.
    pub typ: Option<String>,
    /// RFC 7515, section 4.1.4. Entra's messages mention it; its documentation does not.
    pub kid: Option<String>,
    /// RFC 7515, section 4.1.7.
    pub x5t: Option<String>,
    /// `x5t#S256`.
    pub x5t_s256: Option<String>,
    /// The certificate itself, where it was sent.
    pub x5c: Option<X5c>,
    /// Names of all other members.
    pub others: Vec<String>,
}

/// `x5c`: one text (MSAL for .NET) or a list (RFC 7515, section 4.1.6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct X5c {
    /// As RFC 7515 wants it.
    pub is_list: bool,
    /// Those that could be read, in their order.
    pub certificates: Vec<Certificate>,
    /// Elements that are no certificate.
    pub unreadable: usize,
}

/// A time claim, and how it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimTime {
    /// In whichever unit it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// A JSON string, as MSAL for .NET sends it.
    pub is_text: bool,
    /// The number counts milliseconds. JWT wants seconds (RFC 7519, section 2).
    pub is_milliseconds: bool,
}

/// Its claims, as they were sent (RFC 7519, section 4.1; RFC 7523, section 3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertionClaims {
    /// As text, whatever it is.
    pub aud: Option<String>,
    /// Of a client assertion: the client id.
    pub iss: Option<String>,
    /// Of a client assertion: the client id.
    pub sub: Option<String>,
    /// Its own id.
    pub jti: Option<String>,
    /// When it was made.
    pub iat: Option<ClaimTime>,
    /// Not good before.
    pub nbf: Option<ClaimTime>,
    /// Not good from then on.
    pub exp: Option<ClaimTime>,
}

/// How a segment was encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Segment {
    /// As RFC 7515, section 2, wants it.
    Base64Url,
    /// With `+`, `/` or padding. Entra seems to take it for header and payload; its own `addKey` does not.
    PlainBase64,
}

/// A client assertion in a paste, without its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assertion {
    /// Its first part.
    pub header: AssertionHeader,
    /// `None` where the text ends too early.
    pub claims: Option<AssertionClaims>,
    /// How that part was encoded.
    pub header_segment: Segment,
    /// A signature was there. It was not kept.
    pub signed: bool,
    /// The header was pasted as JSON.
    pub was_decoded: bool,
}

impl Assertion {
    /// `token`: a compact JWT, possibly cut off. `None` where its header is no JSON object.
    pub(super) fn read(token: &str, certificate: ReadCertificate<'_>) -> Option<Self> {
        let mut segments = token.split('.');
        let first = segments.next()?;
        let header = AssertionHeader::read(&object(first)?, certificate);
        let claims = segments.next().and_then(object).map(|claims| AssertionClaims::read(&claims));
        let plain = first.contains(any_of("+/="));
        Some(Self {
            header,
            claims,
            header_segment: if plain { Segment::PlainBase64 } else { Segment::Base64Url },
            signed: segments.next().is_some_and(|signature| !signature.is_empty()),
            was_decoded: false,
        })
    }

    /// Header and claims that a person has decoded already.
    pub(super) fn decoded(
        header: Option<&Map<String, Value>>,
        claims: Option<&Map<String, Value>>,
        certificate: ReadCertificate<'_>,
    ) -> Self {
        Self {
            header: header.map(|header| AssertionHeader::read(header, certificate)).unwrap_or_default(),
            claims: claims.map(AssertionClaims::read),
            header_segment: Segment::Base64Url,
            signed: false,
            was_decoded: true,
        }
    }

    /// The client id that it is of, where it is of one.
    pub fn issued_for(&self) -> Option<AppId> {
        let claims = self.claims.as_ref().filter(|_| self.is_self_issued())?;
        [&claims.iss, &claims.sub].into_iter().flatten().find_map(|id| id.parse().ok())
    }

    /// Issuer and subject are the app itself. Tokens of other issuers are federated assertions, or no assertions at all.
    pub fn is_self_issued(&self) -> bool {
        self.claims.as_ref().is_some_and(|claims| {
            claims.iss.as_deref().is_some_and(|iss| !iss.contains("://"))
                && (claims.iss == claims.sub || claims.sub.is_none())
        })
    }
}

fn object(segment: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&encoding::decode_base64(segment)?).ok()
}

/// A member as text, whatever it is.
fn text(map: &Map<String, Value>, name: &str) -> Option<String> {
    match map.get(name)? {
        Value::Null => None,
        Value::String(text) => Some(text.chars().take(2000).collect()),
        other => Some(other.to_string().chars().take(2000).collect()),
    }
}

impl AssertionHeader {
    pub(super) fn read(map: &Map<String, Value>, certificate: ReadCertificate<'_>) -> Self {
        const KNOWN: [&str; 6] = ["alg", "typ", "kid", "x5t", "x5t#S256", "x5c"];
        Self {
            alg: text(map, "alg"),
            typ: text(map, "typ"),
            kid: text(map, "kid"),
            x5t: text(map, "x5t"),
            x5t_s256: text(map, "x5t#S256"),
            x5c: map.get("x5c").map(|value| X5c::read(value, certificate)),
            others: map.keys().filter(|name| !KNOWN.contains(&name.as_str())).take(40).cloned().collect(),
        }
    }

    /// What `x5t` holds.
    pub fn x5t_presented(&self) -> Option<Presented> {
        self.x5t.as_deref().map(Presented::of_header)
    }

    /// What `x5t#S256` holds.
    pub fn x5t_s256_presented(&self) -> Option<Presented> {
        self.x5t_s256.as_deref().map(Presented::of_header)
    }

    /// Nothing in it names a certificate.
    pub fn names_no_certificate(&self) -> bool {
        let empty = |member: &Option<String>| member.as_deref().is_none_or(str::is_empty);
        empty(&self.x5t) && empty(&self.x5t_s256) && empty(&self.kid)
    }
}

impl X5c {
    fn read(value: &Value, certificate: ReadCertificate<'_>) -> Self {
        let (is_list, elements): (bool, Vec<&Value>) = match value {
            Value::Array(list) => (true, list.iter().take(20).collect()),
            other => (false, vec![other]),
        };
        let read = |value: &&Value| certificate(value.as_str()?.as_bytes());
        let certificates: Vec<Certificate> = elements.iter().filter_map(read).collect();
        Self { is_list, unreadable: elements.len() - certificates.len(), certificates }
    }
}

impl ClaimTime {
    fn read(value: &Value) -> Option<Self> {
        let (number, is_text) = match value {
            Value::Number(number) => (number.as_f64()?, false),
            // As JSON writes numbers. The standard library's reader would bring 10 KB of tables into the browser.
            Value::String(text) => (serde_json::from_str::<Number>(text.trim()).ok()?.as_f64()?, true),
            _ => return None,
        };
        // Of seconds, that is the year 5138.
        let is_milliseconds = number.abs() >= 1e11;
        #[expect(clippy::cast_possible_truncation, reason = "out of range saturates, and is refused by the calendar")]
        let seconds = if is_milliseconds { number / 1000.0 } else { number } as i64;
        OffsetDateTime::from_unix_timestamp(seconds).ok().map(|at| Self { at, is_text, is_milliseconds })
    }
}

impl AssertionClaims {
    fn read(map: &Map<String, Value>) -> Self {
        let time = |name: &str| map.get(name).and_then(ClaimTime::read);
        Self {
            aud: text(map, "aud"),
            iss: text(map, "iss"),
            sub: text(map, "sub"),
            jti: text(map, "jti"),
            iat: time("iat"),
            nbf: time("nbf"),
            exp: time("exp"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upload;
    use time::macros::datetime;

    fn token(header: &str, claims: &str, encode: fn(&[u8]) -> String) -> String {
        format!("{}.{}.c2ln", encode(header.as_bytes()), encode(claims.as_bytes()))
    }

    #[test]
    fn headers_and_claims_in_both_alphabets() {
        let header = r#"{"alg":"RS256","x5t":"pTjQDocn7FgU4vsQezE2N28iaVs","typ":"JWT","x5c":"AAAA","b64":true}"#;
        let claims =
            r#"{"aud":"https://a","iss":"i","sub":"i","nbf":"1484592741","exp":1484593341000,"iat":1484592741}"#;
        for encode in [encoding::base64url, encoding::base64] {
            let read = Assertion::read(&token(header, claims, encode), &upload::leaf).expect("a token");
            assert_eq!(
                read.header.x5t_presented().and_then(|presented| presented.sha1).map(|sha1| sha1.base64url()),
                read.header.x5t
            );
            assert_eq!(read.header.others, ["b64"]);
            assert_eq!(read.header.x5c, Some(X5c { is_list: false, certificates: vec![], unreadable: 1 }));
            assert!(read.signed && read.is_self_issued());
            let claims = read.claims.expect("claims");
            let nbf = claims.nbf.expect("nbf");
            assert_eq!((nbf.at, nbf.is_text), (datetime!(2017-01-16 18:52:21 UTC), true));
            let exp = claims.exp.expect("exp");
            assert_eq!((exp.at, exp.is_milliseconds), (datetime!(2017-01-16 19:02:21 UTC), true));
        }
    }

    #[test]
    fn a_cut_off_token_keeps_its_header() {
        let token = token(r#"{"alg":"RS256"}"#, r#"{"iss":"i"}"#, encoding::base64url);
        let cut = Assertion::read(&token[..token.len() - 12], &upload::leaf).expect("its header");
        assert_eq!((cut.header.alg.as_deref(), cut.claims), (Some("RS256"), None));
        assert_eq!(Assertion::read("eyJh", &upload::leaf), None);
    }
}
