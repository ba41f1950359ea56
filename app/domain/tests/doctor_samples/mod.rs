//! Pasted texts.
#![allow(dead_code, reason = "each test file uses its own part")]

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
    rows.extend(reasons());
    rows.extend(neighbours());
    rows.extend(assertions());
    rows.extend(words());
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

fn reasons() -> Vec<Row> {
    let mismatch = format!(
        "The provided signature value did not match the expected signature value., Thumbprint of key used by client: '{SHA1}', Found key 'Start=02/07/2021 17:00:39, End=02/06/2027 17:00:39'"
    );
    let failed = format!(
        "Key was found, but use of the key to verify the signature failed., Thumbprint of key used by client: '{SHA1}', Found key 'Start=08/18/2024 19:33:23, End=08/18/2029 19:33:23'"
    );
    let old = |reason: &str| {
        format!(
            "AADSTS70002: Error validating credentials. AADSTS50012: Client assertion contains an invalid signature. [Reason - {reason}]\r\nTrace ID: c4e1de21-a0e1-4d50-94bb-a485cce84800\r\nCorrelation ID: 55f49a48-adab-4470-b42d-f100f63bc15d\r\nTimestamp: 2017-09-01 10:00:00Z"
        )
    };
    vec![
        row("expired, as logged in 2024", real_expired(), "entry-expired"),
        row("expired, in JSON", json(&real_expired(), 700_027), "entry-expired"),
        row("Azure Migrate: a clock", expired("06/09/2026 15:01:20", "06/09/2028 15:01:20"), "not-yet-valid"),
        row(
            "Entra Connect: a start in the future",
            expired("12/01/2026 00:00:00", "12/01/2027 00:00:00"),
            "not-yet-valid",
        ),
        row(
            "expired, cut off before the dates",
            format!("AADSTS700027: {EXPIRED} [Reason - The key used is expired., Thumbprint"),
            "entry-expired",
        ),
        row("expired, head alone", format!("AADSTS700027: {EXPIRED}"), "entry-expired"),
        row(
            "MSAL for Python's docstring: x5c",
            message("Client assertion failed signature validation.", &mismatch),
            "signed-by-another-key",
        ),
        row(
            "newer wording",
            message("Client assertion failed signature validation.", &failed),
            "signed-by-another-key",
        ),
        row(
            "MSAL for .NET #1139",
            format!(
                "AADSTS700027: Client assertion contains an invalid signature. [Reason - The key was not found., Thumbprint of key used by client: '{SHA1}', Please visit 'https://developer.microsoft.com/en-us/graph/graph-explorer' and query for 'https://graph.microsoft.com/beta/applications/{APP}' to see configured keys]"
            ),
            "not-registered",
        ),
        row(
            "2019 head alone",
            "AADSTS700027: Client assertion contains an invalid signature.",
            "signed-by-another-key",
        ),
        row(
            "2017, expired",
            old(
                "The key used is expired., Thumbprint of key used by client: 'C39C2FA1AB51409AE929074F1149A81FD7C9CD3C', Found key 'Start=08/03/2016, End=08/03/2017, Thumbprint=C39C2FA1AB51409AE929074F1149A81FD7C9CD3C', Configured keys: [Key0:Start=08/03/2016, End=08/03/2017, Thumbprint=C39C2FA1AB51409AE929074F1149A81FD7C9CD3C;]",
            ),
            "entry-expired",
        ),
        row(
            "2017, not found",
            old("The key was not found., Thumbprint of key used by client: 'C39C2FA1AB51409AE929074F1149A81FD7C9CD3C'"),
            "not-registered",
        ),
        row(
            "azure-sdk-for-java #25109",
            format!("AADSTS50013: Assertion failed signature validation. [Reason - {mismatch}] {ENDS}"),
            "user-assertion",
        ),
        row(
            "msgraph-sdk-php #1585",
            format!("AADSTS50013: Assertion failed signature validation. [Reason - {failed}{}", tail()),
            "user-assertion",
        ),
    ]
}

