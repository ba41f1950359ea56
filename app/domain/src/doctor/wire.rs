//! Serde for values that have no JSON of their own.

pub(super) mod credentials {
    use crate::certificate::Certificate;
    use crate::key_credential::{KeyCredential, KeyCredentials};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::Value;

    /// With what was read from `key`: who takes it over need not be able to read a certificate.
    #[derive(Serialize, Deserialize)]
    struct Entry {
        /// As Graph has it.
        entry: Value,
        certificate: Option<Certificate>,
    }

    fn written(all: &KeyCredentials) -> Vec<Entry> {
        let entry = |it: &KeyCredential| Entry { entry: it.to_json(), certificate: it.certificate().cloned() };
        all.iter().map(entry).collect()
    }

    fn read<E: serde::de::Error>(entries: Vec<Entry>) -> Result<KeyCredentials, E> {
        let entry = |(at, Entry { entry, certificate }): (usize, Entry)| {
            KeyCredential::read(at, &entry, &|_| certificate.clone()).map_err(E::custom)
        };
        entries.into_iter().enumerate().map(entry).collect()
    }

    pub fn serialize<S: Serializer>(value: &KeyCredentials, serializer: S) -> Result<S::Ok, S::Error> {
        written(value).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<KeyCredentials, D::Error> {
        read(Vec::deserialize(deserializer)?)
    }

    pub mod option {
        use super::{Deserialize, Deserializer, KeyCredentials, Serialize, Serializer, read, written};

        #[expect(clippy::ref_option, reason = "serde's signature")]
        pub fn serialize<S: Serializer>(value: &Option<KeyCredentials>, serializer: S) -> Result<S::Ok, S::Error> {
            value.as_ref().map(written).serialize(serializer)
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<KeyCredentials>, D::Error> {
            Option::deserialize(deserializer)?.map(read).transpose()
        }
    }
}
