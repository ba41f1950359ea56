//! Names of subjects and issuers as text.

use x509_parser::asn1_rs::Class;
use x509_parser::objects::{oid_registry, oid2abbrev};
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// Attributes in the certificate's order, `CN=payroll, O=Contoso`, escaped as RFC 4514, section 2.4 has it. In which
/// order Entra writes several attributes is not documented; openssl and Graph's recordings keep this one.
pub(crate) fn text(name: &X509Name<'_>) -> String {
    let relative_names = name.iter_rdn().map(|rdn| rdn.iter().map(attribute).collect::<Vec<_>>().join("+"));
    relative_names.collect::<Vec<_>>().join(", ")
}

pub(crate) fn common_name(name: &X509Name<'_>) -> Option<String> {
    name.iter_common_name().filter_map(value).find(|text| !text.trim().is_empty())
}

fn attribute(attribute: &AttributeTypeAndValue<'_>) -> String {
    let oid = attribute.attr_type();
    let name = oid2abbrev(oid, oid_registry()).map_or_else(|_| oid.to_id_string(), str::to_owned);
    match value(attribute) {
        Some(text) => format!("{name}={}", escape(&text)),
        // Not text at all: the value's octets, as RFC 4514 wants.
        None => format!("{name}=#{}", hex::encode(attribute.as_slice())),
    }
}

/// By the string's type (X.680, section 41). `None` where it is no string.
fn value(attribute: &AttributeTypeAndValue<'_>) -> Option<String> {
    let bytes = attribute.as_slice();
    let value = attribute.attr_value();
    if value.class() != Class::Universal {
        return None;
    }
    match value.tag().0 {
        // UTF8String, NumericString, PrintableString, TeletexString, VideotexString, IA5String, and the rest of one octet a
        // character. Some hold what their type does not allow.
        12 | 18..=22 | 25..=27 => Some(of_octets(bytes)),
        // UniversalString: UTF-32.
        28 => bytes.len().is_multiple_of(4).then(|| {
            let units = bytes.chunks_exact(4).map(|four| u32::from_be_bytes([four[0], four[1], four[2], four[3]]));
            units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }),
        // BMPString: UTF-16.
        30 => bytes.len().is_multiple_of(2).then(|| {
            let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }),
        _ => None,
    }
}

/// UTF-8, which programs write into each of these types; else Latin-1, as openssl reads TeletexString.
fn of_octets(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
}

/// Some attribute has a value that can be seen.
pub(crate) fn is_visible(name: &X509Name<'_>) -> bool {
    name.iter_attributes().any(|attribute| value(attribute).is_none_or(|text| !text.trim().is_empty()))
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let last = text.chars().count().saturating_sub(1);
    for (at, c) in text.chars().enumerate() {
        match c {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' => out.extend(['\\', c]),
            '#' | ' ' if at == 0 => out.extend(['\\', c]),
            ' ' if at == last => out.extend(['\\', c]),
            c if c.is_control() => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    out.push('\\');
                    out.push_str(&hex::encode_upper([byte]));
                }
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn special_characters_are_escaped() {
        assert_eq!(escape("Contoso, Inc."), "Contoso\\, Inc.");
        assert_eq!(escape("#1 "), "\\#1\\ ");
        assert_eq!(escape("a\0b"), "a\\00b");
        assert_eq!(escape("Müller GmbH"), "Müller GmbH");
    }
}
