//! The proof script: a program that a person runs beside the private key, and whose output is pasted back. It prints the
//! certificate, whether the key belongs to it, the assertion without its signature, whether that signature verified, and
//! Entra's answer without the token.

use super::snippets::Target;
use serde::{Deserialize, Serialize};

/// The same script for two shells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofScript {
    /// Needs bash, openssl and curl.
    pub bash: String,
    /// Windows PowerShell 5.1 and PowerShell 7; the certificate is in a Windows certificate store.
    pub powershell: String,
}

impl ProofScript {
    /// With the app's values in it.
    pub fn new(target: &Target) -> Self {
        Self {
            bash: target.fill(include_str!("proof_script/proof.sh")),
            powershell: target.fill(include_str!("proof_script/proof.ps1")),
        }
    }
}
