#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
use super::super::file::read;
use super::*;
use crate::test_certificate;

struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        let (certificate, key) = test_certificate::pem();
        files.write("portal.crt", &certificate);
        files.write("portal.key", &key);
        files.write("token.key", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n");
        files
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A file in which everything is right, changed by `change`.
    fn config(&self, change: impl FnOnce(String) -> String) -> Result<Config, ConfigError> {
        let at = |name: &str| self.0.path().join(name).display().to_string();
        let text = format!(
            "public_url = \"https://thumbprint.example.com\"\ndatabase = \"{}\"\ntoken_key_file = \"{}\"\n[entra]\ntenant_id = \"11111111-2222-4333-8444-555555555555\"\nclient_id = \"66666666-7777-4888-9999-000000000000\"\ncertificate = \"{}\"\nprivate_key = \"{}\"\n",
            at("db.sqlite"),
            at("token.key"),
            at("portal.crt"),
            at("portal.key")
        );
        read(&self.write("thumbprint.toml", &change(text)))
    }

    fn findings(&self, change: impl FnOnce(String) -> String) -> Vec<ConfigFinding> {
        match self.config(change).err().unwrap() {
            ConfigError::Findings(findings) => findings,
            other => panic!("{other}"),
        }
    }
}

fn fields(findings: &[ConfigFinding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.field).collect()
}

#[test]
fn a_right_one_is_taken() {
    let config = Files::new().config(|text| text).unwrap();
    assert_eq!(config.origin(), "https://thumbprint.example.com");
    assert_eq!(config.entra.cloud.graph_root.as_str(), "https://graph.microsoft.com/");
    assert_eq!(config.listen.port(), 3000);
    assert!(config.client_address_header.is_none());
}

#[test]
fn the_database_is_a_file_or_a_url_of_one_of_two_kinds() {
    let files = Files::new();
    let sqlite = files.0.path().join("db.sqlite").display().to_string();
    let with = |database: &str| files.config(|text| text.replace(&sqlite, database));
    for right in [
        "thumbprint.sqlite",
        "sqlite:thumbprint.sqlite",
        "postgres://thumbprint:secret@db.example.com/thumbprint?sslmode=verify-full",
    ] {
        assert_eq!(with(right).unwrap().database, right);
    }
    for wrong in ["mysql://db.example.com/thumbprint", "postgres://thumbprint:secret@db.example.com:port/thumbprint"] {
        let Err(ConfigError::Findings(findings)) = with(wrong) else { panic!("{wrong}") };
        assert_eq!(fields(&findings), ["database"]);
        assert!(!findings[0].to_string().contains("secret"), "{}", findings[0]);
    }
}

#[test]
fn a_database_on_another_machine_is_reached_by_tls_unless_the_configuration_says_so() {
    let files = Files::new();
    let sqlite = files.0.path().join("db.sqlite").display().to_string();
    let with = |url: &str, more: &str| files.config(|text| format!("{more}\n{}", text.replace(&sqlite, url)));
    for (url, is_right) in [
        ("postgres://t@db.example.com/t", false),
        ("postgres://t@db.example.com/t?sslmode=prefer", false),
        ("postgres://t@db.example.com/t?sslmode=disable", false),
        ("postgres://t@192.0.2.7/t", false),
        ("postgres://t@db.example.com/t?sslmode=require", true),
        ("postgres://t@db.example.com/t?sslmode=verify-full", true),
        ("postgres://t@localhost/t", true),
        ("postgres://t@127.0.0.1:5433/t", true),
        ("postgres://t@localhost/t?host=/run/postgresql", true),
    ] {
        match with(url, "") {
            Ok(_) => assert!(is_right, "{url}"),
            Err(ConfigError::Findings(findings)) => {
                assert_eq!((fields(&findings), is_right), (vec!["database"], false));
            }
            Err(other) => panic!("{url}: {other}"),
        }
        assert!(with(url, "database_without_tls = true").is_ok(), "{url}");
    }
}

#[test]
fn everything_missing_is_named_at_once() {
    let findings = Files::new().findings(|_| String::new());
    let expected = [
        "public_url",
        "database",
        "token_key_file",
        "entra.tenant_id",
        "entra.client_id",
        "entra.certificate",
        "entra.private_key",
    ];
    assert_eq!(fields(&findings), expected);
    assert!(findings.iter().all(|finding| !finding.cure.is_empty()));
}

#[test]
fn plain_http_is_for_loopback() {
    let files = Files::new();
    let public = |url: &str| files.config(|text| text.replace("https://thumbprint.example.com", url));
    assert!(public("http://127.0.0.1:3000").is_ok());
    assert!(public("http://localhost:3000").is_ok());
    assert!(public("http://thumbprint.example.com").is_err());
    assert!(public("https://thumbprint.example.com/portal").is_err());
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let files = Files::new();
    files.write("portal.key", &test_certificate::pem().1);
    let findings = files.findings(|text| text);
    assert_eq!(fields(&findings), ["entra.private_key"]);
}

#[test]
fn clouds_are_known_by_name_and_chinas_host_can_be_changed() {
    let files = Files::new();
    let config = files.config(|text| text + "cloud = \"china\"\nlogin_host = \"login.chinacloudapi.cn\"\n").unwrap();
    assert_eq!(config.entra.cloud.authority.as_str(), "https://login.chinacloudapi.cn/");
    assert_eq!(config.entra.cloud.graph_root.as_str(), "https://microsoftgraph.chinacloudapi.cn/");
    assert_eq!(fields(&files.findings(|text| text + "cloud = \"mars\"\n")), ["entra.cloud"]);
    assert_eq!(fields(&files.findings(|text| text + "cloud = \"custom\"\n")), ["entra.custom"]);
}

#[test]
fn unknown_keys_are_an_error() {
    let error = Files::new().config(|text| format!("databse = \"x\"\n{text}")).err().unwrap();
    assert!(error.to_string().contains("databse"), "{error}");
}

#[test]
fn a_write_cannot_be_late_before_its_request_is_given_up() {
    let files = Files::new();
    let with = |desk: &str| files.config(|text| format!("{text}[desk]\n{desk}\n"));
    for wrong in ["late_write_bound = 34.9", "request_timeout = 116", "late_write_bound = 10\nrequest_timeout = 10"] {
        let Err(ConfigError::Findings(findings)) = with(wrong) else { panic!("{wrong}") };
        assert_eq!(fields(&findings), ["desk.late_write_bound"], "{wrong}");
    }
    let Err(ConfigError::Findings(findings)) = with("late_write_bound = 20") else { panic!("20") };
    let text = findings[0].to_string();
    assert!(text.contains("is 20 seconds, less than the 30 of desk.request_timeout"), "{text}");
    assert!(text.contains("Write at least 35"), "{text}");
    assert_eq!(
        fields(&files.findings(|text| format!("{text}[desk]\nlate_write_bound = 1e9\n"))),
        ["desk.late_write_bound"]
    );
    for right in [
        "",
        "late_write_bound = 35",
        "late_write_bound = 86400",
        "late_write_bound = 15\nrequest_timeout = 10",
        "request_timeout = 115",
    ] {
        assert!(with(right).is_ok(), "{right}");
    }
}