fn neighbours() -> Vec<Row> {
    let times = |current: &str, from: &str, until: &str| {
        simple(
            700_024,
            &format!(
                "Client assertion is not within its valid time range. Current time: {current}, assertion valid from {from}, expiry time of assertion {until}. Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials ."
            ),
        )
    };
    vec![
        row(
            "700024 as recorded",
            times("2023-12-11T23:52:19.6223401Z", "2018-01-18T01:30:22.0000000Z", "1970-01-01T00:00:00.0000000Z"),
            "not-before-missing",
        ),
        row(
            "Azure/login #372",
            times("2026-06-09T14:01:21.1234567Z", "2026-06-09T13:50:00.0000000Z", "2026-06-09T13:55:00.0000000Z"),
            "assertion-expired",
        ),
        row(
            "MSAL for .NET #4951",
            times("2026-06-09T14:01:21.1234567Z", "1970-01-01T00:00:00.0000000Z", "2026-06-09T13:55:00.0000000Z"),
            "assertion-expired",
        ),
        row(
            "a fast clock",
            times("2026-06-09T14:01:21.1234567Z", "2026-06-09T14:31:00.0000000Z", "2026-06-09T14:41:00.0000000Z"),
            "assertion-not-yet-valid",
        ),
        row(
            "700021",
            simple(
                700_021,
                "Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at https://docs.microsoft.com",
            ),
            "issuer-mismatch",
        ),
        row(
            "700023 as the community has it",
            simple(700_023, "Client assertion audience claim does not match Realm issuer."),
            "audience-mismatch",
        ),
        row("MSAL for .NET #2938", simple(700_026, "Client application has no configured keys."), "no-configured-keys"),
        row(
            "90014",
            simple(
                90014,
                "The required field 'aud' is missing from the credential. Ensure that you have all the necessary parameters for the login request.",
            ),
            "claim-missing",
        ),
        row(
            "5002723",
            simple(
                5_002_723,
                "Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token header.",
            ),
            "no-thumbprint",
        ),
        row(
            "MSAL for .NET #124",
            simple(50027, "Invalid JWT token. No certificate thumbprint specified in token header."),
            "no-thumbprint",
        ),
        row(
            "MSAL for .NET #4690",
            simple(5_002_730, "Invalid JWT token. Unsupported key for the signing algorithm."),
            "unsupported-key",
        ),
        row(
            "5002738",
            simple(
                5_002_738,
                "Invalid JWT token. 'HS256' is not a supported signature algorithm. Supported signing algorithms are: 'RS256,RS384,RS512'",
            ),
            "unsupported-algorithm",
        ),
        row("50027", simple(50027, "JWT token is invalid or malformed."), "malformed-assertion"),
        row("50048", simple(50048, "Subject must match Issuer claim in the client assertion."), "issuer-mismatch"),
        row(
            "700016",
            simple(
                700_016,
                &format!(
                    "Application with identifier '{APP}' was not found in the directory 'Contoso'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."
                ),
            ),
            "wrong-client-id",
        ),
        row(
            "90002",
            simple(
                90002,
                "Tenant 'contoso.example' not found. This may happen if there are no active subscriptions for the tenant. Check to make sure you have the correct tenant ID. Check with your subscription administrator.",
            ),
            "wrong-tenant",
        ),
        row(
            "7000215",
            simple(
                7_000_215,
                &format!(
                    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{APP}'."
                ),
            ),
            "secret-id-instead-of-value",
        ),
        row(
            "onedrive-vercel-index #1051",
            simple(
                7_000_222,
                &format!(
                    "The provided client secret keys for app '{APP}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds."
                ),
            ),
            "secret-expired",
        ),
        row(
            "7000218",
            simple(
                7_000_218,
                "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
            ),
            "no-credential-sent",
        ),
        row(
            "1002012",
            simple(
                1_002_012,
                "The provided value for scope https://graph.microsoft.com/User.Read is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).",
            ),
            "scope-without-default",
        ),
        row(
            "70011",
            simple(70011, "The provided value for the input parameter 'scope' is not valid."),
            "scope-without-default",
        ),
        row(
            "700213",
            simple(
                700_213,
                "No matching federated identity record found for presented assertion subject 'repo:contoso/payroll:ref:refs/heads/main'.",
            ),
            "federation-mismatch",
        ),
        row(
            "700211",
            simple(
                700_211,
                "No matching federated identity record found for presented assertion issuer 'https://token.actions.githubusercontent.com'.",
            ),
            "federation-mismatch",
        ),
        row("microsoft-identity-web #2444", simple(7_000_214, "Certificate has been revoked."), "certificate-revoked"),
        row("7000277", simple(7_000_277, "The certificate was revoked."), "certificate-revoked"),
        row(
            "microsoft-identity-web #2834",
            simple(1_000_502, "The provided certificate is not within its specified validity window."),
            "certificate-outside-validity",
        ),
        row(
            "7000274",
            simple(7_000_274, "The certificate is not within its validity period."),
            "certificate-outside-validity",
        ),
        row("900382", simple(900_382, "Confidential Client is not supported in Cross Cloud request."), "wrong-cloud"),
        row("7000112", simple(7_000_112, &format!("Application '{APP}' is disabled.")), "app-disabled"),
        row(
            "500181",
            simple(500_181, "The TLS certificate provided does not match the certificate in the assertion."),
            "tls-certificate-mismatch",
        ),
        row("392204", simple(392_204, "The provided client certificate has expired."), "tls-certificate-expired"),
        row("53003", simple(53003, "Access has been blocked by Conditional Access policies."), "unknown-code"),
        row(
            "50012, names",
            simple(50012, "Subject name of the signing certificate is not authorized."),
            "subject-name-issuer-refused",
        ),
    ]
}

