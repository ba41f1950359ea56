//! What the worker answers, without a browser: messages go in, and what a person would see is looked at.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod doctor;
mod page;
mod support;

use domain::certificate::Certificate;
use domain::key_credential::KeyCredentials;
use page::{Page, Whose, moment};
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::signature::Verifier as _;
use rsa::{PrivateKey as RsaPrivateKey, pkcs1v15, pss, sha2::Sha256};
use serde_json::{Value, json};
use support::pair;
use worker::message::Effect;

const PASSWORD: &str = "correct-horse-battery-staple";
const APP: &str = "0f1e2d3c-4b5a-4978-8685-9483a2b10001";
const OBJECT: &str = "0f1e2d3c-4b5a-4978-8685-9483a2b10002";
const TENANT: &str = "0f1e2d3c-4b5a-4978-8685-9483a2b10003";

fn viewer() -> Value {
    json!({"name": "Mara", "username": "mara@contoso.example", "object_id": OBJECT, "tenant_id": TENANT, "roles": ["Admin"], "cloud": "Local tenant"})
}

fn upload() -> Page {
    Page::open(&json!({"Upload": {"app": ""}}), viewer())
}

#[test]
fn one_certificate_is_shown_whole_and_goes_on() {
    let mut page = upload();
    page.file("one.pem", pair("one").certificate.pem().as_bytes());
    let read = page.slot("read");
    assert!(
        read.contains("<h2 id=\"read-title\">one</h2>") && read.contains("Continue with this certificate"),
        "{read}"
    );
    assert!(read.contains("action=\"/api/keep-certificate\""));
    // The next one takes its place.
    page.file("notes.txt", b"nothing of the kind");
    assert!(page.slot("read").contains("not a certificate in any form known here"));
    assert!(!page.slot("read").contains("Continue with"));
}

#[test]
fn a_pfx_is_opened_with_its_password_and_the_key_goes_nowhere() {
    let one = pair("one");
    let mut page = upload();
    page.file("bundle.pfx", &one.pfx(PASSWORD));
    assert!(page.dialog.as_ref().is_some_and(|html| html.contains("bundle.pfx")));
    assert_eq!(page.slot("read"), "");
    page.password("wrong");
    assert_eq!(page.slot("password"), "That password does not open the file. Try again.");
    assert_eq!(page.effects, [Effect::Again { id: "pfx-password" }]);
    page.password(PASSWORD);
    assert_eq!(page.dialog, None);
    assert!(page.slot("read").contains("The private key stayed in this browser"));
    assert!(page.slot("read").contains("Continue with this certificate"));
    assert_eq!(one.traces_in(&page.handed_out()), Vec::<String>::new());
    assert!(!page.handed_out().contains(PASSWORD));
}

#[test]
fn an_empty_text_takes_the_place_of_no_file() {
    let read = |text: &str| json!({"form": {"name": "read", "fields": [["app", ""], ["text", text]], "secrets": []}});
    let mut page = upload();
    page.send(read(""));
    assert!(page.slot("read").contains("There is nothing in it"));
    page.file("one.pem", pair("one").certificate.pem().as_bytes());
    page.send(read(" "));
    assert!(page.slot("read").contains("one.pem"));
    page.send(read(&pair("two").certificate.pem()));
    assert!(page.slot("read").contains("Pasted text"));
}

#[test]
fn of_many_files_each_has_its_fate_and_the_good_ones_go_on() {
    let (one, two) = (pair("one"), pair("two"));
    let mut page = upload();
    page.file("one.pem", one.certificate.pem().as_bytes());
    page.another("two.pfx", &two.pfx(PASSWORD));
    page.another("again.der", one.certificate.der());
    page.another("key.pem", domain::encoding::pem("PRIVATE KEY", &one.key).as_bytes());
    page.another("empty.txt", b"");
    // The PFX is put off: the list says so, and offers it again.
    page.press("cancel", "");
    let read = page.slot("read").to_owned();
    for part in [
        "5 files",
        "1 certificate to go on with, 4 left out",
        "Locked",
        "one.pem has the same certificate",
        "It holds a private key and no certificate",
        "There is nothing in it",
    ] {
        assert!(read.contains(part), "{part}: {read}");
    }
    page.press("unlock", "1");
    page.password(PASSWORD);
    let read = page.slot("read").to_owned();
    assert!(
        read.contains("Continue with 2 certificates") && read.contains("action=\"/api/keep-certificates\""),
        "{read}"
    );
    assert_eq!(read.matches("name=\"certificate[]\"").count(), 2);
    assert_eq!(read.matches("-----BEGIN CERTIFICATE-----").count(), 2);
    // Each to an app of its own: a table is filled with what is typed.
    page.send(json!({"field": {"name": "app 1", "value": " Payroll, export "}}));
    let table = domain::csv::import(&page.values["apart-csv"]).unwrap();
    assert_eq!(table.len(), 1);
    assert!(
        page.values["apart-csv"].contains("\"Payroll, export\"")
            && page.values["apart-csv"].contains(&two.certificate.der_base64())
    );
    // What was typed stays when the list changes.
    page.press("leave-out", "4");
    assert!(page.slot("read").contains("value=\" Payroll, export \""), "{}", page.slot("read"));
    assert_eq!(one.traces_in(&page.handed_out()), Vec::<String>::new());
    assert_eq!(two.traces_in(&page.handed_out()), Vec::<String>::new());
    page.press("clear", "");
    assert_eq!(page.slot("read"), "");
}

