//! What the doctor gets to know from the directory.

use crate::stand_in::{self, Directory};
use crate::world::{MARA, OWEN, PRIYA, TestCertificate, World, echo};
use app::contract::ports::*;
use app::contract::search::{EvidenceRequest, EvidenceView};
use domain::doctor::evidence::NoApp;
use domain::ids::AppId;
use domain::rollout::PushMode;
use domain::thumbprint::Thumbprint;
use serde_json::json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

async fn evidence(world: &World, upn: &str, app: AppId, thumbprints: &[Thumbprint]) -> EvidenceView {
    let request = EvidenceRequest { app: Some(app), thumbprints: thumbprints.to_vec(), certificate: None };
    world.desk(upn).doctor_evidence(&request).await.unwrap()
}

async fn registered(world: &World, app: &str, certificate: &TestCertificate) {
    let mut keys = echo(&world.keys(app).await);
    keys.push(certificate.entry());
    world.write(app, &json!({"keyCredentials": keys})).await;
}

#[tokio::test]
async fn not_registered_anywhere() {
    let world = World::start().await;
    let certificate = TestCertificate::new("nowhere");
    let sha1 = Thumbprint::of(&certificate.der);
    let view = evidence(&world, PRIYA, world.app_id("payroll-batch"), &[sha1]).await;
    assert_eq!(view.app, Some((world.id("payroll-batch"), world.app_id("payroll-batch"), "payroll-batch".into())));
    let evidence = view.evidence;
    assert_eq!(evidence.app_credentials.unwrap().len(), world.keys("payroll-batch").await.len());
    assert_eq!(evidence.service_principal_credentials.unwrap().len(), 0);
    assert_eq!((evidence.holders, evidence.removed, evidence.registered_at), (vec![], vec![], None));
    assert_eq!(evidence.tenant, Some(world.tenant.tenant_id().to_string()));
    assert!((OffsetDateTime::now_utc() - evidence.now).abs() < Duration::minutes(1));
    assert_eq!(view.at_hand, []);

    // Uploaded by somebody, it is at hand for everybody of this directory.
    let sha256 = world.upload(MARA, &certificate).await;
    let view = self::evidence(&world, OWEN, world.app_id("payroll-batch"), &[sha1]).await;
    assert_eq!(view.at_hand.iter().map(|one| one.sha256).collect::<Vec<_>>(), [sha256]);
    let request = EvidenceRequest { app: None, thumbprints: vec![], certificate: Some(sha256) };
    let view = world.desk(OWEN).doctor_evidence(&request).await.unwrap();
    assert_eq!(view.evidence.certificate.unwrap().sha1(), sha1);
    assert_eq!((view.app, view.evidence.app_credentials), (None, None));
}

#[tokio::test]
async fn a_client_id_that_no_app_has() {
    let world = World::start().await;
    // Somebody else's.
    let app = AppId::new(Uuid::from_u128(0x0f0f_0f0f_1111_4222_8333_4444_5555_6666));
    let view = evidence(&world, OWEN, app, &[]).await;
    assert_eq!((view.app, view.evidence.app_id), (None, None));
    assert_eq!(view.evidence.no_app, Some(NoApp { id: app, object_of: None }));

    // The object id in its place.
    let object = world.id("payroll-batch");
    let app = AppId::new(object.uuid());
    let no_app = evidence(&world, OWEN, app, &[]).await.evidence.no_app.unwrap();
    let holder = no_app.object_of.unwrap();
    assert_eq!((no_app.id, holder.app_id, holder.object_id), (app, world.app_id("payroll-batch"), Some(object)));
    assert_eq!((holder.name.as_str(), holder.is_service_principal), ("payroll-batch", false));

    let view = evidence(&world, OWEN, world.app_id("payroll-batch"), &[]).await;
    assert_eq!((view.evidence.app_id, view.evidence.no_app), (Some(world.app_id("payroll-batch")), None));
}

