//! Names of subjects and issuers as text.

use x509_parser::asn1_rs::Class;
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
    let oid = oid.to_id_string();
    let name = type_name(&oid).unwrap_or(&oid);
    match value(attribute) {
        Some(text) => format!("{name}={}", escape(&text)),
        // Not text at all: the value's octets, as RFC 4514 wants.
        None => format!("{name}=#{}", hex::encode(attribute.as_slice())),
    }
}

/// The names that x509-parser and its registry have for what occurs in names (X.520, RFC 4519, PKCS #9). Their table of all
/// there is would be a tenth of what a browser loads.
fn type_name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "0.9.2342.19200300.100.1.1" => "uid",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "Email",
        "1.2.840.113549.1.9.2" => "unstructuredName",
        "1.2.840.113549.1.9.20" => "friendlyName",
        "1.3.6.1.4.1.311.60.2.1.1" => "msJurisdictionLocality",
        "1.3.6.1.4.1.311.60.2.1.2" => "msJurisdictionStateOrProvince",
        "1.3.6.1.4.1.311.60.2.1.3" => "msJurisdictionCountry",
        "2.5.4.0" => "objectClass",
        "2.5.4.1" => "aliasedEntryName",
        "2.5.4.2" => "knowledgeInformation",
        "2.5.4.3" => "CN",
        "2.5.4.4" => "surname",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "streetAddress",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.12" => "title",
        "2.5.4.13" => "description",
        "2.5.4.14" => "searchGuide",
        "2.5.4.15" => "businessCategory",
        "2.5.4.16" => "postalAddress",
        "2.5.4.17" => "postalCode",
        "2.5.4.41" => "name",
        "2.5.4.42" => "givenName",
        "2.5.4.43" => "initials",
        "2.5.4.44" => "generationQualifier",
        "2.5.4.45" => "uniqueIdentifier",
        "2.5.4.46" => "dnQualifier",
        _ => return None,
    })
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
    use super::{escape, type_name};
    use x509_parser::objects::{oid_registry, oid2abbrev};

    /// 2.5.4 itself is the arc, and no attribute.
    #[test]
    fn attributes_have_the_names_that_the_library_has_for_them() {
        let mut compared = 0;
        for (oid, _) in oid_registry().iter() {
            let text = oid.to_id_string();
            let of_names = ["2.5.4.", "0.9.2342.19200300.100.1.", "1.3.6.1.4.1.311.60.2.1."];
            if of_names.iter().any(|arc| text.starts_with(arc)) || type_name(&text).is_some() {
                assert_eq!(type_name(&text), oid2abbrev(oid, oid_registry()).ok(), "{text}");
                compared += 1;
            }
        }
        assert_eq!(compared, 32);
    }

    #[test]
    fn special_characters_are_escaped() {
        assert_eq!(escape("Contoso, Inc."), "Contoso\\, Inc.");
        assert_eq!(escape("#1 "), "\\#1\\ ");
        assert_eq!(escape("a\0b"), "a\\00b");
        assert_eq!(escape("Müller GmbH"), "Müller GmbH");
    }
}