#[test]
fn more_files_than_are_read_at_once_are_counted() {
    let mut page = upload();
    let pem = pair("one").certificate.pem();
    page.file("0.pem", pem.as_bytes());
    for at in 1..53 {
        page.another(&format!("{at}.pem"), pem.as_bytes());
    }
    assert!(page.slot("read").contains("3 files were not read: 50 are read at once"));
    assert!(page.slot("read").contains("50 files"));
}

#[test]
fn a_file_is_searched_for_by_its_thumbprint_alone() {
    let one = pair("one");
    let mut page = Page::open(&json!("Search"), viewer());
    page.file("one.pfx", &one.pfx(PASSWORD));
    page.password(PASSWORD);
    assert_eq!(page.effects, [Effect::Search { thumbprint: one.certificate.sha1() }]);
}

fn make(page: &mut Page, kind: &str) {
    let fields =
        [("kind", kind), ("name", "payroll/2027"), ("organization", "Contoso"), ("bits", "2048"), ("days", "90")];
    page.send(json!({"form": {"name": "make", "fields": fields, "secrets": []}}));
}

#[test]
fn a_key_pair_is_made_and_only_saved_files_hold_the_key() {
    let mut page = Page::open(&json!({"Make": {"app": APP}}), viewer());
    make(&mut page, "certificate");
    let made = page.slot("made").to_owned();
    assert!(made.contains("The certificate is made") && made.contains("CN=payroll/2027"), "{made}");
    assert!(made.contains("Save the private key first."));
    let secrets = ["long enough", "long enougH"];
    page.send(json!({"form": {"name": "save-pfx", "fields": [], "secrets": secrets}}));
    assert_eq!(page.slot("pfx"), "The two passwords differ. Type them again.");
    assert!(!page.slot("next").contains("Only the certificate is sent."));
    page.send(json!({"form": {"name": "save-pfx", "fields": [], "secrets": [PASSWORD, PASSWORD]}}));
    page.press("save-pem", "");
    assert!(page.slot("next").contains("Only the certificate is sent."), "{}", page.slot("next"));
    assert!(page.slot("saved").contains("payroll-2027.pem"));
    let saved: Vec<_> = page
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Save { name, bytes, .. } => Some((name.as_str(), bytes.as_slice())),
            _ => None,
        })
        .collect();
    let [("payroll-2027.pfx", pfx), ("payroll-2027.pem", pem)] = saved.as_slice() else { panic!("{saved:?}") };
    let opened = keys::open_pkcs12_with_key(pfx, PASSWORD).unwrap();
    let read = keys::read_with_key(pem).unwrap();
    assert!(opened.key.belongs_to(&read.certificates[0]) && read.key.belongs_to(&opened.certificates[0]));
    let slots = format!("{:?}", page.slots);
    assert_eq!(pair("generated").traces_in(&slots), Vec::<String>::new());
    assert!(!slots.contains(PASSWORD));
}

#[test]
fn a_request_has_no_lifetime_and_is_saved_apart_from_its_key() {
    let mut page = Page::open(&json!({"Make": {"app": ""}}), viewer());
    make(&mut page, "request");
    assert!(page.slot("made").contains("BEGIN CERTIFICATE REQUEST"));
    page.press("save-request", "");
    page.press("save-pem", "");
    let names = page.effects.iter().map(|effect| match effect {
        Effect::Save { name, .. } => name.as_str(),
        other => panic!("{other:?}"),
    });
    assert_eq!(names.collect::<Vec<_>>(), ["payroll-2027.csr", "payroll-2027.key"]);
}

