//! What real receivers make of what is sent: programs and libraries that are not ours.
//!
//! Needs Python and Node with the packages that `.ci/python-clients.sh` and `.ci/node-clients.sh` install
//! (`THUMBPRINT_PYTHON_NOTICES` names another Python).
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::Mailer;
use super::calendar::samples::{READ, facts};
use super::calendar::written;
use super::channel::DeliveryVerdict;
use super::notice_text::NoticeText;
use super::notice_text::samples::{AT, digest};
use super::tests::{SECRET, Sink, site_at};
use super::{slack, teams};
use crate::config::EmailSettings;
use crate::store::databases::Database;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use domain::notices::{DeliveryState, Notice, NoticeFacts};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use time::OffsetDateTime;

const OTHER: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/notices").join(name)
}

fn python() -> PathBuf {
    let ours = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/python-notices/bin/python");
    std::env::var_os("THUMBPRINT_PYTHON_NOTICES").map_or_else(ours, PathBuf::from)
}

fn started(program: &Path, script_name: &str, arguments: &[&Path]) -> std::process::Child {
    let mut command = Command::new(program);
    command.arg(script(script_name)).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().unwrap_or_else(|error| {
        panic!("{} does not start ({error}): run .ci/python-clients.sh, and .ci/node-clients.sh", program.display())
    })
}

fn answer(program: &Path, script_name: &str, asked: &Value) -> Value {
    let mut child = started(program, script_name, &[]);
    child.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{script_name} failed: run .ci/python-clients.sh, and .ci/node-clients.sh");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn others_verify_our_signatures_and_read_our_event() {
    let sink = Sink::default();
    let seed = [7; 32];
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
    let channel = json!({"name": "ops", "kind": "webhook", "url": sink.start().await, "tells": ["admins"],
        "secrets": [SECRET, OTHER], "private_keys": [format!("whsk_{}", BASE64_STANDARD.encode(seed))]});
    let database = Database::sqlite();
    // Receivers refuse what is older than some minutes.
    let site = site_at(&database, json!([channel]), OffsetDateTime::now_utc()).await;
    let notice = site.post("1").await;
    site.sender.run().await.unwrap();
    let (headers, body) = sink.first();
    let names = ["content-type", "webhook-id", "webhook-timestamp", "webhook-signature"];
    let headers: Value = names.map(|name| (name, headers[name].to_str().unwrap().to_owned())).into_iter().collect();
    let stranger = format!("whsec_{}", BASE64_STANDARD.encode([9; 32]));
    let asked = json!({"headers": headers, "body": String::from_utf8(body.to_vec()).unwrap(),
        "secrets": [SECRET, OTHER, stranger], "public_key": BASE64_STANDARD.encode(pair.public_key())});
    let by_python = answer(&python(), "verify.py", &asked);
    let event = json!([notice.id, "thumbprint.notice.test.v1", "https://t.example", "1.0"]);
    assert_eq!(by_python["event"], event);
    for read in [by_python, answer(Path::new("node"), "verify.mjs", &asked)] {
        assert_eq!(read["v1"], json!([true, true, false]), "while a secret is replaced, both sign: {read}");
        assert_eq!(read["v1_tampered"], json!([false, false, false]));
        assert_eq!((&read["v1a"], &read["v1a_tampered"]), (&json!(true), &json!(false)));
    }
}

#[test]
fn a_card_fits_its_schema_and_a_message_slacks_limits() {
    let digests = [1, 60, 2_000].map(digest);
    let test = Notice { facts: NoticeFacts::Test, ..digests[0].clone() };
    let words: Vec<NoticeText> =
        digests.iter().chain([&test]).map(|notice| NoticeText::of(notice, "https://t.example", AT)).collect();
    let mut cards: Vec<Value> = words.iter().map(teams::message).collect();
    let mut messages: Vec<Value> = words.iter().map(slack::message).collect();
    assert!(cards.iter().all(|card| card.to_string().len() <= 20 * 1024));
    // What is wrong is found.
    let mut wrong = cards[0].clone();
    wrong["attachments"][0]["content"]["body"][0]["inlines"][0]["size"] = "Huge".into();
    cards.push(wrong);
    let mut wrong = messages[0].clone();
    wrong["blocks"][0]["text"]["text"] = "a".repeat(151).into();
    messages.push(wrong);
    let judged = answer(&python(), "cards.py", &json!({"teams": cards, "slack": messages}));
    for kind in ["teams", "slack"] {
        let found: Vec<usize> =
            judged[kind].as_array().unwrap().iter().map(|one| one.as_array().unwrap().len()).collect();
        assert_eq!(found, [0, 0, 0, 0, 1], "{kind}: {judged:#}");
    }
}

