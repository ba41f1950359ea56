//! Key Vault's refusals.

use crate::keyvault::{NoKeyVault, VaultRefusal, VaultRefusalKind};
use app::contract::problem::Problem;

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

impl From<NoKeyVault> for Problem {
    fn from(_: NoKeyVault) -> Self {
        Self::new(
            422,
            "no-key-vault",
            "No Key Vault is configured for this cloud",
            "The portal's configuration names no address under which vaults are found.",
        )
        .advice("Ask who runs this portal to set entra.custom.vault_suffix. Uploading a certificate works without it.")
    }
}

impl From<VaultRefusal> for Problem {
    fn from(refusal: VaultRefusal) -> Self {
        let vault = &refusal.vault;
        let problem = match &refusal.kind {
            VaultRefusalKind::Unreachable => Self::new(502, "vault-unreachable", format!("The vault {vault} could not be reached"), "There is no vault of this name in this cloud, or it takes no connections from here.")
                .advice("Check the name. If the vault has a firewall or a private endpoint, this portal's server must be let in."),
            VaultRefusalKind::NoAnswer => Self::new(502, "vault-silent", format!("The vault {vault} did not answer"), "The connection was cut or the answer took too long.")
                .advice("Try again in a moment."),
            VaultRefusalKind::Unreadable | VaultRefusalKind::ForeignLink => Self::new(502, "vault-unreadable", format!("The answer of the vault {vault} made no sense"), "It is not what Key Vault answers.")
                .advice("Check the vault's name. If it is right, give the request id to who runs this portal."),
            VaultRefusalKind::OtherDirectory(tenant) => Self::new(403, "vault-other-directory", format!("The vault {vault} belongs to another directory"), format!("It trusts the directory {tenant}, and you are signed in to another one."))
                .advice("Use a vault of your own directory."),
            VaultRefusalKind::TokenNotTaken(resource) => Self::new(
                502,
                "vault-token-refused",
                format!("The vault {vault} did not take your token"),
                match resource {
                    Some(resource) => format!("It wants one for {resource}."),
                    None => "It does not say what it wants.".to_owned(),
                },
            )
            .advice("Sign in again. If it stays like this, who runs this portal should check the cloud in its configuration."),
            VaultRefusalKind::Answered { status, code, inner, message } => answered(vault, *status, code, inner, message),
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
    use crate::keyvault::VaultAddress;
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
