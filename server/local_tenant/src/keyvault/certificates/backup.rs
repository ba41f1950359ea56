//! `POST /certificates/{name}/backup` and `POST /certificates/restore`: a certificate with all its versions. The real service's
//! backup is encrypted; here it names a copy that the tenant keeps in memory, so that no private key leaves it. It is gone
//! with the process.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::format::base64url;
use crate::keyvault::error::{Missing, VaultError};
use crate::keyvault::rbac::Action;
use crate::keyvault::show::bundle;
use crate::keyvault::store::VaultCertificate;
use crate::keyvault::{Request, VaultAnswer};

/// Copies kept. The oldest go first.
const MOST: usize = 100;

/// Copies by what names them.
#[derive(Default)]
pub(crate) struct Backups(Mutex<VecDeque<(String, VaultCertificate)>>);

impl Backups {
    fn put(&self, certificate: VaultCertificate) -> String {
        let name = base64url(&rand::random::<[u8; 32]>());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() == MOST {
            all.pop_front();
        }
        all.push_back((name.clone(), certificate));
        name
    }

    fn get(&self, name: &str) -> Option<VaultCertificate> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|(known, _)| known == name).map(|(_, certificate)| certificate.clone())
    }
}

pub(in crate::keyvault) fn backup(request: &Request<'_>, name: &str) -> Result<VaultAnswer, VaultError> {
    let copy = request.read(Action::CertificatesBackup, &format!("/certificates/{name}"), |vault| {
        let certificate = vault.certificate(name, Missing::Certificate)?;
        certificate.latest().ok_or_else(|| VaultError::not_found(Missing::Certificate, name))?;
        Ok(VaultCertificate { pending: None, ..certificate.clone() })
    })?;
    Ok(VaultAnswer::ok(json!({"value": request.tenant.backups.put(copy)})))
}

/// Into this or another vault, under the name that it had.
pub(in crate::keyvault) fn restore(request: &Request<'_>) -> Result<VaultAnswer, VaultError> {
    let sent = request.json()?;
    let named = sent.get("value").and_then(Value::as_str).unwrap_or_default();
    let copy = request.tenant.backups.get(named);
    request.write(Action::CertificatesRestore, "", |vault| {
        let certificate =
            copy.ok_or_else(|| VaultError::bad_parameter("Backup blob contains invalid or corrupt data."))?;
        let place = certificate.name.to_ascii_lowercase();
        vault.check_free(&certificate.name)?;
        if vault.certificates.contains_key(&place) || vault.keys.contains_key(&place) {
            return Err(VaultError::conflict(
                None,
                format!("A certificate with the name {} already exists in this vault.", certificate.name),
            ));
        }
        let shown = certificate.latest().map(|version| bundle(&request.root, &certificate, version));
        vault.insert(certificate);
        Ok(VaultAnswer::ok(shown.unwrap_or_default()))
    })
}
