//! The inventory's grid: rows of every kind.

use super::overview::complete;
use super::{NOW, SampleDesk, id};
use app::contract::inventory::*;
use app::contract::paging::Page;
use app::contract::problem::Problem;
use domain::credentials::{KeyUsage, Subject, SubjectKind};
use domain::ids::{AppId, ObjectId};
use domain::inventory::AttentionKind;
use domain::suitability::validity;
use domain::thumbprint::Thumbprint;
use time::Duration;

#[async_trait::async_trait]
impl InventoryPort for SampleDesk {
    async fn inventory(&self, query: &GridQuery) -> Result<Option<Grid>, Problem> {
        let viewer = self.known()?;
        let Some(reading) = self.reading else { return Ok(None) };
        let none = query.filter.words.iter().any(|word| word.as_str() == "nothing");
        let rows = match query.view {
            GridView::Credentials => GridRows::Credentials(page(query.page, if none { vec![] } else { credentials() })),
            GridView::Objects => GridRows::Objects(page(query.page, if none { vec![] } else { objects() })),
        };
        Ok(Some(Grid { scope: viewer.default_scope(), reading, rows }))
    }
}

impl SampleDesk {
    /// With an inventory that was read three hours ago.
    pub fn with_inventory(self) -> Self {
        Self { reading: Some(complete()), ..self }
    }
}

/// Of 61 rows.
fn page<T>(page: u32, items: Vec<T>) -> Page<T> {
    let total = if items.is_empty() { 0 } else { 61 };
    let items = if page > 3 { vec![] } else { items };
    Page { has_next: page < 3 && !items.is_empty(), items, page, total: Some(total) }
}

fn holder(kind: SubjectKind, n: u128, name: &str) -> Holder {
    Holder {
        subject: Subject { kind, id: ObjectId::new(id(n)) },
        app_id: Some(AppId::new(id(n + 500))),
        name: name.into(),
        disabled: (n == 2).then_some(true),
        admin_center: (kind != SubjectKind::Application).then(|| format!("https://entra.example/#{n}")),
    }
}

fn credentials() -> Vec<CredentialLine> {
    let line = |holder, facts, days: Option<i64>, name: &str| {
        let end = days.map(|days| NOW + Duration::days(days));
        let ends = !matches!(facts, CredentialFacts::Federated { .. });
        CredentialLine {
            holder,
            facts,
            key_id: None,
            name: Some(name.into()),
            start: days.map(|days| NOW + Duration::days(days - 365)),
            end,
            read: NOW - Duration::hours(3),
            validity: ends.then(|| validity(None, end, NOW)),
        }
    };
    let app = || holder(SubjectKind::Application, 1, "Payroll export");
    let sp = || holder(SubjectKind::ServicePrincipal, 2, "Expense portal");
    let certificate = |usage| CredentialFacts::Certificate {
        usage,
        thumbprint: Some("9F2C41D003B1C8E4E7A6590BC2401D5F77AE0011".parse::<Thumbprint>().expect("a thumbprint")),
    };
    let github = "https://token.actions.githubusercontent.com".to_owned();
    let secret = |opens_a_key| CredentialFacts::Secret { hint: Some("a1B".into()), opens_a_key };
    vec![
        line(app(), certificate(Some(KeyUsage::Verify)), Some(-12), "CN=payroll-2025"),
        line(sp(), certificate(Some(KeyUsage::Sign)), Some(5), "CN=saml"),
        line(sp(), secret(true), Some(5), ""),
        line(app(), secret(false), Some(400), "<b>old</b>"),
        line(app(), CredentialFacts::Certificate { usage: None, thumbprint: None }, None, "odd"),
        line(
            holder(SubjectKind::AgentBlueprint, 3, ""),
            CredentialFacts::Federated {
                issuer: github,
                subject: Some("repo:contoso/payroll:ref:refs/heads/main".into()),
                named_repository: true,
            },
            None,
            "ci",
        ),
    ]
}

fn objects() -> Vec<ObjectLine> {
    let seen = |count| Seen { count: Some(count), maybe_more: false };
    let line = |holder, needs: &[AttentionKind], days: Option<i64>| {
        let next_end = days.map(|days| NOW + Duration::days(days));
        ObjectLine {
            holder,
            certificates: seen(2),
            secrets: seen(1),
            federated: seen(0),
            owners: seen(1),
            owned: Some(true),
            next_end,
            needs: needs.to_vec(),
            created: None,
            first_seen: NOW - Duration::days(3),
            read: NOW - Duration::hours(3),
            validity: next_end.map(|end| validity(None, Some(end), NOW)),
        }
    };
    let unread = Seen { count: None, maybe_more: true };
    vec![
        line(holder(SubjectKind::Application, 1, "Payroll export"), AttentionKind::ALL, Some(-12)),
        ObjectLine {
            federated: unread,
            owners: unread,
            owned: None,
            ..line(holder(SubjectKind::ServicePrincipal, 2, "Expense portal"), &[AttentionKind::Unreadable], Some(5))
        },
        line(holder(SubjectKind::AgentBlueprint, 3, ""), &[], None),
    ]
}
