//! What was taken off, in words.

use super::Charset;
use std::fmt;

/// In which kind of file a member was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 8259.
    Json,
    /// YAML 1.2.
    Yaml,
    /// XML 1.0, and HTML.
    Xml,
    /// `name=value` and headers.
    Other,
}

/// One wrapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer {
    /// The bytes were text in it.
    Charset(Charset),
    /// The value of a member, for instance `cer` in JSON.
    Member {
        /// Of the text that the member stands in.
        format: Format,
        /// The member's name.
        name: String,
    },
    /// `\n`, `\u002b`
    Backslashes,
    /// `%0A`
    Percent,
    /// `&#10;`
    Entities,
    /// RFC 2045, section 6.7.
    QuotedPrintable,
    /// Colours of a terminal.
    Colours,
    /// The armour's dashes were not five hyphens.
    OddDashes,
    /// The armour named something else: this label.
    OtherLabel(String),
    /// PEM (RFC 7468).
    Armour,
    /// Two digits a byte.
    Hexadecimal,
    /// A list of numbers.
    Numbers,
    /// RFC 4648.
    Base64,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Charset(charset) => write!(f, "{charset} text"),
            Self::Member { format: Format::Json, name } => write!(f, "the JSON member “{name}”"),
            Self::Member { format: Format::Yaml, name } => write!(f, "the YAML member “{name}”"),
            Self::Member { format: Format::Xml, name } => write!(f, "the XML element “{name}”"),
            Self::Member { format: Format::Other, name } => write!(f, "“{name}”"),
            Self::Backslashes => f.write_str("backslash escapes"),
            Self::Percent => f.write_str("percent-encoding"),
            Self::Entities => f.write_str("XML or HTML entities"),
            Self::QuotedPrintable => f.write_str("quoted-printable"),
            Self::Colours => f.write_str("terminal colours"),
            Self::OddDashes => f.write_str("a BEGIN line with other dashes than five hyphens"),
            Self::OtherLabel(label) => write!(f, "a BEGIN line that says {label}"),
            Self::Armour => f.write_str("PEM"),
            Self::Hexadecimal => f.write_str("hexadecimal"),
            Self::Numbers => f.write_str("a list of numbers"),
            Self::Base64 => f.write_str("base64"),
        }
    }
}

/// One line for people on what was taken off. `None` where it came plain: as PEM, base64 or DER and nothing around it.
pub fn sentence(layers: &[Layer]) -> Option<String> {
    let plain = matches!(layers, [] | [Layer::Armour | Layer::Base64]);
    if plain {
        return None;
    }
    let names: Vec<String> = layers.iter().map(ToString::to_string).collect();
    Some(format!("It was unwrapped from {}.", names.join(", then ")))
}
