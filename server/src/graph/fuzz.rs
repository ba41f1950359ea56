//! Answers that are nearly Graph's, as bytes: no reader panics, and what is promised holds. `make fuzz` runs it for ten
//! minutes (`FUZZ_SECONDS`), the suite for a moment.

use super::pages::Collection;
use super::{GraphError, Reply, application, application_lists};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;
use std::time::{Duration, Instant};

const ANSWERS: [&str; 4] = [
    r#"{"id":"765eb0e3-acb3-475d-9a98-ee6892f081c8","appId":"afb85a07-e312-4d49-b75b-9db4e2d683cd","createdDateTime":"2022-05-07T06:52:40Z","displayName":"payroll","signInAudience":"AzureADMyOrg","tokenEncryptionKeyId":null,"keyCredentials":[{"customKeyIdentifier":"1C2FA93ECE3B02A0F04D957671B5EA4C9C08F55B","displayName":"CN=payroll","endDateTime":"2027-11-28T14:13:09Z","key":null,"keyId":"11111111-2222-4333-8444-000000000001","startDateTime":"2026-11-28T14:13:09Z","type":"AsymmetricX509Cert","usage":"Verify"}],"passwordCredentials":[{"customKeyIdentifier":null,"displayName":"key2","endDateTime":"2023-05-07T06:52:46Z","hint":"jis","keyId":"58ed553a-d3af-4520-8d81-4775274faac5","secretText":null,"startDateTime":"2022-05-07T06:52:46Z"}]}"#,
    r#"{"@odata.count":2,"@odata.nextLink":"https://graph.microsoft.com/v1.0/applications?$skiptoken=x","value":[{"id":"765eb0e3-acb3-475d-9a98-ee6892f081c8","appId":"afb85a07-e312-4d49-b75b-9db4e2d683cd","displayName":null,"keyCredentials":[],"passwordCredentials":[]}]}"#,
    r#"{"error":{"code":"CredentialInvalidLifetimeAsPerAppPolicy","message":"Credential lifetime exceeds the max value allowed as per assigned policy.","innerError":{"date":"2025-02-20T10:52:24","request-id":"r-1","client-request-id":"c"}}}"#,
    r#"{"responses":[{"id":"0","status":200,"headers":{"request-id":"r"},"body":{"id":"765eb0e3-acb3-475d-9a98-ee6892f081c8"}},{"id":"1","status":429,"headers":{"Retry-After":"7"},"body":{"error":{"code":"TooManyRequests","message":"m"}}}]}"#,
];

/// What a change puts in.
const PIECES: [&str; 14] = [
    "null",
    "[]",
    "{}",
    "\"\"",
    "-1",
    "1e400",
    "true",
    ",",
    "}",
    "\\ud800",
    "\u{0}",
    "\"keyId\":",
    "[[[[[[[[",
    "Verify",
];

#[derive(Debug, Clone)]
enum Edit {
    Flip(Index, u8),
    Insert(Index, Index),
    Remove(Index, usize),
    /// The value at this place of the flattened tree becomes another.
    Value(Index, Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    let place = any::<Index>;
    prop_oneof![
        1 => (place(), any::<u8>()).prop_map(|(at, byte)| Edit::Flip(at, byte)),
        2 => (place(), place()).prop_map(|(at, piece)| Edit::Insert(at, piece)),
        1 => (place(), 1..40_usize).prop_map(|(at, count)| Edit::Remove(at, count)),
        4 => (place(), place()).prop_map(|(at, piece)| Edit::Value(at, piece)),
    ]
}

fn leaves<'a>(value: &'a mut Value, into: &mut Vec<&'a mut Value>) {
    let is_leaf = match value {
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => true,
    };
    if is_leaf {
        return into.push(value);
    }
    match value {
        Value::Array(list) => {
            for value in list {
                leaves(value, into);
            }
        }
        Value::Object(members) => {
            for value in members.values_mut() {
                leaves(value, into);
            }
        }
        _ => {}
    }
}

fn apply(mut bytes: Vec<u8>, edit: &Edit) -> Vec<u8> {
    if bytes.is_empty() {
        return bytes;
    }
    let length = bytes.len();
    match edit {
        Edit::Flip(at, byte) => bytes[at.index(length)] ^= byte,
        Edit::Insert(at, piece) => {
            let at = at.index(length);
            bytes.splice(at..at, PIECES[piece.index(PIECES.len())].bytes());
        }
        Edit::Remove(at, count) => {
            let at = at.index(length);
            bytes.drain(at..(at + count).min(length));
        }
        Edit::Value(at, piece) => {
            let Ok(mut value) = serde_json::from_slice::<Value>(&bytes) else { return bytes };
            let mut all = vec![];
            leaves(&mut value, &mut all);
            let other = serde_json::from_str(PIECES[piece.index(PIECES.len())]);
            let count = all.len();
            *all[at.index(count)] = other.unwrap_or_else(|_| Value::from(PIECES[piece.index(PIECES.len())]));
            bytes = value.to_string().into_bytes();
        }
    }
    bytes
}

/// What holds for every answer.
fn answer(bytes: &[u8]) {
    for status in [400, 401, 403, 404, 409, 413, 422, 429, 500, 503, 599] {
        let error = GraphError::from_reply(Reply::read(status, None, bytes), None);
        assert_eq!(error.status(), Some(status));
        assert!(!error.to_string().is_empty());
        assert!(
            status < 500 || error.write_may_have_happened() || matches!(error, GraphError::SignedOut(_)),
            "{error}"
        );
        assert!(!(error.write_may_have_happened() && error.write_turned_away()), "{error}");
    }
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return };
    if let Ok(app) = application::read(value.clone()) {
        assert_eq!(app.key_credentials.to_json(), value["keyCredentials"], "no entry is left out or altered");
    }
    let _ = application_lists::read(value.clone());
    if let Ok(page) = Collection::read(value) {
        for row in page.value {
            let _ = (application::read(row.clone()), application_lists::read(row));
        }
    }
}

#[test]
fn no_answer_panics() {
    let wanted = std::env::var("FUZZ_SECONDS").ok().map(|seconds| seconds.parse().expect("FUZZ_SECONDS: a number"));
    let begun = Instant::now();
    let config = Config { failure_persistence: None, ..Config::default() };
    let inputs = (prop::sample::select(ANSWERS.to_vec()), prop::collection::vec(edit(), 0..6));
    loop {
        let run = TestRunner::new(config.clone()).run(&inputs, |(seed, edits)| {
            answer(&edits.iter().fold(seed.as_bytes().to_vec(), apply));
            Ok(())
        });
        run.unwrap_or_else(|error| panic!("{error}"));
        if wanted.is_none_or(|seconds| begun.elapsed() >= Duration::from_secs(seconds)) {
            break;
        }
    }
}
