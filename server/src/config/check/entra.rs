//! The part of the configuration that says which registration of which tenant the portal signs in with, and in which cloud.

use super::Findings;
use crate::client_credential::ClientCredential;
use crate::config::cloud::KNOWN;
use crate::config::file::RawEntra;
use crate::config::{AppPermission, Cloud, Entra, KeyVaultCloud, Permissions};
use std::sync::Arc;

impl RawEntra {
    pub(super) fn check(&self, findings: &mut Findings) -> Option<Entra> {
        let tenant_id = findings.id(
            "entra.tenant_id",
            self.tenant_id.as_ref(),
            "Copy “Directory (tenant) ID” from the app registration's overview.",
        );
        let client_id = findings.id(
            "entra.client_id",
            self.client_id.as_ref(),
            "Copy “Application (client) ID” from the app registration's overview.",
        );
        let credential = self.credential(findings);
        let cloud = self.cloud(findings);
        let permissions = self.permissions(findings);
        Some(Entra {
            tenant_id: tenant_id?,
            client_id: client_id?,
            credential: Arc::new(credential?),
            cloud: cloud?,
            permissions,
        })
    }

    fn credential(&self, findings: &mut Findings) -> Option<ClientCredential> {
        let cure = "Name the PEM files of the portal's own certificate and private key; docs/real-tenant.md shows how to make them.";
        let certificate = findings
            .required("entra.certificate", self.certificate.as_ref(), cure)
            .and_then(|path| findings.file("entra.certificate", path, cure));
        let key = findings
            .required("entra.private_key", self.private_key.as_ref(), cure)
            .and_then(|path| findings.file("entra.private_key", path, cure));
        ClientCredential::from_pem(&certificate?, &key?)
            .map_err(|error| findings.add(error.field(), format!("{error}."), cure))
            .ok()
    }

    fn permissions(&self, findings: &mut Findings) -> Permissions {
        let usual = Permissions::default();
        let read = self.read_permission.unwrap_or(usual.read);
        let write = self.write_permission.unwrap_or(usual.write);
        if write == AppPermission::Read {
            findings.add(
                "entra.write_permission",
                "is Application.Read.All, with which nothing can be written.",
                "Use Application.ReadWrite.All or Application.ReadUpdate.All, or leave it out.",
            );
        }
        Permissions { read, write }
    }

    fn cloud(&self, findings: &mut Findings) -> Option<Cloud> {
        let mut cloud = match self.cloud.as_deref().unwrap_or("global") {
            "custom" => self.custom_cloud(findings)?,
            name => known_cloud(name, findings)?,
        };
        if let Some(host) = &self.login_host {
            cloud.authority = findings.base("entra.login_host", &format!("https://{host}"))?;
        }
        Some(cloud)
    }

    fn custom_cloud(&self, findings: &mut Findings) -> Option<Cloud> {
        let custom = findings.required(
            "entra.custom",
            self.custom.as_ref(),
            "Add [entra.custom] with authority and graph_root.",
        )?;
        let authority = findings.base("entra.custom.authority", &custom.authority);
        let graph_root = findings.base("entra.custom.graph_root", &custom.graph_root);
        let admin_center = custom.admin_center.as_ref().map(|url| findings.base("entra.custom.admin_center", url));
        let key_vault =
            custom.vault_suffix.as_deref().and_then(|suffix| findings.suffix("entra.custom.vault_suffix", suffix));
        let resource = custom.vault_resource.as_ref().and_then(|url| findings.base("entra.custom.vault_resource", url));
        let key_vault = key_vault.map(|suffix| {
            let known = KeyVaultCloud::of_suffix(&suffix);
            let resource = resource.map(|url| url.as_str().trim_end_matches('/').to_owned());
            KeyVaultCloud { resource: resource.unwrap_or(known.resource), place: known.place }
        });
        Some(Cloud {
            name: custom.name.clone().unwrap_or_else(|| "Custom cloud".into()),
            authority: authority?,
            over_https: None,
            graph_root: graph_root?,
            admin_center: admin_center.flatten(),
            key_vault,
        })
    }
}

/// One of Microsoft's own.
fn known_cloud(chosen: &str, findings: &mut Findings) -> Option<Cloud> {
    let known = KNOWN.iter().find(|(key, ..)| *key == chosen);
    let Some((_, name, authority, graph_root, admin_center, vault_suffix)) = known else {
        let names: Vec<&str> = KNOWN.iter().map(|(key, ..)| *key).collect();
        findings.add(
            "entra.cloud",
            format!("“{chosen}” is not a known cloud."),
            format!("Use one of {}, or custom.", names.join(", ")),
        );
        return None;
    };
    Some(Cloud {
        name: (*name).into(),
        authority: findings.base("entra.cloud", authority)?,
        over_https: None,
        graph_root: findings.base("entra.cloud", graph_root)?,
        admin_center: admin_center.and_then(|url| findings.base("entra.cloud", url)),
        key_vault: Some(KeyVaultCloud::of_suffix(vault_suffix)),
    })
}
