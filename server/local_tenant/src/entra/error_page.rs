//! `/error?code=700027`: what an answer's `error_uri` leads to. Microsoft's page names the code, its message and what to
//! do; these explanations are this tenant's own, after Microsoft's table of codes and threads about them.

use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::Parameters;
use super::page::{escape, html};

/// Code, meaning, remedy.
type Explanation = (u32, &'static str, &'static str);

/// In order of their codes.
const EXPLANATIONS: &[Explanation] = &[
    (28_000, "The scopes of one request name more than one resource.", "Ask for one resource's scopes at a time."),
    (
        50_011,
        "The redirect URI is not one of the application's.",
        "Register it, letter by letter, or send a registered one.",
    ),
    (50_013, "The assertion's signature cannot be checked.", "Send a token that its issuer has signed."),
    (
        50_020,
        "The account is of another tenant, and this one has no such guest.",
        "Sign in with an account of this tenant, or use an application for several tenants at the address of all of them.",
    ),
    (50_027, "The assertion is no JWT.", "Send three base64url segments without padding: header, payload, signature."),
    (50_034, "The account is not in this directory.", "Sign in with an account of this tenant."),
    (50_048, "The assertion's sub differs from its iss.", "Set both to the client id."),
    (50_058, "Nobody is signed in, and the request allows no page (prompt=none).", "Ask again without prompt=none."),
    (50_059, "Nothing names the tenant.", "Use the tenant's id or domain in place of common or organizations."),
    (50_148, "The code_verifier of PKCE is missing.", "Send the one that belongs to the code_challenge."),
    (50_173, "The person's sessions were revoked after the token was issued.", "Let them sign in again."),
    (
        50_194,
        "The application is for one tenant, and the address for all of them.",
        "Name the tenant in place of common, or set the application's signInAudience to AzureADMultipleOrgs.",
    ),
    (54_005, "The authorization code was redeemed before.", "Use the refresh token, or sign in again."),
    (
        65_001,
        "Nobody has consented to what the application asks for.",
        "Grant it the scopes, for the person or for everybody.",
    ),
    (65_004, "The person declined.", "Ask them to sign in again and to accept."),
    (70_000, "The code or token is not known, or is another client's.", "Sign in again."),
    (70_003, "The grant type is not supported.", "Check the spelling of grant_type."),
    (70_007, "The response mode is not supported.", "Use query or form_post."),
    (70_008, "The authorization code or refresh token has expired.", "Let the person sign in again."),
    (70_016, "The person has not entered the device's code yet.", "Go on polling at the interval that was named."),
    (70_018, "The device code is not known, or was redeemed.", "Begin the flow again."),
    (70_020, "The device code has expired.", "Begin the flow again; the code is good for 15 minutes."),
    (
        70_021,
        "The application trusts no token like this one.",
        "Compare issuer, subject and audience of its federated credentials with the token's iss, sub and aud.",
    ),
    (90_000, "The tenant failed.", "Look at what it logged."),
    (90_002, "There is no such tenant.", "Check the tenant's id or domain in the URL."),
    (90_014, "The assertion lacks a claim that is needed.", "Add the claim that the message names."),
    (
        90_094,
        "An administrator has not consented to this application in this tenant, or somebody who is none tried to.",
        "Open /{tenant}/adminconsent with client_id and redirect_uri, and pick an administrator there.",
    ),
    (500_011, "There is no such resource in the tenant.", "Check the part of the scope before its last slash."),
    (500_112, "The redirect URI is not the one that the code was sent to.", "Send the same one twice."),
    (
        501_481,
        "The code_verifier does not belong to the code_challenge.",
        "Keep the verifier with the sign-in it was made for.",
    ),
    (501_491, "The code_challenge is not usable.", "Use code_challenge_method=S256."),
    (
        650_052,
        "The application asks for a service that has no service principal in this tenant.",
        "Create the service principal, or consent to that application first.",
    ),
    (
        700_016,
        "No application of this tenant has this client id.",
        "Check the client id, and whether this is the right tenant.",
    ),
    (700_021, "The assertion's iss is not the client_id.", "Set iss and sub to the client id."),
    (700_023, "The assertion is not meant for this tenant.", "Set aud to the token endpoint that you send it to."),
    (
        700_024,
        "The assertion is not valid at this time.",
        "Check the clock, and make a new assertion for each request.",
    ),
    (700_025, "The client is public, and sent a credential.", "Leave the credential out, or use another redirect URI."),
    (700_026, "The application has no certificate at all.", "Upload one to its registration."),
    (
        700_027,
        "The assertion's signature cannot be checked with a certificate of the application: none has the thumbprint it names, or that one is expired or not valid yet, or the signature is another key's.",
        "Compare the thumbprint in the message with the application's keyCredentials. After an upload, wait: it can take a minute or two until the token endpoint knows.",
    ),
    (700_028, "The type of the assertion is missing or another one.", "Send client_assertion_type as RFC 7523 has it."),
    (700_054, "The response type is not enabled.", "Use response_type=code."),
    (
        700_211,
        "The application trusts no issuer of that name.",
        "Compare the issuer of its federated credentials with the token's iss, to the last slash.",
    ),
    (
        700_212,
        "The application does not trust tokens for that audience.",
        "Compare the audience of its federated credential with the token's aud.",
    ),
    (
        700_213,
        "The application trusts that issuer, and not this subject.",
        "Compare the subject of its federated credentials with the token's sub.",
    ),
    (900_144, "A parameter is missing.", "Send the parameter that the message names."),
    (900_561, "The endpoint takes POST alone.", "Send the parameters as the form of a POST."),
    (
        1_002_012,
        "The scope of an application's own request does not end in /.default.",
        "Ask for the resource followed by /.default.",
    ),
    (
        5_002_723,
        "The assertion's header names no key.",
        "Add x5t#S256 or x5t: base64url of the certificate's hash, without padding.",
    ),
    (5_002_738, "The assertion's algorithm is not supported.", "Sign with PS256 or RS256."),
    (7_000_112, "The application is disabled.", "Enable its service principal."),
    (7_000_215, "The secret is not one of the application's.", "Send the secret's value, not its id."),
    (
        7_000_218,
        "The client did not authenticate.",
        "Send client_assertion or client_secret, or allow public client flows.",
    ),
    (7_000_222, "The secret has expired.", "Make another one, or use a certificate."),
    (7_000_229, "The application has no service principal in this tenant.", "Create one."),
    (
        7_002_138,
        "The subject differs in upper and lower case.",
        "Write the federated credential's subject as the token has it.",
    ),
    (9_002_313, "The request is malformed, or its refresh token is not known.", "Sign in again."),
];

