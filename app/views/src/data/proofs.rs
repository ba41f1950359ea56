//! Proof by a real token request.

use super::search::EvidenceView;
use domain::certificate::Certificate;
use domain::doctor::evidence::Evidence;
use domain::ids::{AppId, ObjectId, TenantId};
use domain::key_credential::KeyCredential;
use domain::thumbprint::Thumbprint;
use serde::{Deserialize, Serialize};

/// Where a client assertion has to go, for signing one in the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofTarget {
    /// Object id; absent where the app is not in this tenant.
    pub app: Option<ObjectId>,
    /// The client id: `iss` and `sub` of the assertion.
    pub app_id: AppId,
    /// The app's name.
    pub display_name: String,
    /// The tenant whose token endpoint is asked.
    pub tenant_id: TenantId,
    /// `aud` of the assertion, and where it is sent.
    pub token_endpoint: String,
    /// That is asked for.
    pub scope: String,
    /// SHA-1 thumbprints of the app's `Verify` entries that are in force.
    pub registered: Vec<Thumbprint>,
    /// A write to this app was seen so lately that it may still be on its way.
    pub fresh: bool,
}

/// What a page is told that asked with an assertion of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProofAttempt {
    /// The certificate may not be known everywhere yet: it is to be asked again. What Entra answered, as it came.
    Wait {
        /// As it came.
        answer: String,
    },
    /// It is over, either way.
    Over {
        /// [`Outcome`](crate::workbenches::proof::Outcome), rendered.
        html: String,
    },
}

/// An app that is to prove a sign-in, and all that is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofSubject {
    /// Object id.
    pub object_id: ObjectId,
    /// The app's name.
    pub name: String,
    /// Where the assertion goes.
    pub target: ProofTarget,
    /// What the doctor needs to judge a refusal; a courtesy.
    pub evidence: Option<EvidenceView>,
}

impl ProofSubject {
    /// Certificates of the app that Graph returned whole, those in force first, the one that lasts longest in front.
    pub fn certificates(&self) -> Vec<Certificate> {
        let credentials = self.evidence.as_ref().and_then(|view| view.evidence.app_credentials.as_ref());
        let mut all: Vec<_> = credentials
            .into_iter()
            .flatten()
            .filter(|entry| entry.is_for_sign_in())
            .filter_map(KeyCredential::certificate)
            .cloned()
            .collect();
        all.sort_by_key(|it| (!self.is_registered(it), std::cmp::Reverse(it.facts().not_after)));
        all
    }

    /// On the app, and in force.
    pub fn is_registered(&self, certificate: &Certificate) -> bool {
        self.target.registered.contains(&certificate.sha1())
    }

    /// What the doctor knows.
    pub fn known(&self) -> Option<&Evidence> {
        self.evidence.as_ref().map(|view| &view.evidence)
    }
}