#[test]
fn a_name_that_is_too_long_makes_nothing() {
    let mut page = Page::open(&json!({"Make": {"app": ""}}), viewer());
    let fields = [("kind", "certificate"), ("name", &"x".repeat(65))];
    page.send(json!({"form": {"name": "make", "fields": fields, "secrets": []}}));
    assert!(page.slot("made").contains("A common name has 1 to 64 characters"));
    page.press("save-pem", "");
    assert!(page.effects.is_empty());
}

/// `fresh`: it was registered a moment ago.
fn subject(registered: &[&Certificate], fresh: bool) -> Value {
    let entries: Vec<_> = registered
        .iter()
        .map(|it| json!({"customKeyIdentifier": it.sha1().hex(), "key": it.der_base64(), "type": "AsymmetricX509Cert", "usage": "Verify", "keyId": APP, "displayName": "x", "startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2030-01-01T00:00:00Z"}))
        .collect();
    let evidence = domain::doctor::evidence::Evidence {
        app_credentials: Some(KeyCredentials::from_json(&entries.into()).unwrap()),
        ..domain::doctor::evidence::Evidence::at(moment().now)
    };
    let thumbprints: Vec<_> = registered.iter().map(|it| it.sha1()).collect();
    let subject = json!({
        "object_id": OBJECT, "name": "Payroll",
        "target": {"app": OBJECT, "app_id": APP, "display_name": "Payroll", "tenant_id": TENANT,
            "token_endpoint": format!("https://login.example.com/{TENANT}/oauth2/v2.0/token"),
            "scope": "https://graph.example.com/.default", "registered": thumbprints, "fresh": fresh},
        "evidence": {"evidence": evidence, "app": null, "at_hand": []},
    });
    json!({"Proof": subject.to_string()})
}

fn prove(page: &mut Page, algorithm: &str) {
    let fields = [("which", "0"), ("algorithm", algorithm)];
    page.send(json!({"form": {"name": "prove", "fields": fields, "secrets": []}}));
}

/// The assertion that the page is to send as the `expected`-th attempt, and the number of the question.
fn sent(page: &mut Page, expected: u32) -> (u32, String) {
    match page.effects.pop() {
        Some(Effect::Prove { number, app, assertion, attempt }) if app.to_string() == APP && attempt == expected => {
            (number, assertion)
        }
        other => panic!("{other:?}"),
    }
}

fn answer(page: &mut Page, number: u32, attempt: &Value) {
    page.send(json!({"answered": {"number": number, "status": 200, "body": attempt.to_string()}}));
}

fn wait() -> Value {
    json!({"Wait": {"answer": "AADSTS700027: x. [Reason - The key was not found.]"}})
}

fn over() -> Value {
    json!({"Over": {"html": "<p>what the portal says of it</p>"}})
}

#[test]
fn a_proof_is_signed_here_and_the_assertion_alone_goes_out() {
    let one = pair("one");
    for algorithm in ["PS256", "RS256"] {
        let mut page = Page::open(&subject(&[&one.certificate], false), viewer());
        page.file("one.pfx", &one.pfx(PASSWORD));
        page.password(PASSWORD);
        assert!(
            page.slot("key").contains("The certificate is registered on Payroll and in force."),
            "{}",
            page.slot("key")
        );
        prove(&mut page, algorithm);
        assert!(page.slot("ask").contains("disabled"));
        let (number, assertion) = sent(&mut page, 1);
        let (signed, signature) = assertion.rsplit_once('.').unwrap();
        let signature = domain::encoding::decode_base64(signature).unwrap();
        let public = RsaPrivateKey::from_pkcs8_der(&one.key).unwrap().to_public_key();
        if algorithm == "PS256" {
            let signature = pss::Signature::try_from(signature.as_slice()).unwrap();
            pss::VerifyingKey::<Sha256>::new(public).verify(signed.as_bytes(), &signature).unwrap();
        } else {
            let signature = pkcs1v15::Signature::try_from(signature.as_slice()).unwrap();
            pkcs1v15::VerifyingKey::<Sha256>::new(public).verify(signed.as_bytes(), &signature).unwrap();
        }
        answer(&mut page, number, &over());
        assert_eq!(page.slot("proof"), "<p>what the portal says of it</p>");
        assert!(!page.slot("ask").contains("disabled"));
        assert_eq!(one.traces_in(&page.handed_out()), Vec::<String>::new());
    }
}