/// `GET /error`
pub(crate) async fn handle(RawQuery(query): RawQuery) -> Response {
    let parameters = Parameters::parse(query.unwrap_or_default().as_bytes());
    let asked = parameters.get("code");
    let (status, found) = match asked.map(|code| (code, find(code))) {
        None => (StatusCode::OK, String::new()),
        Some((_, Some((code, meaning, remedy)))) => (
            StatusCode::OK,
            format!(
                "<h2>AADSTS{code}</h2>\n<dl><dt>What happened</dt><dd>{}</dd><dt>What to do</dt><dd>{}</dd></dl>\n",
                escape(meaning),
                escape(remedy)
            ),
        ),
        Some((code, None)) => (
            StatusCode::NOT_FOUND,
            format!("<p role=\"alert\">This local tenant knows nothing about the error “{}”.</p>\n", escape(code)),
        ),
    };
    let main = format!(
        "<p class=\"brand\">Local tenant</p>\n<h1>Error lookup</h1>\n{found}<form method=\"get\" action=\"error\">\n<label for=\"code\">Error code</label>\n<input id=\"code\" name=\"code\" inputmode=\"numeric\" autocomplete=\"off\" value=\"{}\">\n<button class=\"primary\" type=\"submit\">Look up</button>\n</form>",
        escape(asked.unwrap_or_default())
    );
    html(status, "Error lookup", &main, None, None)
}

/// By number, with `AADSTS` in front of it or without.
fn find(code: &str) -> Option<&'static Explanation> {
    let digits = code.trim().trim_start_matches("AADSTS");
    let number: u32 = digits.parse().ok()?;
    EXPLANATIONS.iter().find(|(known, ..)| *known == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_there_once_and_in_order() {
        assert!(EXPLANATIONS.is_sorted_by(|left, right| left.0 < right.0));
    }

    /// Reads the sources: a code that is raised has a page.
    #[test]
    fn every_code_that_is_raised_is_explained() {
        let sources = [
            include_str!("assertion.rs"),
            include_str!("authorize.rs"),
            include_str!("client_auth.rs"),
            include_str!("consent.rs"),
            include_str!("device.rs"),
            include_str!("error.rs"),
            include_str!("mod.rs"),
            include_str!("federation.rs"),
            include_str!("scope.rs"),
            include_str!("token.rs"),
        ];
        let calls = ["EntraError::new(", "invalid_grant(", "Self::new(", "refused(", "none("];
        let mut seen = 0;
        for source in sources {
            for call in calls {
                for after in source.split(call).skip(1) {
                    let digits: String =
                        after.trim_start().chars().take_while(|c| c.is_ascii_digit() || *c == '_').collect();
                    if let Ok(code) = digits.replace('_', "").parse::<u32>() {
                        seen += 1;
                        assert!(EXPLANATIONS.iter().any(|(known, ..)| *known == code), "{code}");
                    }
                }
            }
        }
        assert!(seen > 40, "{seen}");
    }
}
