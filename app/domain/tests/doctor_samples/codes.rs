//! Every reason of AADSTS700027, and its neighbours' texts.

use super::*;

pub(super) fn reasons() -> Vec<Row> {
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

pub(super) fn neighbours() -> Vec<Row> {
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
        row("53003", simple(53003, "Access has been blocked by Conditional Access policies."), "conditional-access"),
        row("a code of something else", simple(1_234_567, "Something else."), "unknown-code"),
        row(
            "50012, names",
            simple(50012, "Subject name of the signing certificate is not authorized."),
            "subject-name-issuer-refused",
        ),
    ]
}
