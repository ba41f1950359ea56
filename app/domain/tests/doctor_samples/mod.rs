//! Pasted texts.
#![allow(dead_code, reason = "each test file uses its own part")]

mod codes;
mod context;

use domain::encoding::{base64, base64url};

pub struct Row {
    /// Where the wording was seen.
    pub source: &'static str,
    pub text: String,
    /// Slug of the verdict that has to come first.
    pub expected: &'static str,
}

const APP: &str = "0cf6bee1-60c1-4874-8877-b68ee6d30b94";
const SHA1: &str = "F67FC15AAB51409AE929074F1149A81FD7C9CD3C";
const SHA256: &str = "26CC90F8CECF095550A93E32BEB8CA39967AC6B9B26B71329E5A42291B81100F";
const ENDS: &str = "Trace ID: c4e1de21-a0e1-4d50-94bb-a485cce84800 Correlation ID: 55f49a48-adab-4470-b42d-f100f63bc15d Timestamp: 2026-06-09 14:01:21Z";
const NOT_REGISTERED: &str =
    "The certificate with identifier used to sign the client assertion is not registered on application.";
const EXPIRED: &str = "The certificate with identifier used to sign the client assertion is expired on application.";

fn tail() -> String {
    format!(
        ", Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{APP}'. Review the documentation at https://docs.microsoft.com/en-us/graph/deployments to determine the corresponding service endpoint and https://docs.microsoft.com/en-us/graph/api/application-get?view=graph-rest-1.0&tabs=http to build a query request URL, such as 'https://graph.microsoft.com/beta/applications/{APP}']. {ENDS}"
    )
}

fn message(head: &str, reason: &str) -> String {
    format!("AADSTS700027: {head} [Reason - {reason}{}", tail())
}

/// R2 of whatever arrived.
pub fn not_found(thumbprint: &str) -> String {
    message(NOT_REGISTERED, &format!("The key was not found., Thumbprint of key used by client: '{thumbprint}'"))
}

fn expired(start: &str, end: &str) -> String {
    let reason = format!(
        "The key used is expired., Thumbprint of key used by client: '{SHA1}', Found key 'Start={start}, End={end}'"
    );
    message(EXPIRED, &reason)
}

fn json(description: &str, code: u32) -> String {
    serde_json::json!({
        "error": "invalid_client",
        "error_description": description,
        "error_codes": [code],
        "timestamp": "2026-06-09 14:01:21Z",
        "trace_id": "c4e1de21-a0e1-4d50-94bb-a485cce84800",
        "correlation_id": "55f49a48-adab-4470-b42d-f100f63bc15d",
        "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
    })
    .to_string()
}

/// The whole JSON of a modern reply.
pub fn token_reply() -> String {
    json(&not_found(SHA1), 700_027)
}

pub fn token(header: &str, claims: &str) -> String {
    format!(
        "{}.{}.{}",
        base64url(header.as_bytes()),
        base64url(claims.as_bytes()),
        base64url(b"a signature of no worth")
    )
}

fn claims() -> String {
    format!(
        r#"{{"aud":"https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token","iss":"{APP}","sub":"{APP}","jti":"2486d2c5-63a7-44f5-bb09-05e4c5494000","nbf":1781013600,"iat":1781013600,"exp":1781014200}}"#
    )
}

