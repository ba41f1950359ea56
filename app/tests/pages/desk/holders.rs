//! Who holds a certificate, and a vault with three.

use super::{NOW, id, new_certificate};
use app::contract::problem::*;
use app::contract::search::*;
use app::contract::vaults::*;
use domain::ids::{AppId, KeyId, ObjectId};
use domain::suitability::{Validity, validity};
use time::Duration;

pub fn vault_certificates(vault: &str) -> Result<Vec<VaultCertificate>, Problem> {
    if vault == "closed" {
        return Err(Problem::new(403, "vault-refused", "Key Vault refused", "You may not list certificates there."));
    }
    let certificate = |name: &str, days: i64, holders: Vec<Holding>, older_holders: Vec<Holding>| VaultCertificate {
        name: name.into(),
        version: Some("0f1e2d3c4b5a49788685".into()),
        thumbprint: Some(new_certificate().sha1()),
        enabled: true,
        start: Some(NOW - Duration::days(30)),
        end: Some(NOW + Duration::days(days)),
        validity: validity(None, Some(NOW + Duration::days(days)), NOW),
        holders,
        older_holders,
    };
    Ok(vec![
        certificate("payroll", 300, vec![holding(1, false)], vec![]),
        certificate("badges", 12, vec![], vec![holding(2, false)]),
        certificate("nobody", 80, vec![], vec![]),
    ])
}

pub fn holding(n: u128, on_service_principal: bool) -> Holding {
    Holding {
        object_id: ObjectId::new(id(n)),
        app_id: AppId::new(id(n + 500)),
        display_name: format!("Holder {n}"),
        on_service_principal,
        key_id: Some(KeyId::new(id(n + 20))),
        entry_name: Some("CN=payroll-2026".into()),
        thumbprint: Some(new_certificate().sha1()),
        usage: Some(domain::credentials::KeyUsage::Verify),
        end: Some(NOW + Duration::days(40)),
        validity: Validity::Valid,
    }
}
