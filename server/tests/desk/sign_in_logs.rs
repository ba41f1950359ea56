//! An exported log of sign-ins is taken from those who see everything, whole or not at all, and told to whom the app is shown.

use crate::databases::Database;
use crate::needs::until_read;
use crate::world::{MARA, OWEN, PRIYA, World};
use app::contract::ports::*;
use app::contract::problem::Problem;
use domain::audit::AuditAction;
use domain::credentials::{Subject, SubjectKind};
use domain::ids::KeyId;
use domain::inventory::UseSource;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Owen owns it; it has a secret.
const APP: &str = "payslip-mailer";

fn row(world: &World, key: Uuid, at: OffsetDateTime, code: i64) -> Value {
    json!({
        "createdDateTime": at.format(&Rfc3339).unwrap(),
        "appId": world.app_id(APP), "servicePrincipalCredentialKeyId": key, "status": {"errorCode": code},
    })
}

async fn bring(world: &World, upn: &str, pieces: &[&[u8]]) -> Result<i64, Problem> {
    let mut import = world.desk(upn).begin_sign_in_import().await?;
    for piece in pieces {
        import.read(piece).await?;
    }
    import.finish(Some("signins.json")).await
}

#[tokio::test]
async fn what_a_log_says_is_told_to_whom_the_app_is_shown() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let world = World::with_inventory(database).await;
        until_read(&world).await;
        let held = world.raw(APP).await["passwordCredentials"][0]["keyId"].clone();
        let key: Uuid = held.as_str().unwrap().parse().unwrap();
        let none = Uuid::from_u128(404);
        let now = OffsetDateTime::now_utc();
        let rows = [(key, 9, 0), (key, 2, 7_000_222), (none, 3, 0)]
            .map(|(key, days, code)| row(&world, key, now - Duration::days(days), code));
        let text = json!(rows).to_string();
        let (begin, end) = text.as_bytes().split_at(100);
        let number = bring(&world, PRIYA, &[begin, end]).await.unwrap();

        let sources = world.desk(MARA).use_sources().await.unwrap().unwrap();
        let import = &sources.imports[0];
        assert_eq!((import.number, import.known, import.unknown, import.counts.rows), (number, 1, 1, 3));
        assert_eq!((import.who.as_str(), import.file.as_deref()), ("Priya Raman", Some("signins.json")));
        assert_eq!(import.covers.until - import.covers.from, Duration::days(7));
        let audit = world.audit(PRIYA).await;
        assert_eq!(audit[0].action, AuditAction::SignInsImported);
        assert!(audit[0].detail.starts_with("signins.json: 3 rows, of "), "{}", audit[0].detail);

        let subject = Subject { kind: SubjectKind::Application, id: world.id(APP) };
        let object = world.desk(OWEN).object(subject).await.unwrap();
        let line = object.uses.iter().find(|line| line.key_id == Some(KeyId::new(key))).unwrap();
        let seen = line.last.seen.unwrap();
        assert!(!seen.succeeded && matches!(seen.by, UseSource::Log(covers) if covers == import.covers), "{seen:?}");
        assert!(line.last.quiet.is_err(), "nobody has watched it");
    }
}

#[tokio::test]
async fn who_does_not_see_everything_brings_none_and_a_bad_one_leaves_nothing() {
    let world = World::with_inventory(Database::any().await).await;
    let refused = bring(&world, OWEN, &[]).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (403, "not-an-overseer"));
    assert_eq!(world.desk(OWEN).use_sources().await.unwrap_err().code, "not-an-overseer");
    assert_eq!(world.nobody().begin_sign_in_import().await.err().unwrap().status, 401);
    assert_eq!(World::start().await.desk(MARA).begin_sign_in_import().await.err().unwrap().code, "inventory-off");

    let good = row(&world, Uuid::from_u128(1), OffsetDateTime::now_utc() - Duration::days(1), 0).to_string();
    for (piece, words) in [
        ("[", "breaks off in the middle"),
        ("", "has no rows"),
        ("a,b\n1,2\n", "the columns “Date (UTC)”, “Application ID”"),
        ("{\"category\": \"SignInLogs\"}", "1 of 1 are others’"),
        ("{}", "row 1, no time such as 2026"),
        ("PK\u{3}\u{4}", "is compressed"),
    ] {
        let refused = bring(&world, MARA, &[piece.as_bytes()]).await.unwrap_err();
        assert_eq!((refused.status, refused.code.as_str()), (422, "bad-log"), "{piece}");
        assert!(refused.detail.contains(words), "{piece}: {refused}");
        assert!(refused.advice.unwrap().ends_with("Nothing was kept."));
    }
    assert!(world.desk(MARA).use_sources().await.unwrap().unwrap().imports.is_empty());

    // One at a time, and the next where the first was given up.
    let first = world.desk(MARA).begin_sign_in_import().await.unwrap();
    assert_eq!(world.desk(MARA).begin_sign_in_import().await.err().unwrap().code, "import-under-way");
    bring(&world, PRIYA, &[good.as_bytes()]).await.unwrap();
    drop(first);
    bring(&world, MARA, &[good.as_bytes()]).await.unwrap();
}