/// A whole assertion with these members beside alg and typ.
fn assertion(members: &str) -> String {
    token(&format!(r#"{{"alg":"PS256","typ":"JWT"{members}}}"#), &claims())
}

fn curl(assertion: &str) -> String {
    format!(
        "curl -X POST https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token \\\n  -d client_id={APP} -d grant_type=client_credentials \\\n  -d client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer \\\n  -d client_assertion={assertion}"
    )
}

fn simple(code: u32, text: &str) -> String {
    format!("AADSTS{code}: {text} {ENDS}")
}

const CREDENTIALS: &str = r#"{"appId":"0cf6bee1-60c1-4874-8877-b68ee6d30b94","keyCredentials":[{"customKeyIdentifier":"A538D00E8727EC5814E2FB107B3136376F22695B","displayName":"CN=payroll","endDateTime":"2027-05-07T06:57:24Z","key":null,"keyId":"5800da50-f37a-4f20-b4ac-e5fb6555f4aa","startDateTime":"2026-05-07T06:57:24Z","type":"AsymmetricX509Cert","usage":"Verify"}]}"#;

pub fn rows() -> Vec<Row> {
    let mut rows = replies();
    rows.extend(encodings());
    rows.extend(codes::reasons());
    rows.extend(codes::neighbours());
    rows.extend(context::assertions());
    rows.extend(context::words());
    rows
}

fn row(source: &'static str, text: impl Into<String>, expected: &'static str) -> Row {
    Row { source, text: text.into(), expected }
}

/// One reply on the ways on which it reaches people.
fn replies() -> Vec<Row> {
    let reply = token_reply();
    let text = not_found(SHA1);
    let escaped = serde_json::Value::from(reply.as_str()).to_string();
    let twice = serde_json::Value::from(escaped.as_str()).to_string();
    let percent: String = text
        .replace('%', "%25")
        .replace(':', "%3a")
        .replace('\'', "%27")
        .replace('[', "%5b")
        .replace(']', "%5d")
        .replace(' ', "+");
    vec![
        row("Microsoft Q&A 5915574, whole JSON", reply.clone(), "not-registered"),
        row("Microsoft Q&A 5915574, text", text.clone(), "not-registered"),
        row(
            "text with older line ends",
            text.replace(" Trace ID", "\r\nTrace ID").replace(" Correlation", "\r\nCorrelation"),
            "not-registered",
        ),
        row(
            "JSON in a log line",
            format!("2026-06-09 14:01:22 ERROR http - 401 body={escaped} retry=0"),
            "not-registered",
        ),
        row("JSON escaped twice", format!("message: {twice}"), "not-registered"),
        row("System.Text.Json's apostrophes", reply.replace('\'', "\\u0027"), "not-registered"),
        row("an HTML error page", text.replace('\'', "&#39;"), "not-registered"),
        row("typographic quotes of a chat", text.replacen('\'', "‘", 1).replacen('\'', "’", 1), "not-registered"),
        row(
            "a redirect's query",
            format!("https://app.contoso.com/cb?error=invalid_client&error_description={percent}&state=1"),
            "not-registered",
        ),
        row(
            "wrapped by a terminal",
            text.replace("Thumbprint of", "Thumbprint\n   of").replace("key was", "key\r\n was"),
            "not-registered",
        ),
        row(
            "MSAL for .NET",
            format!(
                "MSAL.NetCore.4.61.3.0.MsalServiceException: ErrorCode: invalid_client Microsoft.Identity.Client.MsalServiceException: A configuration issue is preventing authentication - check the error message from the server for details. You can modify the configuration in the application registration portal. See https://aka.ms/msal-net-invalid-client for details.  Original exception: {text}\r\n   at Microsoft.Identity.Client.OAuth2.OAuth2Client.ThrowServerException"
            ),
            "not-registered",
        ),
        row(
            "MSAL for Node, expired",
            format!("ServerError: invalid_client: 700027 - [2024-01-24 09:57:00Z]: {}", real_expired()),
            "entry-expired",
        ),
        row(
            "MSAL for Python",
            format!("{{'error': 'invalid_client', 'error_description': \"{text}\", 'error_codes': [700027]}}"),
            "not-registered",
        ),
        row("PowerShell", format!("Invoke-RestMethod : {reply}\nAt line:1 char:1"), "not-registered"),
        row(
            "curl -v",
            format!(
                "> POST /contoso.onmicrosoft.com/oauth2/v2.0/token HTTP/2\n> Host: login.microsoftonline.com\n>\n< HTTP/2 401\n< x-ms-request-id: c4e1de21-a0e1-4d50-94bb-a485cce84800\n<\n* Connection #0 to host login.microsoftonline.com left intact\n{reply}"
            ),
            "not-registered",
        ),
        row(
            "pnp/cli-microsoft365 #1621",
            format!("Error: {}", text.split(" Trace ID").next().unwrap_or_default()),
            "not-registered",
        ),
        row(
            "cut off behind the reason",
            "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found.",
            "not-enough",
        ),
        row("cut off in the thumbprint", text.split_at(text.find("51409A").unwrap_or(0)).0, "not-enough"),
        row("the number alone", "700027", "not-enough"),
        row("the code alone", "we get AADSTS700027 since this morning", "not-enough"),
        row("the error page's address", "https://login.microsoftonline.com/error?code=700027", "not-enough"),
        row("nothing", "  \n", "not-enough"),
        row("something else", "Hello, can you help me with my certificate?", "not-enough"),
        row("head alone", format!("AADSTS700027: {NOT_REGISTERED}"), "not-registered"),
    ]
}

/// As it was logged: half a day after the end, which was no grace.
fn real_expired() -> String {
    "AADSTS700027: The certificate with identifier used to sign the client assertion is expired on application. [Reason - The key used is expired., Thumbprint of key used by client: 'CDB57E003884DDE011897304FE291EB539812CCC', Found key 'Start=01/23/2023 13:33:28, End=01/23/2024 13:33:28', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '0cf6bee1-60c1-4874-8877-b68ee6d30b94']. Trace ID: c4e1de21-a0e1-4d50-94bb-a485cce84800 Correlation ID: 55f49a48-adab-4470-b42d-f100f63bc15d Timestamp: 2024-01-24 09:57:00Z".into()
}

/// What arrives when a header is wrong.
fn encodings() -> Vec<Row> {
    let raw = hex::decode(SHA1).expect("hex");
    let raw256 = hex::decode(SHA256).expect("hex");
    let shown = |bytes: &[u8]| not_found(&hex::encode_upper(bytes));
    let colons =
        SHA1.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).into_owned()).collect::<Vec<_>>().join(":");
    let as_base64 = domain::encoding::decode_base64(SHA1).expect("40 digits are base64");
    let utf16: Vec<u8> = SHA1.bytes().flat_map(|byte| [byte, 0]).collect();
    let x5t = |value: &str| assertion(&format!(r#","x5t":"{value}""#));
    let s256 = |value: &str| assertion(&format!(r#","x5t#S256":"{value}""#));
    let no_thumbprint = message(NOT_REGISTERED, "The key was not found.");
    vec![
        row("Microsoft Q&A 2262614: 37453…", shown(SHA1.as_bytes()), "x5t-hex-text"),
        row("lower-case digits", shown(SHA1.to_lowercase().as_bytes()), "x5t-hex-text"),
        row("SHA-256 digits as text", shown(SHA256.as_bytes()), "x5t-hex-text"),
        row("digits with colons", shown(colons.as_bytes()), "x5t-hex-text"),
        row("openssl's line as it is", shown(format!("sha1 Fingerprint={colons}\n").as_bytes()), "x5t-hex-text"),
        row("PowerShell's Unicode", shown(&utf16), "x5t-hex-text"),
        row("60 digits", shown(&as_base64), "x5t-hex-as-base64"),
        row("encoded twice", shown(base64url(&raw).as_bytes()), "x5t-encoded-twice"),
        row("encoded twice, padded", shown(base64(&raw).as_bytes()), "x5t-encoded-twice"),
        row("echo's line break", shown(&[&raw[..], b"\n"].concat()), "x5t-stray-bytes"),
        row("open-webui/oikb #120: 64 digits", shown(&raw256), "sha256-in-x5t"),
        row(
            "64 digits with the assertion",
            format!("{}\n{}", shown(&raw256), x5t(&base64url(&raw256))),
            "sha256-in-x5t",
        ),
        row("64 digits, rightly sent", format!("{}\n{}", shown(&raw256), s256(&base64url(&raw256))), "not-registered"),
        row("Microsoft Q&A 5915574, without the assertion", no_thumbprint.clone(), "no-thumbprint"),
        row(
            "Microsoft Q&A 5915574: base64 in x5t#S256",
            format!("{no_thumbprint}\n{}", s256(&base64(&raw256))),
            "base64-not-base64url",
        ),
        row("no thumbprint in the header", format!("{no_thumbprint}\n{}", assertion("")), "no-thumbprint"),
        row("ADAL for .NET #309", x5t(&base64url(SHA1.as_bytes())), "x5t-hex-text"),
        row("the digits in x5t", x5t(SHA1), "x5t-hex-as-base64"),
        row(
            "help.univention.com 23196: ends in = and a line break",
            x5t(&format!("{}\\n", base64(&raw))),
            "base64-not-base64url",
        ),
        row("Microsoft's own example of x5t#S256", s256("gx8tGysyjcRqKjFPnd7RFwvwZI0"), "sha1-in-x5t-s256"),
        row("MicrosoftDocs/entra-docs #1607", x5t(&base64url(&raw256)), "sha256-in-x5t"),
    ]
}
