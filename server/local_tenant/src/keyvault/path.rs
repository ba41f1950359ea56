//! Paths of a vault to routes. An empty version stands for the latest one: `/certificates/payroll/`.

use uuid::Uuid;

/// `None` as version: the latest.
type Version = Option<VersionId>;

/// 32 hex digits in a path, or text that names no version at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VersionId {
    Known(Uuid),
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    Certificates,
    Certificate(String, Version),
    CertificateVersions(String),
    CertificatePolicy(String),
    CertificateCreate(String),
    CertificatePending(String),
    CertificateMerge(String),
    CertificateBackup(String),
    CertificateImport(String),
    DeletedCertificates,
    DeletedCertificate(String),
    RecoverCertificate(String),
    Keys,
    Key(String, Version),
    KeyVersions(String),
    KeyCreate(String),
    KeySign(String, Version),
    KeyVerify(String, Version),
    Secret(String, Version),
}

/// `path` is what follows the vault, without a slash in front.
pub(super) fn parse(path: &str) -> Option<Route> {
    let parts: Vec<&str> = path.split('/').collect();
    let named = |name: &str| -> Option<String> {
        let good = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        good.then(|| name.to_owned())
    };
    Some(match parts.as_slice() {
        ["certificates"] | ["certificates", ""] => Route::Certificates,
        // No certificate can have these names.
        ["certificates", "issuers" | "contacts", ..] => return None,
        ["certificates", name, "versions"] => Route::CertificateVersions(named(name)?),
        ["certificates", name, "policy"] => Route::CertificatePolicy(named(name)?),
        ["certificates", name, "create"] => Route::CertificateCreate(named(name)?),
        ["certificates", name, "pending"] => Route::CertificatePending(named(name)?),
        ["certificates", name, "pending", "merge"] => Route::CertificateMerge(named(name)?),
        ["certificates", name, "backup"] => Route::CertificateBackup(named(name)?),
        ["certificates", name, "import"] => Route::CertificateImport(named(name)?),
        ["certificates", name] => Route::Certificate(named(name)?, None),
        ["certificates", name, text] => Route::Certificate(named(name)?, version(text)),
        ["deletedcertificates"] | ["deletedcertificates", ""] => Route::DeletedCertificates,
        ["deletedcertificates", name] | ["deletedcertificates", name, ""] => Route::DeletedCertificate(named(name)?),
        ["deletedcertificates", name, "recover"] => Route::RecoverCertificate(named(name)?),
        ["keys"] | ["keys", ""] => Route::Keys,
        ["keys", name, "versions"] => Route::KeyVersions(named(name)?),
        ["keys", name, "create"] => Route::KeyCreate(named(name)?),
        ["keys", name, "sign"] => Route::KeySign(named(name)?, None),
        ["keys", name, "verify"] => Route::KeyVerify(named(name)?, None),
        ["keys", name] => Route::Key(named(name)?, None),
        ["keys", name, text] => Route::Key(named(name)?, version(text)),
        ["keys", name, text, "sign"] => Route::KeySign(named(name)?, version(text)),
        ["keys", name, text, "verify"] => Route::KeyVerify(named(name)?, version(text)),
        ["secrets", name] => Route::Secret(named(name)?, None),
        ["secrets", name, text] => Route::Secret(named(name)?, version(text)),
        _ => return None,
    })
}

fn version(text: &str) -> Version {
    if text.is_empty() {
        return None;
    }
    let hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some(if hex { Uuid::parse_str(text).map_or(VersionId::Unknown, VersionId::Known) } else { VersionId::Unknown })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_version_has_several_spellings() {
        assert_eq!(parse("certificates/a"), Some(Route::Certificate("a".into(), None)));
        assert_eq!(parse("certificates/a/"), Some(Route::Certificate("a".into(), None)));
        assert_eq!(parse("keys/a//sign"), Some(Route::KeySign("a".into(), None)));
        let id = Uuid::from_u128(7);
        let path = format!("keys/a/{}/sign", id.simple());
        assert_eq!(parse(&path), Some(Route::KeySign("a".into(), Some(VersionId::Known(id)))));
        assert_eq!(parse("certificates/a/b"), Some(Route::Certificate("a".into(), Some(VersionId::Unknown))));
        for bad in ["", "certificates/issuers", "certificates/contacts", "certificates/a b", "storage", "keys/a/b/c/d"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
