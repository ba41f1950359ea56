//! openssl, asked as a second opinion.
#![allow(dead_code, reason = "each test file uses its own part")]

pub mod entries;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Runs openssl, which must succeed.
pub fn openssl(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments).stdin(Stdio::null()).output().expect("openssl is installed");
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Runs openssl with input; `None` where it refuses.
pub fn openssl_with(arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl is installed");
    let mut stdin = child.stdin.take().expect("piped");
    // openssl may stop reading before the end.
    let _ = stdin.write_all(input);
    drop(stdin);
    let output = child.wait_with_output().expect("openssl ran");
    output.status.success().then_some(output.stdout)
}

/// openssl's word on a certificate in DER.
pub struct Word {
    pub sha1: String,
    pub sha256: String,
    pub serial: String,
    pub der_base64: String,
    /// Seconds since 1970.
    pub not_before: i64,
    pub not_after: i64,
}

pub fn word(der: &[u8]) -> Option<Word> {
    let text = openssl_with(
        &[
            "x509",
            "-inform",
            "der",
            "-serial",
            "-startdate",
            "-enddate",
            "-dateopt",
            "iso_8601",
            "-fingerprint",
            "-sha1",
        ],
        der,
    )?;
    let text = String::from_utf8(text).ok()?;
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    let sha256 =
        String::from_utf8(openssl_with(&["x509", "-inform", "der", "-noout", "-fingerprint", "-sha256"], der)?).ok()?;
    let sha256 = sha256.trim().split_once('=')?.1.replace(':', "");
    // What openssl writes between the lines of PEM is base64 of the DER.
    let der_base64 = text.split_once("-----BEGIN CERTIFICATE-----")?.1.split_once("-----END CERTIFICATE-----")?.0;
    Some(Word {
        sha1: value("sha1 Fingerprint=").or_else(|| value("SHA1 Fingerprint="))?.replace(':', ""),
        sha256,
        serial: value("serial=")?,
        der_base64: der_base64.split_whitespace().collect(),
        not_before: seconds(&value("notBefore=")?)?,
        not_after: seconds(&value("notAfter=")?)?,
    })
}

/// `2026-11-24 12:00:00Z` as openssl writes it.
fn seconds(text: &str) -> Option<i64> {
    let text = text.trim().replacen(' ', "T", 1);
    time::OffsetDateTime::parse(&text, &time::format_description::well_known::Rfc3339)
        .ok()
        .map(time::OffsetDateTime::unix_timestamp)
}

/// A self-signed certificate made by openssl: its PEM and its key's PEM, in `folder`.
pub struct Made {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Made {
    pub fn pem(&self) -> String {
        std::fs::read_to_string(&self.certificate).expect("written by openssl")
    }

    pub fn key_pem(&self) -> String {
        std::fs::read_to_string(&self.key).expect("written by openssl")
    }

    pub fn der(&self) -> Vec<u8> {
        openssl(&["x509", "-in", path(&self.certificate), "-outform", "der"])
    }
}

pub fn path(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

/// `newkey`: `rsa:2048`, or openssl's words for a key of another kind; `arguments`: further ones for `openssl req -x509`.
pub fn make(folder: &Path, name: &str, newkey: &[&str], arguments: &[&str]) -> Made {
    let made = Made { certificate: folder.join(format!("{name}.pem")), key: folder.join(format!("{name}.key")) };
    let mut all = vec!["req", "-x509", "-noenc"];
    if let [rsa] = newkey
        && let Some(bits) = rsa.strip_prefix("rsa:")
    {
        rsa_key(&made.key, name, bits);
        all.extend(["-new", "-key", path(&made.key)]);
    } else {
        all.push("-newkey");
        all.extend(newkey);
        all.extend(["-keyout", path(&made.key)]);
    }
    all.extend(["-out", path(&made.certificate)]);
    if !arguments.contains(&"-subj") {
        all.extend(["-subj", "/CN=payroll.contoso.example"]);
    }
    all.extend(arguments);
    openssl(&all);
    made
}

/// Writes openssl's RSA key of this name to `key`. Where tests keep keys (see `.cargo/config.toml`), it is made once: most tests
/// need several, and each is a process of its own.
fn rsa_key(key: &Path, name: &str, bits: &str) {
    let make = |out: &Path| {
        let bits = format!("rsa_keygen_bits:{bits}");
        openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", &bits, "-out", path(out)]);
    };
    let Some(keys) = std::env::var_os("LOCAL_TENANT_KEYS").filter(|keys| !keys.is_empty()) else { return make(key) };
    let kept = Path::new(&keys).join(format!("openssl-{bits}-{name}.pem"));
    if !kept.exists() {
        std::fs::create_dir_all(&keys).expect("a folder for keys");
        // Whole at every moment, and of two that make it at the same time, one stays.
        let new = tempfile::NamedTempFile::new_in(&keys).expect("a file for a key");
        make(new.path());
        new.persist(&kept).expect("kept");
    }
    std::fs::copy(kept, key).expect("copied");
}

/// A root, an intermediate and a leaf, each signed by the one before; in PEM. The leaf and its key are left in the folder, too.
pub fn chain(folder: &Path) -> [String; 3] {
    let root = make(folder, "root", &["rsa:2048"], &["-subj", "/CN=Contoso Root"]);
    let issue = |name: &str, subject: &str, by: &Made, ca: bool| {
        let made = Made { certificate: folder.join(format!("{name}.pem")), key: folder.join(format!("{name}.key")) };
        let ca = format!("basicConstraints=critical,CA:{}", if ca { "TRUE" } else { "FALSE" });
        rsa_key(&made.key, name, "2048");
        openssl(&[
            "req",
            "-x509",
            "-new",
            "-key",
            path(&made.key),
            "-subj",
            subject,
            "-CA",
            path(&by.certificate),
            "-CAkey",
            path(&by.key),
            "-addext",
            &ca,
            "-out",
            path(&made.certificate),
        ]);
        made
    };
    let middle = issue("middle", "/CN=Contoso Issuing", &root, true);
    let leaf = issue("leaf", "/CN=payroll", &middle, false);
    [root.pem(), middle.pem(), leaf.pem()]
}