#[test]
fn a_key_of_no_certificate_signs_nothing_and_one_of_an_unregistered_certificate_neither() {
    let (one, two) = (pair("one"), pair("two"));
    let mut page = Page::open(&subject(&[&one.certificate], false), viewer());
    page.file("two.key", domain::encoding::pem("PRIVATE KEY", &two.key).as_bytes());
    assert!(page.slot("key").contains("This private key belongs to no certificate here"));
    prove(&mut page, "PS256");
    assert!(page.effects.is_empty());
    page.file("two.pfx", &two.pfx(PASSWORD));
    page.password(PASSWORD);
    assert!(page.slot("key").contains("Register it on this app") && !page.slot("key").contains("Get a token"));
}

#[test]
fn a_registration_on_its_way_is_waited_for_with_a_countdown_and_can_be_called_off() {
    let one = pair("one");
    let mut page = Page::open(&subject(&[&one.certificate], true), viewer());
    page.file("one.key", domain::encoding::pem("PRIVATE KEY", &one.key).as_bytes());
    prove(&mut page, "PS256");
    let (first, assertion) = sent(&mut page, 1);
    answer(&mut page, first, &wait());
    for seconds in (1..=5).rev() {
        assert!(page.slot("proof").contains(&format!("Next attempt in {seconds} s")), "{}", page.slot("proof"));
        page.tick();
    }
    let (second, again) = sent(&mut page, 2);
    assert_ne!(first, second);
    assert_eq!(assertion.split('.').nth(1), again.split('.').nth(1), "the same clock and randomness");
    // An answer to what went before changes nothing.
    answer(&mut page, first, &over());
    assert!(page.slot("proof").contains("attempt 2"));
    answer(&mut page, second, &wait());
    page.press("cancel-proof", "");
    assert!(page.slot("proof").contains("Entra was asked 2 times"));
    page.tick();
    assert!(page.effects.is_empty(), "{:?}", page.effects);
}

#[test]
fn what_the_portal_refuses_or_does_not_answer_is_said() {
    let one = pair("one");
    let mut page = Page::open(&subject(&[&one.certificate], false), viewer());
    page.file("one.key", domain::encoding::pem("PRIVATE KEY", &one.key).as_bytes());
    for (status, body, said) in [
        (0, "", "The portal did not answer"),
        (
            403,
            r#"{"status":403,"code":"x","title":"Not yours","detail":"Why.","advice":null,"request_id":null}"#,
            "Not yours",
        ),
        (502, "<html>", "The portal’s answer could not be read"),
        (200, "{}", "The portal’s answer could not be read"),
    ] {
        prove(&mut page, "PS256");
        let (number, _) = sent(&mut page, 1);
        page.send(json!({"answered": {"number": number, "status": status, "body": body}}));
        assert!(page.slot("proof").contains(said), "{said}: {}", page.slot("proof"));
        assert!(!page.slot("ask").contains("disabled"));
    }
}

#[test]
fn what_a_script_says_about_a_proof_is_judged_by_the_second_worker_and_secrets_are_masked() {
    let one = pair("one");
    let mut page = Page::open(&subject(&[&one.certificate], false), viewer());
    let say = |page: &mut Page, text: &str| page.tell(Whose::Second, json!({"text": {"text": text}}), b"");
    say(&mut page, "{\"access_token\": \"(left out)\", \"expires_in\": 3599}");
    assert!(page.slot("kit").contains("Token issued: the certificate works"), "{}", page.slot("kit"));
    say(
        &mut page,
        "AADSTS700027: x. [Reason - The key was not found.] client_secret=Abc8Q~notReallyASecret.AtAll0123456789",
    );
    assert!(page.slot("kit").contains("Most likely cause"), "{}", page.slot("kit"));
    assert!(!page.handed_out().contains("notReallyASecret"));
    say(&mut page, " ");
    assert_eq!(page.slot("kit"), "");
    assert!(page.effects.is_empty(), "nothing is sent: {:?}", page.effects);
}

#[test]
fn the_same_answer_is_not_put_in_place_twice() {
    let mut page = upload();
    let pem = pair("one").certificate.pem();
    page.file("one.pem", pem.as_bytes());
    page.slots.clear();
    page.file("one.pem", pem.as_bytes());
    assert_eq!(page.slots.len(), 0);
}
