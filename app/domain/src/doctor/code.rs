//! Which codes of the token endpoint have an answer here
//! (<https://learn.microsoft.com/entra/identity-platform/reference-error-codes>).

/// What a code is about. Each one has its answer in [`super::diagnosis`]: a code cannot be known and go without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// 700027 itself.
    Key,
    /// 50012, which means several things: its words tell.
    AssertionOrSecret,
    /// 70002, around another code or by itself.
    Credentials,
    UserAssertion,
    /// 700016.
    AppNotFound,
    /// 70001: not found, or disabled.
    AppNotFoundOrDisabled,
    AppDisabled,
    NoServicePrincipal,
    Tenant,
    Cloud,
    Issuer,
    Audience,
    AssertionTimes,
    MalformedAssertion,
    MissingField,
    NoKeys,
    WrongSecret,
    /// 7000012.
    PerhapsSecret,
    ExpiredSecret,
    NoCredential,
    PublicClient,
    Scope,
    Resource,
    Federation,
    /// 700030.
    SubjectName,
    /// 7000213.
    Chain,
    Revoked,
    Validity,
    /// 7000274.
    ValidityOrSignature,
    TlsMismatch,
    TlsExpired,
    ConditionalAccess,
    Consent,
    /// 501051 of an app, 50105 of a person.
    Assignment,
    ResourceDisabled,
    /// 9002313.
    MalformedRequest,
    UserSignIn,
}

pub(super) fn about(code: u32) -> Option<About> {
    Some(match code {
        700_027 => About::Key,
        50012 => About::AssertionOrSecret,
        70002 => About::Credentials,
        50013 => About::UserAssertion,
        700_016 => About::AppNotFound,
        70001 => About::AppNotFoundOrDisabled,
        7_000_112 => About::AppDisabled,
        7_000_229 | 650_052 => About::NoServicePrincipal,
        90002 | 900_023 | 90023 | 50059 | 50128 => About::Tenant,
        900_382 | 900_432 => About::Cloud,
        700_021 | 50048 => About::Issuer,
        700_023 => About::Audience,
        700_024 => About::AssertionTimes,
        50027 | 5_002_723 | 5_002_730 | 5_002_738 => About::MalformedAssertion,
        90014 => About::MissingField,
        700_026 => About::NoKeys,
        7_000_215 => About::WrongSecret,
        7_000_012 => About::PerhapsSecret,
        7_000_222 => About::ExpiredSecret,
        7_000_218 | 7_000_216 => About::NoCredential,
        700_025 => About::PublicClient,
        1_002_012 | 70011 => About::Scope,
        500_011 | 650_057 => About::Resource,
        70021 | 700_211..=700_213 | 7_002_138 => About::Federation,
        700_030 => About::SubjectName,
        7_000_213 => About::Chain,
        7_000_214 | 7_000_277 => About::Revoked,
        1_000_502 => About::Validity,
        7_000_274 => About::ValidityOrSignature,
        500_181 => About::TlsMismatch,
        392_204 => About::TlsExpired,
        53000..=53004 => About::ConditionalAccess,
        65001 | 90094 => About::Consent,
        501_051 | 50105 => About::Assignment,
        500_014 => About::ResourceDisabled,
        9_002_313 => About::MalformedRequest,
        50034
        | 50053
        | 50055..=50058
        | 50072
        | 50074
        | 50076
        | 50079
        | 50126
        | 50158
        | 50173
        | 65004
        | 70008
        | 54005
        | 700_082
        | 700_084 => About::UserSignIn,
        _ => return None,
    })
}

pub(super) fn is_known(code: u32) -> bool {
    about(code).is_some()
}
