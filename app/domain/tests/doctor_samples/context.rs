//! Assertions, credentials and the words around an error.

use super::*;

pub(super) fn assertions() -> Vec<Row> {
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
pub(super) fn words() -> Vec<Row> {
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
