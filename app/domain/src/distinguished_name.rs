//! Names of subjects and issuers as text.

use x509_parser::objects::{oid_registry, oid2abbrev};
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// Attributes in the certificate's order, `CN=payroll, O=Contoso`, escaped as RFC 4514, section 2.4 has it. In which
/// order Entra writes several attributes is not documented; openssl and Graph's recordings keep this one.
pub(crate) fn text(name: &X509Name<'_>) -> String {
    let relative_names = name.iter_rdn().map(|rdn| rdn.iter().map(attribute).collect::<Vec<_>>().join("+"));
    relative_names.collect::<Vec<_>>().join(", ")
}

pub(crate) fn common_name(name: &X509Name<'_>) -> Option<String> {
    name.iter_common_name().next().and_then(value).filter(|text| !text.trim().is_empty())
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

fn value(attribute: &AttributeTypeAndValue<'_>) -> Option<String> {
    let bytes = attribute.as_slice();
    let tag = attribute.attr_value().header.tag().0;
    match (attribute.as_str(), tag) {
        (Ok(text), _) => Some(text.to_owned()),
        // BMPString (UTF-16) and TeletexString (read as Latin-1, as openssl does) are older ways to write text.
        (_, 30) => {
            let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).ok()
        }
        (_, 20) => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
        _ => None,
    }
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
