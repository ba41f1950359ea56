//! Graph's answers against Microsoft's own v1.0 types, which it generates from Graph's metadata
//! (`@microsoft/microsoft-graph-types`): a property that v1.0 does not have, or of another type, does not compile.

use std::fmt::Write as _;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{World, root};

/// What is fetched as whom: path, and the type of what it answers or, with `[]`, of its rows.
const ANSWERS: &[(&str, &str)] = &[
    ("/applications/{app}", "Application"),
    ("/applications/{app}?$select=id,keyCredentials", "Application"),
    ("/applications?$top=100", "Application[]"),
    ("/servicePrincipals?$top=100", "ServicePrincipal[]"),
    ("/users", "User[]"),
    ("/me", "User"),
    ("/organization", "Organization[]"),
    ("/applications/{app}/owners", "User[]"),
    ("/auditLogs/directoryAudits", "DirectoryAudit[]"),
    ("/auditLogs/signIns", "SignIn[]"),
    ("/policies/defaultAppManagementPolicy", "TenantAppManagementPolicy"),
    ("/policies/appManagementPolicies", "AppManagementPolicy[]"),
];

/// Control information (OData JSON format 4.01, section 4.6) is not part of a type.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !name.contains('@'))
            .map(|(name, one)| (name.clone(), plain(one)))
            .collect(),
        Value::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}

/// On the wire, and in the rules of app management policies, but in no version of v1.0's metadata.
const NOT_IN_METADATA: [(&str, &str); 1] = [("ServicePrincipal[]", "createdDateTime")];

/// What the TypeScript compiler has against these; empty when all is well.
async fn complaints(world: &World, answers: &[(String, &str, Value)]) -> String {
    let types = root().join("end2end/node_modules/@microsoft/microsoft-graph-types").canonicalize();
    let types = types.expect("run npm ci in end2end");
    let mut text = format!("import type * as Graph from {};\n", json!(types));
    for (place, (path, kind, value)) in answers.iter().enumerate() {
        // A literal is checked for properties that its type does not have; a value would not be.
        let _ = writeln!(text, "// {path}\nexport const answer{place}: Graph.{kind} = {value:#};");
    }
    std::fs::write(world.folder.path().join("answers.ts"), text).unwrap();
    let tsc = root().join("end2end/node_modules/.bin/tsc");
    let output = world
        .run(&tsc, &["--noEmit", "--strict", "--skipLibCheck", "--ignoreConfig", "--pretty", "false", "answers.ts"])
        .await;
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.success(), said.trim().is_empty(), "{said}");
    said
}

#[tokio::test]
async fn answers_have_the_types_of_v1() {
    let world = World::start().await;
    let (app, identity) = (world.app("payroll-batch"), world.identity("types"));
    // Something for the audit log to show.
    world.register(&app, &identity).await;
    let mut answers = vec![];
    for (path, kind) in ANSWERS {
        let path = path.replace("{app}", &app.id.to_string());
        let answer = plain(&world.graph_as_global_administrator(Method::GET, &path).await);
        let mut value = if kind.ends_with("[]") { answer["value"].clone() } else { answer };
        for (_, name) in NOT_IN_METADATA.iter().filter(|(of, _)| of == kind) {
            for row in value.as_array_mut().unwrap() {
                assert!(
                    row.as_object_mut().unwrap().remove(*name).is_some(),
                    "{kind} has no {name}: no exception then"
                );
            }
        }
        assert!(value.is_object() || value.is_array(), "{path}: {value}");
        answers.push((path, *kind, value));
    }
    let rows = |kind: &str| {
        answers.iter().filter(|(_, one, _)| *one == kind).map(|(_, _, v)| v.as_array().unwrap().len()).sum::<usize>()
    };
    assert!(rows("Application[]") > 50 && rows("DirectoryAudit[]") > 0, "there is something to check");
    let said = complaints(&world, &answers).await;
    assert!(said.is_empty(), "{said}");

    // And it would be noticed.
    answers[0].2["thumbprintOfTheWeek"] = json!("none");
    let said = complaints(&world, &answers).await;
    assert!(said.contains("thumbprintOfTheWeek") && said.contains("does not exist in type 'Application'"), "{said}");
    answers[0].2.as_object_mut().unwrap().remove("thumbprintOfTheWeek");
    answers[0].2["keyCredentials"][0]["keyId"] = json!(7);
    let said = complaints(&world, &answers).await;
    assert!(said.contains("Type 'number' is not assignable to type 'string"), "{said}");
}