fn assertions() -> Vec<Row> {
    let x5t = base64url(&hex::decode(SHA1).expect("hex"));
    let good = |claims: &str| token(&format!(r#"{{"alg":"RS256","typ":"JWT","x5t":"{x5t}"}}"#), claims);
    vec![
        row("HS256 with a secret", token(r#"{"alg":"HS256","typ":"JWT"}"#, &claims()), "unsupported-algorithm"),
        row(
            "n8n-io/n8n #32948: an elliptic curve",
            token(&format!(r#"{{"alg":"ES256","x5t":"{x5t}"}}"#), &claims()),
            "unsupported-algorithm",
        ),
        row(
            "Date.now()",
            good(&claims().replace("1781013600", "1781013600000").replace("1781014200", "1781014200000")),
            "times-in-milliseconds",
        ),
        row(
            "another client_id in the form",
            curl(&good(&claims().replace(APP, "97e0a5b7-d745-40b6-94fe-5f77d35c6e05"))),
            "issuer-mismatch",
        ),
        row(
            "another cloud in aud",
            curl(&good(&claims().replace("microsoftonline.com", "microsoftonline.us"))),
            "audience-mismatch",
        ),
        row(
            "Graph in aud",
            curl(&good(&claims().replace(
                "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token",
                "https://graph.microsoft.com",
            ))),
            "audience-mismatch",
        ),
        row("an assertion in order", curl(&good(&claims())), "not-enough"),
        row("a decoded header", r#"{ "alg": "RS256", "typ": "JWT" }"#, "no-thumbprint"),
        row(
            "a decoded header and claims",
            format!("{{\"alg\":\"RS256\",\"x5t\":\"{}\"}}\n{}", base64url(SHA1.as_bytes()), claims()),
            "x5t-hex-text",
        ),
        row(
            "plain base64 segments, as CIPP sends them",
            format!(
                "{}.{}.c2ln",
                base64(format!(r#"{{"alg":"RS256","x5t":"{x5t}"}}"#).as_bytes()),
                base64(claims().replace(APP, "x").as_bytes())
            ),
            "not-enough",
        ),
        row(
            "credentials and their thumbprint",
            format!("{CREDENTIALS}\nA5:38:D0:0E:87:27:EC:58:14:E2:FB:10:7B:31:36:37:6F:22:69:5B"),
            "all-agrees",
        ),
        row("credentials and another thumbprint", format!("{CREDENTIALS}\n{SHA1}"), "not-registered"),
        row(
            "metricsign.com: the manifest of another app",
            format!(
                "{}\n{}",
                not_found("A538D00E8727EC5814E2FB107B3136376F22695B"),
                CREDENTIALS.replace(APP, "97e0a5b7-d745-40b6-94fe-5f77d35c6e05")
            ),
            "on-another-app",
        ),
        row(
            "an expired entry, AAD Graph's dialect",
            format!(
                "{}\nA538D00E8727EC5814E2FB107B3136376F22695B",
                CREDENTIALS
                    .replace("endDateTime\":\"2027", "endDate\":\"2025")
                    .replace("startDateTime\":\"2026", "startDate\":\"2024")
                    .replace("\"key\"", "\"value\"")
            ),
            "entry-expired",
        ),
        row("credentials alone", CREDENTIALS, "not-enough"),
    ]
}

/// Words around the error.
fn words() -> Vec<Row> {
    let text = not_found(SHA1);
    vec![
        row(
            "Microsoft Q&A 5829166",
            format!(
                "{text}\n{{\"trustedCertificateSubjects\":[{{\"authorityId\":\"00000000-0000-0000-0000-000000000001\",\"subjectName\":\"payroll.contoso.com\",\"revokedCertificateIdentifiers\":[]}}]}}"
            ),
            "trusted-subjects-register-nothing",
        ),
        row(
            "MSAL for JS #8339",
            format!("We set up trustedCertificateSubjects and sendX5C: true, still: {text}"),
            "trusted-subjects-register-nothing",
        ),
        row(
            "a Key Vault role",
            format!("I gave the app the role Key Vault Certificate User on the vault, but get {text}"),
            "role-registers-nothing",
        ),
        row(
            "a managed identity",
            format!("The web app's managed identity can read the certificate. {text}"),
            "role-registers-nothing",
        ),
        row(
            "a chain of credentials",
            format!(
                "DefaultAzureCredential failed to retrieve a token from the included credentials.\n- EnvironmentCredential authentication failed: {text}\n- ManagedIdentityCredential authentication unavailable. No managed identity endpoint found."
            ),
            "not-registered",
        ),
        row(
            "microsoft-graph-docs #17966",
            format!("Right after the upload we get this, and it works after some seconds: {text}"),
            "propagating",
        ),
        row(
            "the proof kit's output",
            "--- proof kit ---\nkey: does NOT belong to the certificate\nsignature: Verification failure",
            "signed-by-another-key",
        ),
    ]
}
