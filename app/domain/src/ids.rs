//! Identifiers that cannot be mixed up: all are GUIDs on the wire, none may stand in for another. A common cause of
//! `Request_ResourceNotFound` is an application (client) id where the object id belongs.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The text is not a GUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not a GUID such as 765eb0e3-acb3-475d-9a98-ee6892f081c8")]
pub struct IdError {
    /// What was read; of long text the first 80 characters.
    pub text: String,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// From a GUID that is known to be one of these.
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The bare GUID.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        /// Lower case, hyphenated.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::parse_str(text.trim()).map(Self).map_err(|_| IdError { text: text.chars().take(80).collect() })
            }
        }
    };
}

id! {
    /// `appId`: the application (client) id, the same in every tenant.
    AppId
}
id! {
    /// `keyId` of an entry in `keyCredentials`.
    KeyId
}
id! {
    /// `id` of a directory object: what Graph paths such as `/applications/{id}` take.
    ObjectId
}
id! {
    /// `tid`: the directory itself.
    TenantId
}

impl KeyId {
    /// A version 4 GUID (RFC 9562, section 5.4) out of 16 random bytes.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_spelling_and_writes_one() {
        for text in [
            "765EB0E3-ACB3-475D-9A98-EE6892F081C8",
            " {765eb0e3-acb3-475d-9a98-ee6892f081c8} ",
            "765eb0e3acb3475d9a98ee6892f081c8",
        ] {
            assert_eq!(text.parse::<ObjectId>().expect("a GUID").to_string(), "765eb0e3-acb3-475d-9a98-ee6892f081c8");
        }
        assert!("payroll".parse::<AppId>().is_err());
        assert!("".parse::<AppId>().is_err());
    }

    #[test]
    fn random_bytes_become_version_4() {
        let id = KeyId::from_random([0xff; 16]);
        assert_eq!(id.to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(id.uuid().get_version_num(), 4);
    }
}
