//! Enums with one spelling each: SQL, JSON, URLs, pages and logs all have the same text.

/// The text is none of the spellings that there are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is no {what}")]
pub struct UnknownSpelling {
    /// What was looked for, for instance `outcome`.
    pub what: &'static str,
    /// What was there instead; of long text the first 80 characters.
    pub text: String,
}

impl UnknownSpelling {
    /// `what`: that was looked for, in words.
    pub fn new(what: &'static str, text: &str) -> Self {
        Self { what, text: text.chars().take(80).collect() }
    }
}

/// `Display`, and serde as text, of a type that has `as_str` and `FromStr`.
#[macro_export]
macro_rules! as_text {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// An enum without data: `ALL`, `as_str`, `FromStr`, `Display`, and serde, all from one list of spellings.
///
/// `what`: the thing in words, for the error.
#[macro_export]
macro_rules! spelled {
    (
        $(#[$doc:meta])*
        pub enum $name:ident ($what:literal) {
            $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// Every one, in the order in which they are listed for people.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its one spelling.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::spelling::UnknownSpelling;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    other => Err($crate::spelling::UnknownSpelling::new($what, other)),
                }
            }
        }

        $crate::as_text!($name);
    };
}

pub use {as_text, spelled};

/// Holds each spelling to a literal, both ways, as text and as JSON.
#[cfg(test)]
pub(crate) fn holds<T>(spellings: &[(T, &str)])
where
    T: std::fmt::Debug
        + std::fmt::Display
        + PartialEq
        + serde::Serialize
        + serde::de::DeserializeOwned
        + std::str::FromStr<Err: std::fmt::Debug>,
{
    for (value, text) in spellings {
        assert_eq!(value.to_string(), *text);
        assert_eq!(&text.parse::<T>().expect(text), value);
        assert_eq!(serde_json::to_value(value).expect(text), *text);
        assert_eq!(&serde_json::from_value::<T>((*text).into()).expect(text), value);
    }
}
