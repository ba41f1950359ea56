//! Proof: an assertion goes to the token endpoint, and what comes back tells.

use crate::world::{MARA, OWEN, PRIYA, TestCertificate, World};
use app::contract::ports::*;
use app::contract::problem::Problem;
use app::contract::proofs::ProofTarget;
use domain::certificate::Certificate;
use domain::client_assertion::AssertionAnswer;
use domain::client_assertion::{Algorithm, Assertion};
use domain::ids::AppId;
use domain::rollout::PushMode;
use domain::thumbprint::Thumbprint;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use std::io;
use std::sync::{Arc, Mutex};
use time::{Duration, OffsetDateTime};
use tracing_subscriber::fmt::MakeWriter;
use uuid::Uuid;

fn assertion(certificate: &TestCertificate, algorithm: Algorithm, app: AppId, endpoint: &str) -> String {
    let key = PrivatePkcs8KeyDer::from_pem_slice(certificate.key_pem.as_bytes()).unwrap();
    let key = RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).unwrap();
    let leaf = Certificate::from_der(&certificate.der).unwrap();
    let now = OffsetDateTime::now_utc();
    let unsigned = Assertion::new(&leaf, algorithm, app, endpoint, Uuid::new_v4(), now, Duration::minutes(5));
    let mut signature = vec![0; key.public().modulus_len()];
    let padding: &dyn ring::signature::RsaEncoding = match algorithm {
        Algorithm::Rs256 => &RSA_PKCS1_SHA256,
        Algorithm::Ps256 => &RSA_PSS_SHA256,
    };
    key.sign(padding, &SystemRandom::new(), unsigned.signing_input().as_bytes(), &mut signature).unwrap();
    unsigned.with_signature(&signature)
}

async fn target(world: &World, app: &str) -> ProofTarget {
    world.desk(OWEN).proof_target(world.app_id(app)).await.unwrap()
}

/// As a browser does that has the key.
pub async fn prove(world: &World, upn: &str, name: &str, certificate: &TestCertificate) {
    let app = world.app_id(name);
    let endpoint = target(world, name).await.token_endpoint;
    let held = assertion(certificate, Algorithm::Ps256, app, &endpoint);
    assert!(matches!(world.desk(upn).prove(app, &held).await.unwrap(), AssertionAnswer::Issued { .. }));
}

fn token_requests(world: &World) -> usize {
    world.requests("POST").iter().filter(|(path, _)| path.ends_with("/oauth2/v2.0/token")).count()
}

#[tokio::test]
async fn refused_before_the_push_and_issued_after_it() {
    let world = World::start().await;
    let certificate = TestCertificate::new("proved");
    let sha1 = Thumbprint::of(&certificate.der);
    let app = world.app_id("payroll-batch");
    let before = target(&world, "payroll-batch").await;
    assert_eq!(
        before.token_endpoint,
        format!("{}/{}/oauth2/v2.0/token", world.tenant.base_url(), world.tenant.tenant_id())
    );
    assert_eq!((before.app, before.fresh), (Some(world.id("payroll-batch")), false));
    assert!(!before.registered.is_empty() && !before.registered.contains(&sha1));

    let held = assertion(&certificate, Algorithm::Rs256, app, &before.token_endpoint);
    let AssertionAnswer::Refused { answer, codes, .. } = world.desk(OWEN).prove(app, &held).await.unwrap() else {
        panic!()
    };
    assert_eq!(codes, [700_027]);
    assert!(answer.contains(&sha1.hex()) && answer.contains("error_description"), "{answer}");

    let sha256 = world.upload(OWEN, &certificate).await;
    let plan = world.draft_with(OWEN, sha256, &["payroll-batch"], PushMode::Append).await;
    world.push(OWEN, plan).await;
    let after = target(&world, "payroll-batch").await;
    assert!(after.fresh && after.registered.contains(&sha1));
    for algorithm in [Algorithm::Rs256, Algorithm::Ps256] {
        let held = assertion(&certificate, algorithm, app, &after.token_endpoint);
        let AssertionAnswer::Issued { claims, expires_in, .. } = world.desk(OWEN).prove(app, &held).await.unwrap()
        else {
            panic!("{algorithm:?}")
        };
        let claims: serde_json::Value = serde_json::from_str(&claims).unwrap();
        assert_eq!(claims["appid"].as_str(), Some(app.to_string().as_str()), "{claims}");
        assert!(expires_in > 60);
    }
    let rows = world.audit(OWEN).await;
    let proofs: Vec<_> = rows.iter().filter(|row| row.action.as_str() == "prove").collect();
    let told: Vec<_> = proofs.iter().map(|row| (row.outcome.as_str(), row.detail.as_str())).collect();
    let issued = ("verified", "A token was issued.");
    assert_eq!(told, [issued, issued, ("refused", "Entra refused it: AADSTS700027.")]);
    for row in proofs {
        assert_eq!((row.thumbprint, row.app_name.as_deref()), (Some(sha1), Some("payroll-batch")));
    }
}

