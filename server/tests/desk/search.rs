//! The search over every app's credentials.

use crate::stand_in::{self, Directory};
use crate::world::{MARA, OWEN, TOBIAS, TestCertificate, World};
use app::contract::ports::*;
use app::contract::search::Holders;
use domain::certificate::Certificate;
use domain::rollout::PushMode;
use domain::thumbprint::Thumbprint;
use local_tenant::Fault;
use serde_json::json;

async fn find(world: &World, upn: &str, words: &str) -> Holders {
    world.desk(upn).find_holders(words).await.unwrap()
}

fn names(found: &Holders) -> Vec<&str> {
    found.holdings.iter().map(|holding| holding.display_name.as_str()).collect()
}

/// Of an app's first entry.
async fn first(world: &World, app: &str) -> (Certificate, String) {
    use base64::Engine as _;
    let keys = world.keys(app).await;
    let der = base64::prelude::BASE64_STANDARD.decode(keys[0]["key"].as_str().unwrap()).unwrap();
    (Certificate::from_der(&der).unwrap(), keys[0]["keyId"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn every_spelling_finds_the_holder() {
    use base64::Engine as _;
    let world = World::start().await;
    let (certificate, key_id) = first(&world, "invoice-sync").await;
    let sha1 = certificate.sha1();
    let colons: Vec<String> =
        sha1.hex().as_bytes().chunks(2).map(|pair| String::from_utf8(pair.to_vec()).unwrap()).collect();
    for (words, taken_for) in [
        (sha1.hex(), "SHA-1 thumbprint, as hexadecimal"),
        (sha1.hex().to_lowercase(), "SHA-1 thumbprint, as hexadecimal"),
        (format!("\u{200e}{} ", sha1.grouped_hex()), "SHA-1 thumbprint, as hexadecimal"),
        (colons.join(":"), "SHA-1 thumbprint, as hexadecimal"),
        (sha1.base64(), "SHA-1 thumbprint, as base64"),
        (sha1.base64url(), "SHA-1 thumbprint, as base64url"),
        (hex::encode_upper(sha1.hex()), "SHA-1 thumbprint, as hexadecimal that was encoded twice"),
        (
            base64::prelude::BASE64_STANDARD.encode(sha1.hex()),
            "SHA-1 thumbprint, as hexadecimal that was encoded twice",
        ),
        (sha1.hex()[..12].to_owned(), "beginning of a SHA-1 thumbprint"),
        (key_id, "keyId"),
        ("INVOICE-SY".to_owned(), "part of a name"),
    ] {
        let found = find(&world, OWEN, &words).await;
        assert_eq!((names(&found), found.taken_for.as_str()), (vec!["invoice-sync"], taken_for), "{words}");
        assert_eq!(found.holdings[0].thumbprint, Some(sha1));
    }
    let apps = world.tenant.applications().len() as u64;
    let found = find(&world, MARA, "no such name").await;
    assert_eq!((found.holdings.len(), found.apps), (0, apps));
}

#[tokio::test]
async fn a_sha256_is_found_once_the_portal_has_seen_the_certificate() {
    let world = World::start().await;
    let (certificate, _) = first(&world, "invoice-sync").await;
    let sha256 = certificate.sha256();
    assert_eq!(names(&find(&world, OWEN, &sha256.hex()).await), Vec::<&str>::new());
    world.desk(OWEN).app(world.id("invoice-sync")).await.unwrap();
    for words in [sha256.hex(), sha256.base64url(), sha256.base64()] {
        let found = find(&world, OWEN, &words).await;
        assert_eq!(names(&found), ["invoice-sync"], "{words}");
        assert!(found.taken_for.starts_with("SHA-256 thumbprint"), "{}", found.taken_for);
    }
}

#[tokio::test]
async fn a_push_is_in_the_index_at_once_and_a_search_costs_graph_nothing() {
    let world = World::start().await;
    let certificate = TestCertificate::new("indexed");
    let sha1 = Thumbprint::of(&certificate.der);
    find(&world, OWEN, "payroll").await;
    let sha256 = world.upload(OWEN, &certificate).await;
    let plan = world.draft_with(OWEN, sha256, &["payroll-batch"], PushMode::Append).await;
    world.push(OWEN, plan).await;
    let before = world.requests("GET").len();
    assert_eq!(names(&find(&world, OWEN, &sha1.hex()).await), ["payroll-batch"]);
    assert_eq!(names(&find(&world, OWEN, &sha256.base64url()).await), ["payroll-batch"]);
    assert_eq!(world.requests("GET").len(), before, "nothing was asked of Graph");
}

#[tokio::test]
async fn what_others_wrote_is_found_with_a_second_look() {
    let mut settings = crate::world::settings();
    settings.index_lifetime = std::time::Duration::ZERO;
    let world = World::with(settings).await;
    let certificate = TestCertificate::new("from elsewhere");
    let sha1 = Thumbprint::of(&certificate.der);
    assert_eq!(names(&find(&world, OWEN, &sha1.hex()).await), Vec::<&str>::new());
    let mut keys = crate::world::echo(&world.keys("payroll-batch").await);
    keys.push(certificate.entry());
    world.write("payroll-batch", &json!({"keyCredentials": keys})).await;
    assert_eq!(names(&find(&world, OWEN, &sha1.hex()).await), ["payroll-batch"]);
}

#[tokio::test]
async fn who_may_not_list_searches_their_own() {
    let mut world = World::start().await;
    let (own, _) = first(&world, "payroll-batch").await;
    let (other, _) = first(&world, "invoice-sync").await;
    let base = stand_in::start(world.tenant.base_url(), Directory::NoLists).await;
    world.through(&base).await;
    let found = find(&world, OWEN, &own.sha1().hex()).await;
    assert_eq!(names(&found), ["payroll-batch"]);
    let owned = world.tenant.people().into_iter().find(|person| person.user_principal_name == OWEN).unwrap();
    assert_eq!(found.apps, owned.owned_applications.len() as u64);
    assert_eq!(names(&find(&world, OWEN, &other.sha1().hex()).await), Vec::<&str>::new());
}

fn fault() -> Fault {
    Fault {
        method: "GET".into(),
        path_contains: "/applications".into(),
        status: 503,
        code: "serviceNotAvailable".into(),
        retry_after: None,
    }
}

#[tokio::test]
async fn a_failing_graph_is_said_and_not_taken_for_an_empty_directory() {
    let mut settings = crate::world::settings();
    settings.retry.attempts = 1;
    let world = World::with(settings).await;
    world.tenant.set_behaviour(|behaviour| behaviour.fail_next = vec![fault()]);
    let problem = world.desk(TOBIAS).find_holders("payroll").await.unwrap_err();
    assert_eq!(problem.status, 502, "{problem}");
    assert!(!names(&find(&world, TOBIAS, "payroll").await).is_empty());
    assert_eq!(world.nobody().find_holders("payroll").await.unwrap_err().status, 401);
    let long = "a".repeat(2000);
    assert_eq!(world.desk(TOBIAS).find_holders(&long).await.unwrap_err().code, "search-too-long");
}
