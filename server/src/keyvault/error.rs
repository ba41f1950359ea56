//! What a vault refuses, and what to tell the person.

use super::VaultAddress;
use app::contract::problem::Problem;
use serde::Deserialize;

/// Why a vault did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("vault {vault}: {kind:?}")]
pub struct VaultRefusal {
    vault: String,
    kind: Kind,
    request_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Unreachable,
    NoAnswer,
    Unreadable,
    ForeignLink,
    OtherDirectory(String),
    TokenNotTaken(Option<String>),
    Answered { status: u16, code: String, inner: String, message: String },
}

#[derive(Deserialize)]
struct Envelope {
    error: Body,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    // Services spell the member in more than one way.
    #[serde(default, rename = "innererror", alias = "innerError", alias = "InnerError")]
    inner: Option<Inner>,
}

#[derive(Deserialize)]
struct Inner {
    #[serde(default)]
    code: String,
}

impl VaultRefusal {
    fn new(vault: &VaultAddress, kind: Kind, request_id: Option<String>) -> Self {
        Self { vault: vault.name().to_owned(), kind, request_id }
    }

    pub(super) fn transport(vault: &VaultAddress, error: &reqwest::Error) -> Self {
        tracing::debug!(connect = error.is_connect(), timeout = error.is_timeout(), %vault, "no answer from a vault");
        Self::new(vault, if error.is_connect() { Kind::Unreachable } else { Kind::NoAnswer }, None)
    }

    pub(super) fn unreadable(vault: &VaultAddress, request_id: Option<String>) -> Self {
        Self::new(vault, Kind::Unreadable, request_id)
    }

    pub(super) fn foreign_link(vault: &VaultAddress) -> Self {
        Self::new(vault, Kind::ForeignLink, None)
    }

    pub(super) fn other_directory(vault: &VaultAddress, tenant: &str, request_id: Option<String>) -> Self {
        Self::new(vault, Kind::OtherDirectory(tenant.chars().take(80).collect()), request_id)
    }

    pub(super) fn token_not_taken(vault: &VaultAddress, resource: Option<&str>, request_id: Option<String>) -> Self {
        let resource = resource.map(|text| text.chars().take(120).collect());
        Self::new(vault, Kind::TokenNotTaken(resource), request_id)
    }

    pub(super) fn answered(vault: &VaultAddress, status: u16, body: &[u8], request_id: Option<String>) -> Self {
        let kind = match serde_json::from_slice::<Envelope>(body) {
            Ok(Envelope { error }) => Kind::Answered {
                status,
                code: error.code,
                inner: error.inner.map_or_else(String::new, |inner| inner.code),
                message: error.message,
            },
            Err(_) => Kind::Answered { status, code: String::new(), inner: String::new(), message: String::new() },
        };
        Self::new(vault, kind, request_id)
    }
}

/// `Action: 'Microsoft.KeyVault/vaults/keys/sign/action'` in a refusal's message.
fn action(message: &str) -> Option<&str> {
    message.lines().find_map(|line| line.trim().strip_prefix("Action: '")?.strip_suffix('\''))
}

/// A built-in role that has the action.
fn role_for(action: &str) -> &'static str {
    if action.contains("/keys/sign") || action.contains("/keys/verify") {
        "Key Vault Crypto User"
    } else if action.contains("/keys/") {
        "Key Vault Crypto User or Key Vault Reader"
    } else {
        "Key Vault Certificate User or Key Vault Reader"
    }
}

impl From<VaultRefusal> for Problem {
    fn from(refusal: VaultRefusal) -> Self {
        let vault = &refusal.vault;
        let problem = match &refusal.kind {
            Kind::Unreachable => Self::new(502, "vault-unreachable", format!("The vault {vault} could not be reached"), "There is no vault of this name in this cloud, or it takes no connections from here.")
                .advice("Check the name. If the vault has a firewall or a private endpoint, this portal's server must be let in."),
            Kind::NoAnswer => Self::new(502, "vault-silent", format!("The vault {vault} did not answer"), "The connection was cut or the answer took too long.")
                .advice("Try again in a moment."),
            Kind::Unreadable | Kind::ForeignLink => Self::new(502, "vault-unreadable", format!("The answer of the vault {vault} made no sense"), "It is not what Key Vault answers.")
                .advice("Check the vault's name. If it is right, give the request id to who runs this portal."),
            Kind::OtherDirectory(tenant) => Self::new(403, "vault-other-directory", format!("The vault {vault} belongs to another directory"), format!("It trusts the directory {tenant}, and you are signed in to another one."))
                .advice("Use a vault of your own directory."),
            Kind::TokenNotTaken(resource) => Self::new(
                502,
                "vault-token-refused",
                format!("The vault {vault} did not take your token"),
                match resource {
                    Some(resource) => format!("It wants one for {resource}."),
                    None => "It does not say what it wants.".to_owned(),
                },
            )
            .advice("Sign in again. If it stays like this, who runs this portal should check the cloud in its configuration."),
            Kind::Answered { status, code, inner, message } => answered(vault, *status, code, inner, message),
        };
        Self { request_id: refusal.request_id, ..problem }
    }
}

