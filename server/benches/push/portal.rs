//! Ours: the portal's own desk, database and jobs, in this process.

use crate::people::{self, MARA};
use crate::rivals::Certificate;
use crate::tenant_process::{SignedIn, Tenant, client};
use crate::test_parts::TestParts;
use crate::tokens::{Token, Tokens};
use app::contract::people::{PortalRole, Viewer};
use app::contract::plans::{Chosen, PlanRequest};
use app::contract::ports::{CertificatesPort, PlansPort, PushesPort};
use app::contract::pushes::ReceiptQuery;
use domain::ids::ObjectId;
use domain::rollout::{AppStage, Outcome, Pace, PushMode, RunState};
use server::config::DeskSettings;
use server::graph::BudgetSettings;
use server::http::{RequestDesk, parts};
use server::jobs::RunningJobs;
use server::store::{Store, TenantStore};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// No push here takes longer, throttled or not.
const LONG: Duration = Duration::from_mins(30);

/// What who sets nothing has.
pub fn settings() -> DeskSettings {
    DeskSettings::default()
}

/// The same in a tenant of more than 500 people, which Graph allows more.
pub fn large() -> DeskSettings {
    let budget = BudgetSettings { units_per_10_seconds: 8_000, ..BudgetSettings::default() };
    DeskSettings { budget, ..settings() }
}

/// The same where Graph's limits are scaled, and the portal is told so.
pub fn scaled(factor: f64) -> DeskSettings {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a limit times a small factor")]
    let times = |figure: u32| ((f64::from(figure) * factor).round() as u32).max(1);
    let usual = BudgetSettings::default();
    let budget = BudgetSettings {
        units_per_10_seconds: times(usual.units_per_10_seconds),
        writes_per_150_seconds: times(usual.writes_per_150_seconds),
        key_reads_per_minute: times(usual.key_reads_per_minute),
        ..usual
    };
    DeskSettings { budget, ..settings() }
}

pub struct Portal {
    desk: RequestDesk,
    store: TenantStore,
    jobs: RunningJobs,
}

impl Portal {
    pub async fn start(tenant: &Tenant, database: &Path, settings: DeskSettings) -> Self {
        let http = client(Some(&tenant.ca_file));
        let tenant_id = tenant.id.parse().unwrap();
        let store = Store::open(database.to_str().unwrap()).await.unwrap();
        let portal = TestParts { http: &http, base_url: &tenant.base, tenant: tenant_id, store: &store, vaults: None };
        let state = Arc::new(parts(portal.givens(settings, Arc::new(Tokens::default()))));
        let jobs = server::jobs::start(state.job_parts()).await.unwrap();
        let SignedIn { token, person } = tenant.sign_in().await;
        let viewer = Viewer {
            roles: vec![PortalRole::Admin],
            name: "Mara Lindqvist".into(),
            username: MARA.into(),
            object_id: person,
            tenant_id,
            changes_every_app: None,
            cloud: "Local tenant".into(),
        };
        let desk = RequestDesk::new(state, Some(people::person(viewer, Arc::new(Token(token)))));
        Self { desk, store: store.of(tenant_id), jobs }
    }

    /// The preview that adds the certificate to these apps, and how long it took.
    pub async fn draft(&self, certificate: &Certificate, apps: &[ObjectId]) -> (Uuid, Duration) {
        let sha256 = self.desk.keep_certificate(certificate.pem.as_bytes()).await.unwrap();
        let request = PlanRequest::Add {
            certificates: vec![sha256],
            apps: Chosen::These(apps.to_vec()),
            mode: PushMode::Append,
            display_name: String::new(),
            overlap_days: 0,
        };
        let begun = Instant::now();
        let plan = self.desk.draft_plan(&request).await.unwrap();
        (plan, begun.elapsed())
    }

    /// From the word to go until nothing more will happen. All apps in one wave.
    pub async fn push(&self, plan: Uuid) -> (Uuid, Duration) {
        let begun = Instant::now();
        let receipt = self.desk.push(plan, "", Pace { canary: 0, second: 0, ..Pace::default() }).await.unwrap();
        let mut look = tokio::time::interval(Duration::from_millis(20));
        loop {
            look.tick().await;
            let run = self.store.run(receipt).await.unwrap().unwrap();
            match run.state {
                RunState::Finished => return (receipt, begun.elapsed()),
                RunState::Running => assert!(begun.elapsed() < LONG, "it does not end: {run:?}"),
                other => panic!("it is {other:?}: {:?}", run.why),
            }
        }
    }

    /// A wrong push is worth nothing, however fast.
    pub async fn assert_all_verified(&self, receipt: Uuid, apps: usize) {
        let mut verified = 0;
        for page in 1.. {
            let query = ReceiptQuery { outcome: String::new(), page };
            let page = self.desk.receipt(receipt, &query).await.unwrap().apps;
            for app in &page.items {
                assert_eq!(app.stage, AppStage::Ended(Outcome::Verified), "{app:#?}");
                verified += 1;
            }
            if !page.has_next {
                break;
            }
        }
        assert_eq!(verified, apps);
    }

    pub async fn stop(self) {
        self.jobs.shutdown().await;
    }
}