#[tokio::test]
async fn a_mail_server_takes_our_mail_and_python_reads_it() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let mut server = started(&python(), "smtp.py", &[&certificate, &key]);
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let port: u16 = lines.next().expect("a port: run .ci/python-clients.sh").unwrap().trim().parse().unwrap();
    let settings = json!({"host": "localhost", "port": port, "from": "Thumbprint <desk@example.com>",
        "admins": "desk-admins@example.com", "authority": certificate});
    let settings: EmailSettings = serde_json::from_value(settings).unwrap();
    let mailer = Mailer::new(&settings, ("https://t.example", "t.example"), None).unwrap().unwrap();
    let notice = digest(150);
    let (attempt, verdict) = mailer.send(&notice, &["Zoë <zoe@example.com>".to_owned()], AT).await;
    assert_eq!(
        (attempt.status, verdict),
        (Some(250), DeliveryVerdict::Ended(DeliveryState::Accepted)),
        "{}",
        attempt.answer
    );
    let read: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    drop(server.stdin.take());
    server.wait().unwrap();
    assert_eq!((&read["tls"], &read["defects"], &read["to"]), (&json!(true), &json!([]), &json!(["zoe@example.com"])));
    let headers = &read["headers"];
    assert_eq!(headers["message-id"], format!("<{}@t.example>", notice.id));
    assert_eq!(headers["subject"], "Credentials of 150 apps have ended, or end soon");
    assert_eq!(headers["list-unsubscribe"], "<mailto:desk-admins@example.com?subject=unsubscribe>");
    assert_eq!(headers["auto-submitted"], "auto-generated");
    let (plain, html) = (read["parts"]["text/plain"].as_str().unwrap(), read["parts"]["text/html"].as_str().unwrap());
    assert!(plain.contains("<b>\"payroll\" & [x]") && plain.contains("and 50 more"), "{plain}");
    assert!(html.contains("&lt;b&gt;") && html.matches("href=").count() == 1, "{html}");

    // Whoever does not have the name that the configuration says gets no mail.
    let stranger = EmailSettings { authority: None, ..settings };
    let mailer = Mailer::new(&stranger, ("https://t.example", "t.example"), None).unwrap().unwrap();
    let (attempt, verdict) = mailer.send(&notice, &["zoe@example.com".to_owned()], AT).await;
    assert_eq!((attempt.status, verdict), (None, DeliveryVerdict::Again { asked: None, holds: true }));
}

#[test]
fn two_libraries_read_our_calendar() {
    for names in [true, false] {
        let text = written(&facts(names), ("https://t.example", "t.example"), READ);
        let read = answer(&python(), "calendars.py", &json!({"text": text}));
        let (first, second) = (&read["icalendar"], &read["vobject"]);
        assert_eq!(first, second, "both say the same");
        assert_eq!(first["events"].as_array().unwrap().len(), 2);
        let event = &first["events"][0];
        assert_eq!((&event["start"], &event["stamp"]), (&json!("2026-12-24"), &json!("2026-11-29T06:00:00+00:00")));
        assert_eq!(event["summary"], "2 certificates and 1 secret end");
        assert!(event["uid"].as_str().unwrap().ends_with("@t.example"));
        let described = event["description"].as_str().unwrap();
        assert_eq!(
            described.contains("a, b; c\\nBEGIN:VALARMd: \"e\"") && described.contains(&"ä".repeat(90)),
            names,
            "{described}"
        );
        assert!(described.ends_with("https://t.example/notices"));
        assert_eq!((&read["alarms"], &read["defects"]), (&json!(0), &json!([])));
        assert!(first["about"].as_str().unwrap().starts_with("Built on 2026-11-29 06:00 UTC."));
        assert_eq!(first["refresh"], "PT6H");
    }
}