fn answered(vault: &str, status: u16, code: &str, inner: &str, message: &str) -> Problem {
    let said: String = message.replace("\r\n", " ").trim().chars().take(600).collect();
    match (status, inner) {
        (403, "ForbiddenByRbac" | "") if action(message).is_some() => {
            let action = action(message).unwrap_or_default();
            Problem::new(
                403,
                "vault-forbidden",
                format!("You may not do this in the vault {vault}"),
                format!("Azure says that you lack the action {action} there (ForbiddenByRbac)."),
            )
            .advice(format!(
                "Ask who looks after the vault for the role {}. A new assignment can take some minutes.",
                role_for(action)
            ))
        }
        (403, "ForbiddenByFirewall" | "ForbiddenByConnection") => Problem::new(
            403,
            "vault-firewall",
            format!("The vault {vault} takes no connections from this portal"),
            format!("Key Vault says: “{said}” ({inner})"),
        )
        .advice("Its firewall must let in this portal's server, or the server must be in its network."),
        (403, "KeyDisabled" | "KeyExpired" | "KeyNotYetValid") => Problem::new(
            403,
            "vault-key-unusable",
            "This version's key cannot be used",
            format!("Key Vault says: “{said}” ({inner})"),
        )
        .advice("Choose another version, or enable this one in the vault."),
        (403, _) => Problem::new(
            403,
            "vault-forbidden",
            format!("You may not do this in the vault {vault}"),
            format!("Key Vault says: “{said}” ({})", if inner.is_empty() { code } else { inner }),
        )
        .advice("Ask who looks after the vault for rights to get certificates, and to sign with keys."),
        (404, _) => Problem::new(
            404,
            "vault-not-found",
            "The vault does not have it",
            if said.is_empty() {
                format!("Vault {vault} answered that there is nothing of that name.")
            } else {
                format!("Key Vault says: “{said}”")
            },
        )
        .advice("Look at the vault's list again: it may have been renamed or deleted."),
        (429, _) => Problem::new(
            429,
            "vault-throttled",
            format!("The vault {vault} has had too many requests"),
            "Key Vault limits requests per vault.",
        )
        .advice("Wait a minute, then try again."),
        (500.., _) => Problem::new(
            502,
            "vault-failed",
            format!("The vault {vault} failed"),
            format!("It answered with status {status}."),
        )
        .advice("Try again in a few minutes."),
        _ => Problem::new(
            422,
            "vault-refused",
            format!("The vault {vault} did not accept the request"),
            format!("Key Vault says: “{said}” ({code}, status {status})"),
        )
        .advice("Check the certificate: signing needs an RSA key."),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::config::VaultPlace;
    use serde_json::json;

    fn problem(status: u16, inner: &str, message: &str) -> Problem {
        let vault = VaultAddress::read("contoso-apps", &VaultPlace::Suffix("vault.azure.net".into())).unwrap();
        let body = json!({"error": {"code": "Forbidden", "message": message, "innererror": {"code": inner}}});
        VaultRefusal::answered(&vault, status, body.to_string().as_bytes(), Some("r".into())).into()
    }

    #[test]
    fn the_action_that_is_missing_is_named() {
        let message = "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\nCaller: appid=04b07795-8ddb-461a-bbee-02f9e1bf7b46;oid=47016696-c2f7-4b61-afc8-5e64c2ab608e;iss=https://sts.windows.net/9c1de1f2-cba6-4355-b7ed-96777eba6578/\r\nAction: 'Microsoft.KeyVault/vaults/keys/sign/action'\r\nResource: '/subscriptions/x'\r\nAssignment: (not found)\r\n";
        let problem = problem(403, "ForbiddenByRbac", message);
        assert_eq!((problem.status, problem.code.as_str()), (403, "vault-forbidden"));
        assert!(problem.detail.contains("Microsoft.KeyVault/vaults/keys/sign/action"), "{}", problem.detail);
        assert!(problem.advice.unwrap().contains("Key Vault Crypto User"));
        assert_eq!(problem.request_id.as_deref(), Some("r"));
    }

    #[test]
    fn other_refusals_have_their_own_words() {
        for (status, inner, code) in [
            (403, "ForbiddenByConnection", "vault-firewall"),
            (403, "AccessDenied", "vault-forbidden"),
            (403, "KeyDisabled", "vault-key-unusable"),
            (404, "", "vault-not-found"),
            (429, "", "vault-throttled"),
            (503, "", "vault-failed"),
            (400, "", "vault-refused"),
        ] {
            let problem = problem(status, inner, "Something.");
            assert_eq!(problem.code, code);
            assert!(problem.advice.is_some());
        }
    }
}
