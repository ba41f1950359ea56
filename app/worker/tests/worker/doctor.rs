//! The page of the doctor, with its two workers.

use crate::page::{Page, moment};
use crate::support::pair;
use crate::{APP, OBJECT, PASSWORD, viewer};
use serde_json::{Value, json};
use worker::message::{Effect, Letter};

#[test]
fn a_pfx_given_to_the_doctor_is_opened_by_the_second_worker_and_its_certificate_alone_goes_to_the_first() {
    let one = pair("one");
    let pfx = one.pfx(PASSWORD);
    let mut page = Page::open(&json!("Doctor"), viewer());
    page.file("bundle.pfx", &pfx);
    assert!(page.dialog.as_ref().is_some_and(|html| html.contains("bundle.pfx")));
    page.password("wrong");
    assert_eq!(page.slot("password"), "That password does not open the file. Try again.");
    page.password(PASSWORD);
    assert_eq!(page.dialog, None);
    assert!(page.slot("dropped").contains("one"));
    let certificate = serde_json::to_string(&one.certificate).unwrap();
    assert_eq!(page.letters, [Letter::Certificate { certificate }]);
    assert_eq!(one.traces_in(&page.handed_out()), Vec::<String>::new());
    assert!(!page.handed_out().contains(PASSWORD));

    // Put off, it is forgotten: a password that comes late opens nothing.
    page.press("leave-out", "");
    page.file("bundle.pfx", &pfx);
    page.press("cancel", "");
    page.password(PASSWORD);
    assert!(!page.slot("dropped").contains("one"));

    // One that is broken is refused as often as it is given, and the refusal goes when another file is read.
    let broken = [&pfx[..pfx.len() / 2], &[0; 4]].concat();
    for _ in 0..2 {
        page.file("broken.pfx", &broken);
        if page.dialog.is_some() {
            page.password(PASSWORD);
        }
        assert!(page.slot("read").contains("Nothing was sent."), "{}", page.slot("read"));
        page.file("one.cer", one.certificate.der());
        assert_eq!(page.slot("read"), "");
    }
}

#[test]
fn the_doctor_asks_for_ids_and_thumbprints_and_judges_with_the_answer() {
    let one = pair("one");
    let mut page = Page::open(&json!("Doctor"), viewer());
    let text = format!(
        "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '{}', Please visit the Azure Portal, ... applications/{APP}] client_secret=Abc8Q~notReallyASecret.AtAll0123456789",
        one.certificate.sha1().hex()
    );
    page.send(json!({"text": {"text": text}}));
    let look_up = page.effects.iter().find_map(|effect| match effect {
        Effect::LookUp { number, thumbprints, .. } => Some((*number, thumbprints.clone())),
        _ => None,
    });
    let (number, thumbprints) = look_up.expect("a question");
    assert_eq!(thumbprints, [one.certificate.sha1()]);
    assert!(page.slot("verdict").contains("The certificate is not registered on the app"));
    assert!(page.slot("directory").contains("Looking it up"));
    assert!(!page.handed_out().contains("notReallyASecret"));
    page.file("one.cer", one.certificate.der());
    let mut evidence = serde_json::to_value(domain::doctor::evidence::Evidence::at(moment().now)).unwrap();
    evidence["app_id"] = APP.into();
    evidence["app_name"] = "Payroll".into();
    evidence["app_credentials"] = json!([]);
    let view = json!({"evidence": evidence, "app": [OBJECT, APP, "Payroll"], "at_hand": []});
    page.send(json!({"answered": {"number": number, "status": 200, "body": view.to_string()}}));
    assert!(page.slot("directory").contains("0 entries"), "{}", page.slot("directory"));
    assert!(page.slot("verdict").contains("Register this certificate on Payroll"), "{}", page.slot("verdict"));
    assert!(page.slot("verdict").contains("The keyCredentials of “Payroll” are empty."));
    page.press("clear", "");
    assert_eq!(page.values["paste"], "");
    assert_eq!(page.effects.last(), Some(&Effect::Show { slot: "doctor", shown: false }));
}

#[test]
fn signed_out_the_doctor_asks_nobody_and_keeps_a_masked_copy_for_the_way_back() {
    let one = pair("one");
    let mut page = Page::open(&json!("Doctor"), Value::Null);
    page.send(json!({"text": {"text": "AADSTS700016 client_secret=Abc8Q~notReallyASecret.AtAll0123456789"}}));
    page.file("one.cer", one.certificate.der());
    assert!(page.effects.iter().all(|effect| !matches!(effect, Effect::LookUp { .. })));
    let kept = page.effects.iter().rev().find_map(|effect| match effect {
        Effect::Keep { kept } => kept.clone(),
        _ => None,
    });
    let kept = kept.expect("a copy");
    assert!(kept.contains("AADSTS700016") && !kept.contains("notReallyASecret"), "{kept}");
    let mut back = Page::open(&json!("Doctor"), viewer());
    back.send(json!({"held": {"kept": kept}}));
    assert!(back.values["paste"].starts_with("AADSTS700016"));
    assert!(back.slot("dropped").contains("one"));
}

