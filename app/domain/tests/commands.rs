//! The ready-made commands, as text: their shells and their JSON.

use domain::certificate::Certificate;
use domain::commands::Commands;
use domain::ids::{AppId, KeyId, ObjectId};
use domain::key_credential::{IdentifierStyle, KeyCredentials, NewKeyCredential};
use domain::merge_plan::{Change, MergePlan};
use serde_json::{Value, json};
use uuid::Uuid;

mod support;

fn commands(change: fn(Vec<NewKeyCredential>) -> Change) -> (Commands, MergePlan) {
    let folder = tempfile::tempdir().expect("a folder");
    let made = support::make(folder.path(), "one", &["rsa:2048"], &["-days", "90"]);
    let certificate = Certificate::from_der(&made.der()).expect("openssl made it");
    let new = NewKeyCredential::new(&certificate, KeyId::from_random([1; 16]), "it's new", IdentifierStyle::Base64)
        .expect("a name");
    let current = KeyCredentials::from_json(
        &json!([{"keyId": KeyId::from_random([2; 16]), "usage": "Verify", "type": "AsymmetricX509Cert", "key": null}]),
    )
    .expect("entries");
    let plan = MergePlan::new(&current, &change(vec![new]), None).expect("a plan");
    let (app, object) = (AppId::new(Uuid::from_bytes([3; 16])), ObjectId::new(Uuid::from_bytes([4; 16])));
    (Commands::new(app, object, &plan, "https://graph.microsoft.us/"), plan)
}

/// What stands between the here-document's marks.
fn here_document(command: &str) -> Value {
    let (_, body) = command.split_once("<<'JSON'\n").expect("a here-document");
    serde_json::from_str(body.strip_suffix("\nJSON").expect("its end")).expect("JSON")
}

#[test]
fn append_never_uses_a_command_that_wipes() {
    let (commands, plan) = commands(Change::Append);
    assert!(commands.az.contains("az ad app credential reset") && commands.az.contains("--append"), "{}", commands.az);
    assert!(commands.az.contains(r"--display-name 'it'\''s new'"), "{}", commands.az);
    assert!(commands.m365.contains("--certificateFile"), "{}", commands.m365);
    assert_eq!(here_document(&commands.rest), plan.body());
    assert!(
        commands.rest.contains("'https://graph.microsoft.us/v1.0/applications/04040404-0404-0404-0404-040404040404'"),
        "{}",
        commands.rest
    );
    let (_, body) = commands.graph_powershell.split_once("@'\n").expect("a here-string");
    let (body, rest) = body.split_once("\n'@\n").expect("its end");
    assert_eq!(serde_json::from_str::<Value>(body).expect("JSON"), plan.body());
    assert!(rest.contains("-Method PATCH"));
}

#[test]
fn removal_is_spelled_out_in_full() {
    let (commands, plan) = commands(Change::Replace);
    // `az ad app credential reset` without --append would delete every secret as well.
    assert!(!commands.az.contains("credential reset"), "{}", commands.az);
    assert_eq!(here_document(&commands.az), plan.body());
    assert!(commands.m365.contains("m365 request --method patch"), "{}", commands.m365);
}