#[tokio::test]
async fn on_another_app() {
    let world = World::start().await;
    let certificate = TestCertificate::new("elsewhere");
    registered(&world, "payslip-mailer", &certificate).await;
    let sha1 = Thumbprint::of(&certificate.der);
    let view = evidence(&world, OWEN, world.app_id("payroll-batch"), &[sha1]).await;
    let holders: Vec<_> =
        view.evidence.holders.iter().map(|one| (one.name.as_str(), one.is_service_principal)).collect();
    assert_eq!(holders, [("payslip-mailer", false)]);
    assert_eq!(view.evidence.holders[0].app_id, world.app_id("payslip-mailer"));
    // For the app that has it, it is not another one.
    let view = evidence(&world, OWEN, world.app_id("payslip-mailer"), &[sha1]).await;
    assert_eq!(view.evidence.holders, []);
}

#[tokio::test]
async fn on_the_service_principal_only() {
    let mut world = World::start().await;
    let certificate = TestCertificate::new("on the principal");
    let sha1 = Thumbprint::of(&certificate.der);
    let mut entry = certificate.entry();
    entry["keyId"] = json!(Uuid::new_v4());
    entry["customKeyIdentifier"] = json!(sha1.hex());
    let app = world.app_id("payroll-batch");
    let directory = Directory::ServicePrincipalWith(app, json!([entry]));
    let base = stand_in::start(world.tenant.base_url(), directory).await;
    world.through(&base).await;
    let view = evidence(&world, OWEN, app, &[sha1]).await;
    let own = view.evidence.service_principal_credentials.unwrap();
    assert_eq!(own.iter().next().unwrap().thumbprint(), Some(sha1));
    assert!(view.evidence.app_credentials.unwrap().iter().all(|entry| entry.thumbprint() != Some(sha1)));
    let holders: Vec<_> = view.evidence.holders.iter().map(|one| (one.app_id, one.is_service_principal)).collect();
    assert_eq!(holders, [(app, true)]);
    let found = world.desk(OWEN).find_holders(&sha1.hex()).await.unwrap();
    assert!(found.holdings[0].on_service_principal);
}

#[tokio::test]
async fn what_went_is_remembered_with_who_where_it_was_a_push_of_ours() {
    let world = World::start().await;
    let (ours, theirs) = (TestCertificate::new("by a push"), TestCertificate::new("by somebody"));
    registered(&world, "payroll-export", &theirs).await;
    let app = world.app_id("payroll-export");
    let seen = evidence(&world, OWEN, app, &[]).await;
    assert_eq!(seen.evidence.removed, []);

    // Somebody takes it away, past the portal.
    let keys = world.keys("payroll-export").await;
    let kept: Vec<_> = echo(&keys).into_iter().filter(|key| key["displayName"] != "CN=someone else").collect();
    assert_eq!(kept.len(), keys.len() - 1);
    world.write("payroll-export", &json!({"keyCredentials": kept})).await;
    let view = evidence(&world, OWEN, app, &[]).await;
    let sha1 = Thumbprint::of(&theirs.der);
    assert_eq!(
        view.evidence.removed.iter().map(|one| (one.thumbprint, one.by.clone())).collect::<Vec<_>>(),
        [(sha1, None)]
    );

    // A push that replaces says who.
    let sha256 = world.upload(OWEN, &ours).await;
    let plan = world.draft_with(OWEN, sha256, &["payroll-export"], PushMode::Replace).await;
    world.push(OWEN, plan).await;
    let view = evidence(&world, OWEN, app, &[Thumbprint::of(&ours.der)]).await;
    assert!(
        view.evidence.removed.iter().any(|one| one.by.as_deref() == Some("Owen Carter")),
        "{:?}",
        view.evidence.removed
    );
    let age = OffsetDateTime::now_utc() - view.evidence.registered_at.unwrap();
    assert!(age < Duration::minutes(1), "{age}");
}

#[tokio::test]
async fn subjects_taken_for_a_registration_and_apps_that_are_not_there() {
    let world = World::start().await;
    let view = evidence(&world, OWEN, world.app_id("customer-portal"), &[]).await;
    assert_eq!(view.evidence.trusted_certificate_subjects, Some(true));
    let view = evidence(&world, OWEN, AppId::new(Uuid::new_v4()), &[]).await;
    assert_eq!((view.app, view.evidence.app_credentials, view.evidence.app_name), (None, None, None));
    assert_eq!(world.nobody().doctor_evidence(&EvidenceRequest::default()).await.unwrap_err().status, 401);
}