#[test]
fn a_log_that_is_dropped_is_read_as_a_paste_and_a_key_is_not() {
    let mut page = Page::open(&json!("Doctor"), viewer());
    page.file("error.log", b"\xff\xfeA\0A\0D\0S\0T\0S\x007\x000\x000\x000\x001\x006\0");
    assert_eq!(page.values["paste"], "AADSTS700016");
    let one = pair("one");
    page.file("key.pem", domain::encoding::pem("PRIVATE KEY", &one.key).as_bytes());
    assert!(page.slot("read").contains("It holds a private key and no certificate"));
    assert_eq!(page.values["paste"], "AADSTS700016");
    assert_eq!(one.traces_in(&page.handed_out()), Vec::<String>::new());
}

#[test]
fn certificates_in_a_paste_are_read_by_the_second_worker_each_once_and_nothing_else_goes_there() {
    let (one, two) = (pair("one"), pair("two"));
    let mut page = Page::open(&json!("Doctor"), viewer());
    page.send(
        json!({"text": {"text": "AADSTS700027: it is not registered. appId 0f1e2d3c-4b5a-4978-8685-9483a2b101f5"}}),
    );
    assert!(page.slot("verdict").contains("Most likely cause"));
    assert_eq!(page.letters, [], "no certificate, no question");

    let key = domain::encoding::pem("PRIVATE KEY", &one.key);
    let entry =
        json!({"keyId": APP, "usage": "Verify", "type": "AsymmetricX509Cert", "key": two.certificate.der_base64()});
    let text = format!("{key}{}{}", one.certificate.pem(), json!({"keyCredentials": [entry]}));
    page.send(json!({"text": {"text": text}}));
    assert!(page.slot("findings").contains("<dd>CN=one</dd>"), "{}", page.slot("findings"));
    assert!(page.slot("findings").contains("1 entry"), "{}", page.slot("findings"));
    let [Letter::Read { .. }, Letter::Known { certificates, .. }] = page.letters.as_slice() else {
        panic!("{:?}", page.letters)
    };
    assert!(certificates.contains("CN=one") && certificates.contains("CN=two"), "{certificates}");
    let asked = page.effects.iter().rev().find_map(|effect| match effect {
        Effect::LookUp { thumbprints, .. } => Some(thumbprints.clone()),
        _ => None,
    });
    assert_eq!(asked, Some(vec![one.certificate.sha1()]));
    assert_eq!(one.traces_in(&page.handed_out()), Vec::<String>::new());

    // What is known is not asked again.
    page.send(json!({"text": {"text": format!("AADSTS700027 {text}")}}));
    page.send(json!({"text": {"text": text}}));
    assert_eq!(page.letters.len(), 2);
    // A header's x5c as well.
    let header = json!({"alg": "PS256", "x5c": [pair("three").certificate.der_base64()]});
    page.send(json!({"text": {"text": header.to_string()}}));
    assert!(
        matches!(page.letters.last(), Some(Letter::Known { certificates, .. }) if certificates.contains("CN=three"))
    );
    assert_eq!(page.letters.len(), 4);
}

#[test]
fn what_cannot_be_read_leaves_no_verdict_of_an_earlier_text() {
    let mut page = Page::open(&json!("Doctor"), json!(null));
    page.send(json!({"text": {"text": "AADSTS7000222: The provided client secret keys for app are expired."}}));
    assert!(page.slot("verdict").contains("secret"));
    let kept = |page: &Page| {
        page.effects.iter().rev().find_map(|effect| match effect {
            Effect::Keep { kept } => Some(kept.clone()),
            _ => None,
        })
    };
    assert!(kept(&page).flatten().is_some());
    // Half an emoji is an escape in JSON and nothing in UTF-8.
    page.raw(r#"{"text":{"text":"AADSTS700027: cut \ud83d"}}"#);
    assert!(page.slot("verdict").contains("could not be read"), "{}", page.slot("verdict"));
    assert!(
        !page.slot("verdict").contains("secret") && page.slot("findings").is_empty() && page.slot("code").is_empty()
    );
    assert_eq!(kept(&page), Some(None));
    page.send(json!({"text": {"text": "AADSTS7000222: The provided client secret keys for app are expired."}}));
    assert!(page.slot("verdict").contains("secret"));
}
