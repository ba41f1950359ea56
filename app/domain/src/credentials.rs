//! What Entra holds of an app to tell it by: which kinds of credentials there are, whose they are, what each is for.

mod finding;
mod key;
mod subject;

use crate::spelling::spelled;
pub use finding::Finding;
pub use key::{KeyCredentialType, KeyUsage};
pub use subject::{Subject, SubjectKind};

spelled! {
    /// The three kinds of credentials of an application.
    pub enum CredentialKind ("kind of credential") {
        /// An entry of `keyCredentials` (<https://learn.microsoft.com/graph/api/resources/keycredential>).
        Certificate = "certificate",
        /// An entry of `passwordCredentials` (<https://learn.microsoft.com/graph/api/resources/passwordcredential>).
        Secret = "secret",
        /// An entry of `federatedIdentityCredentials`
        /// (<https://learn.microsoft.com/graph/api/resources/federatedidentitycredentials-overview>).
        Federated = "federated",
    }
}

spelled! {
    /// Why a kept state of an app's `keyCredentials` was read.
    pub enum StateOrigin ("origin of a state") {
        /// Not in a push.
        Read = "read",
        /// Before the first write of a push.
        BeforePush = "before-push",
        /// At the end of a push.
        AfterPush = "after-push",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::holds;

    #[test]
    fn spellings() {
        holds(&[
            (CredentialKind::Certificate, "certificate"),
            (CredentialKind::Secret, "secret"),
            (CredentialKind::Federated, "federated"),
        ]);
        holds(&[
            (StateOrigin::Read, "read"),
            (StateOrigin::BeforePush, "before-push"),
            (StateOrigin::AfterPush, "after-push"),
        ]);
        assert_eq!((CredentialKind::ALL.len(), StateOrigin::ALL.len()), (3, 3));
    }
}
