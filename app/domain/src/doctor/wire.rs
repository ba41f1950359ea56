//! Serde for values that have no JSON of their own.

pub(super) mod certificate {
    use crate::certificate::Certificate;
    use crate::encoding;
    use serde::{Deserialize, Deserializer, Serializer};

    fn read<E: serde::de::Error>(text: &str) -> Result<Certificate, E> {
        let der = encoding::decode_base64(text).ok_or_else(|| E::custom("a certificate is not base64"))?;
        Certificate::from_der(&der).map_err(E::custom)
    }

    pub mod option {
        use super::{Certificate, Deserialize, Deserializer, Serializer, read};

        #[expect(clippy::ref_option, reason = "serde's signature")]
        pub fn serialize<S: Serializer>(value: &Option<Certificate>, serializer: S) -> Result<S::Ok, S::Error> {
            match value {
                Some(certificate) => serializer.serialize_some(&certificate.der_base64()),
                None => serializer.serialize_none(),
            }
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Certificate>, D::Error> {
            Option::<String>::deserialize(deserializer)?.map(|text| read(&text)).transpose()
        }
    }

    pub mod list {
        use super::{Certificate, Deserialize, Deserializer, Serializer, read};

        pub fn serialize<S: Serializer>(value: &[Certificate], serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(value.iter().map(Certificate::der_base64))
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Certificate>, D::Error> {
            Vec::<String>::deserialize(deserializer)?.iter().map(|text| read(text)).collect()
        }
    }

    pub mod one {
        use super::{Certificate, Deserialize, Deserializer, Serializer, read};

        pub fn serialize<S: Serializer>(value: &Certificate, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(&value.der_base64())
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Certificate, D::Error> {
            read(&String::deserialize(deserializer)?)
        }
    }
}

pub(super) mod credentials {
    use crate::key_credential::KeyCredentials;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::Value;

    pub fn serialize<S: Serializer>(value: &KeyCredentials, serializer: S) -> Result<S::Ok, S::Error> {
        value.to_json().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<KeyCredentials, D::Error> {
        KeyCredentials::from_json(&Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }

    pub mod option {
        use super::{Deserialize, Deserializer, KeyCredentials, Serialize, Serializer, Value};

        #[expect(clippy::ref_option, reason = "serde's signature")]
        pub fn serialize<S: Serializer>(value: &Option<KeyCredentials>, serializer: S) -> Result<S::Ok, S::Error> {
            value.as_ref().map(KeyCredentials::to_json).serialize(serializer)
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<KeyCredentials>, D::Error> {
            Option::<Value>::deserialize(deserializer)?
                .map(|value| KeyCredentials::from_json(&value).map_err(serde::de::Error::custom))
                .transpose()
        }
    }
}
