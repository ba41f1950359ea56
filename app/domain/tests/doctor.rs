//! What people paste, and the verdict that comes first. Each row names where its wording was seen in public; values in it
//! may be invented.

mod doctor_samples;
mod support;

use doctor_samples::{Row, rows};
use domain::doctor::cause::Cause;
use domain::doctor::diagnosis::{Verdict, diagnose};
use domain::doctor::evidence::Evidence;
use domain::doctor::paste::{Findings, recognise};
use domain::doctor::presented::Dialect;
use time::macros::datetime;

fn evidence() -> Evidence {
    Evidence::at(datetime!(2026-06-09 14:05 UTC))
}

#[test]
fn every_sample_has_its_verdict() {
    let all = rows();
    assert!(all.len() >= 60, "only {} samples", all.len());
    let mut wrong = vec![];
    for Row { source, text, expected } in &all {
        let verdicts = diagnose(&recognise(text), &evidence());
        let first = &verdicts[0];
        if first.runbook != *expected {
            let ranked: Vec<_> = verdicts.iter().map(|v| (v.runbook.as_str(), v.confidence.percent())).collect();
            wrong.push(format!("{source}: expected {expected}, got {ranked:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

#[test]
fn every_verdict_is_whole_and_survives_json() {
    for Row { source, text, .. } in rows() {
        let findings = recognise(&text);
        let json = serde_json::to_string(&findings).expect("json");
        assert_eq!(serde_json::from_str::<Findings>(&json).expect("back"), findings, "{source}");
        let verdicts = diagnose(&findings, &evidence());
        for verdict in &verdicts {
            assert!(!verdict.title.is_empty() && !verdict.what_happened.is_empty(), "{source}");
            assert!(!verdict.steps.is_empty() && verdict.steps.iter().all(|step| !step.is_empty()), "{source}");
            assert!(!verdict.why.is_empty() && verdict.why.iter().all(|why| !why.text.is_empty()), "{source}");
            let sum: i16 = verdict.why.iter().map(|why| why.points).sum();
            assert_eq!(i16::from(verdict.confidence.percent()), sum.clamp(1, 97), "{source}");
            assert_eq!(verdict.runbook, verdict.cause.slug());
        }
        assert!(verdicts.is_sorted_by(|one, two| one.confidence >= two.confidence), "{source}");
        let json = serde_json::to_string(&verdicts).expect("json");
        assert_eq!(serde_json::from_str::<Vec<Verdict>>(&json).expect("back"), verdicts, "{source}");
    }
    let json = serde_json::to_string(&evidence()).expect("json");
    assert_eq!(serde_json::from_str::<Evidence>(&json).expect("back"), evidence());
}

#[test]
fn a_whole_reply_is_read_in_all_its_parts() {
    let text = doctor_samples::token_reply();
    let found = recognise(&text);
    assert_eq!(found.codes.iter().map(|code| code.code).collect::<Vec<_>>(), [700_027; 3]);
    let cause = found.cause().expect("an error");
    let thumbprint = cause.thumbprint.expect("a thumbprint");
    assert_eq!(
        (thumbprint.text.as_str(), thumbprint.dialect),
        ("F67FC15AAB51409AE929074F1149A81FD7C9CD3C", Dialect::Sha1)
    );
    let span = cause.thumbprint_span.expect("its place");
    assert_eq!(&text[span.start..span.end], thumbprint.text);
    assert_eq!(found.app_id().expect("an app").to_string(), "0cf6bee1-60c1-4874-8877-b68ee6d30b94");
    assert_eq!(found.trace_id.expect("a trace id").value.to_string(), "c4e1de21-a0e1-4d50-94bb-a485cce84800");
    assert_eq!(
        found.correlation_id.expect("a correlation id").value.to_string(),
        "55f49a48-adab-4470-b42d-f100f63bc15d"
    );
    assert_eq!(found.timestamp, Some(datetime!(2026-06-09 14:01:21 UTC)));
    assert_eq!(found.oauth_error.expect("an error").value, "invalid_client");
    // The error page's address is no tenant.
    assert!(found.tenants.is_empty());
    assert!(!cause.cut_off);
}

#[test]
fn nested_codes_are_kept_and_the_last_is_the_cause() {
    let found = recognise(
        "AADSTS70002: Error validating credentials. AADSTS50012: Client assertion contains an invalid signature. [Reason - The key used is expired., Thumbprint of key used by client: 'C39C2FA1AB51409AE929074F1149A81FD7C9CD3C', Found key 'Start=08/03/2016, End=08/03/2017, Thumbprint=C39C2FA1AB51409AE929074F1149A81FD7C9CD3C', Configured keys: [Key0:Start=08/03/2016, End=08/03/2017, Thumbprint=C39C2FA1AB51409AE929074F1149A81FD7C9CD3C;]]\r\nTrace ID: c4e1de21-a0e1-4d50-94bb-a485cce84800",
    );
    assert_eq!(found.codes.iter().map(|code| code.code).collect::<Vec<_>>(), [70002, 50012]);
    assert_eq!(found.code(), Some(50012));
    let cause = found.cause().expect("an error");
    let key = cause.found_key.expect("a key");
    assert_eq!((key.start, key.end), (Some(datetime!(2016-08-03 0:00 UTC)), Some(datetime!(2017-08-03 0:00 UTC))));
    assert_eq!(cause.configured_keys.len(), 1);
    assert_eq!(cause.configured_keys[0].thumbprint, key.thumbprint);
}

#[test]
fn the_meant_thumbprint_is_recovered_and_the_header_corrected() {
    let hex = "A538D00E8727EC5814E2FB107B3136376F22695B";
    let text = doctor_samples::not_found(&hex::encode_upper(hex));
    let verdict = diagnose(&recognise(&text), &evidence()).remove(0);
    let Cause::WrongEncoding { member, dialect, meant } = &verdict.cause else { panic!("{:?}", verdict.cause) };
    assert_eq!((member.as_str(), *dialect, meant.as_deref()), ("x5t", Dialect::HexText, Some(hex)));
    assert!(verdict.steps[0].contains("pTjQDocn7FgU4vsQezE2N28iaVs"), "{}", verdict.steps[0]);
}

#[test]
fn what_is_unsure_says_so() {
    // Each of these rests on what no public source settles.
    for (text, most) in [
        ("AADSTS700023: Client assertion audience claim does not match Realm issuer.", 84),
        ("AADSTS7000274: x", 65),
        ("AADSTS7000277: x", 84),
        ("AADSTS53003: Access has been blocked by Conditional Access policies.", 75),
        ("AADSTS700212: No matching federated identity record found", 84),
    ] {
        let verdict = diagnose(&recognise(text), &evidence()).remove(0);
        assert!(verdict.confidence.percent() <= most, "{text}: {}", verdict.confidence.percent());
    }
}