#[tokio::test]
async fn what_is_not_this_apps_assertion_for_this_directory_is_not_sent() {
    let world = World::start().await;
    let certificate = TestCertificate::new("not sent");
    let app = world.app_id("payroll-batch");
    let endpoint = target(&world, "payroll-batch").await.token_endpoint;
    let elsewhere = endpoint.replace(&world.tenant.tenant_id().to_string(), &Uuid::new_v4().to_string());
    let other = world.app_id("invoice-sync");
    for (held, code) in [
        (assertion(&certificate, Algorithm::Ps256, other, &endpoint), "assertion-of-another-app"),
        (assertion(&certificate, Algorithm::Ps256, app, &elsewhere), "assertion-for-elsewhere"),
        (assertion(&certificate, Algorithm::Ps256, app, "https://evil.example/token"), "assertion-for-elsewhere"),
        ("eyJhbGciOiJub25lIn0.e30.".to_owned(), "not-an-assertion"),
        (certificate.pem.clone(), "not-an-assertion"),
    ] {
        let problem: Problem = world.desk(OWEN).prove(app, &held).await.unwrap_err();
        assert_eq!((problem.status, problem.code.as_str()), (422, code), "{problem}");
        assert!(problem.detail.contains("Nothing was sent"));
    }
    let good = assertion(&certificate, Algorithm::Ps256, app, &endpoint);
    assert_eq!(world.desk(PRIYA).prove(app, &good).await.unwrap_err().code, "read-only-role");
    assert_eq!(world.nobody().prove(app, &good).await.unwrap_err().status, 401);
    assert_eq!(token_requests(&world), 0);
    let unknown = AppId::new(Uuid::new_v4());
    assert_eq!(world.desk(OWEN).proof_target(unknown).await.unwrap_err().code, "app-not-found");
}

#[tokio::test]
async fn one_person_cannot_flood_the_token_endpoint() {
    let settings = server::config::DeskSettings { proofs_per_minute: 2, ..crate::world::settings() };
    let world = World::with(settings).await;
    let app = world.app_id("payroll-batch");
    let endpoint = target(&world, "payroll-batch").await.token_endpoint;
    let held = assertion(&TestCertificate::new("often"), Algorithm::Rs256, app, &endpoint);
    for _ in 0..2 {
        world.desk(OWEN).prove(app, &held).await.unwrap();
    }
    let problem = world.desk(OWEN).prove(app, &held).await.unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (429, "too-many-proofs"));
    assert_eq!(token_requests(&world), 2);
    assert!(world.desk(MARA).prove(app, &held).await.is_ok(), "others may");
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn neither_assertion_nor_token_is_in_a_file_or_in_the_log() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter("trace,hyper=debug,local_tenant=off,sqlx=debug")
        .with_writer(lines.clone())
        .with_ansi(false)
        .finish();
    // Everything of this test runs on this thread.
    let _guard = tracing::subscriber::set_default(subscriber);
    let world = World::start().await;
    let certificate = TestCertificate::new("kept nowhere");
    let sha256 = world.upload(OWEN, &certificate).await;
    let plan = world.draft_with(OWEN, sha256, &["payroll-batch"], PushMode::Append).await;
    world.push(OWEN, plan).await;
    let app = world.app_id("payroll-batch");
    let endpoint = target(&world, "payroll-batch").await.token_endpoint;
    let good = assertion(&certificate, Algorithm::Ps256, app, &endpoint);
    assert!(matches!(world.desk(OWEN).prove(app, &good).await.unwrap(), AssertionAnswer::Issued { .. }));
    let bad = assertion(&TestCertificate::new("unknown"), Algorithm::Rs256, app, &endpoint);
    assert!(matches!(world.desk(OWEN).prove(app, &bad).await.unwrap(), AssertionAnswer::Refused { .. }));
    world.desk(OWEN).prove(world.app_id("invoice-sync"), &good).await.unwrap_err();

    let files = world.database.contents().await;
    let log = lines.0.lock().unwrap().clone();
    assert!(files.len() > 10_000 && log.len() > 100, "they were really read");
    let contains = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(contains(&files, "A token was issued."), "the audit row is there");
    // How a JWT begins; three characters alone come up in certificates.
    let mut secrets = ["eyJhbGciOi", "eyJ0eXAiOi", "eyJ4NXQ", "client_assertion"].map(str::to_owned).to_vec();
    for held in [&good, &bad] {
        secrets.extend(held.split('.').map(|part| part[..24].to_owned()));
    }
    for secret in secrets {
        assert!(!contains(&files, &secret), "{secret} is in a file");
        let text = String::from_utf8_lossy(&log);
        assert_eq!(text.lines().find(|line| line.contains(&secret)), None, "{secret} is in the log");
    }
}
