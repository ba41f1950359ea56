//! The inventory's grid: rows of every kind.

use super::overview::complete;
use super::{NOW, SampleDesk, id};
use app::contract::apps::Scope;
use app::contract::inventory::*;
use app::contract::overview::DirectoryReading;
use app::contract::paging::Page;
use app::contract::problem::Problem;
use domain::credentials::{CredentialKind, KeyUsage, Subject, SubjectKind};
use domain::ids::{AppId, KeyId, ObjectId};
use domain::inventory::{
    AttentionKind, Change, ChangeKind, Item, LastUse, Quiet, RollEntry, SeenUse, UnknownUse, UseReport, UseSource,
};
use domain::sign_in_log::{BadRow, LogCounts, LogRange};
use domain::suitability::validity;
use domain::thumbprint::Thumbprint;
use time::Duration;
use uuid::Uuid;

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
        Ok(Some(Grid { scope: Scope::of(viewer), reading, rows }))
    }

    async fn inventory_groups(&self, query: &GridQuery, group: GridGroup) -> Result<Option<GridGroups>, Problem> {
        let viewer = self.known()?;
        let Some(reading) = self.reading else { return Ok(None) };
        let line = |name: GroupName, rows: u64, filter: &str| GroupLine {
            name,
            rows,
            filter: (!filter.is_empty()).then(|| filter.parse().expect("a filter")),
        };
        let owen = id(7);
        let items = match group {
            GridGroup::Owner => vec![
                line(GroupName::Nobody, 1_204, "owner:none"),
                line(GroupName::UnknownOwner, 2, "owner:unknown"),
                line(
                    GroupName::Owner(ObjectId::new(owen), Some("Owen <b>Carter".into())),
                    12,
                    &format!("owner:{owen}"),
                ),
                line(GroupName::Owner(ObjectId::new(id(8)), None), 1, &format!("owner:{}", id(8))),
            ],
            GridGroup::Certificate => {
                let hex = "9F2C41D003B1C8E4E7A6590BC2401D5F77AE0011";
                let thumbprint = hex.parse().expect("a thumbprint");
                vec![
                    line(GroupName::Certificate(thumbprint), 9, &format!("certificate:{hex}")),
                    line(GroupName::UnknownCertificate, 1, "certificate:unknown"),
                ]
            }
            GridGroup::Issuer => vec![
                line(GroupName::Unread, 40, "issuer:unread"),
                line(GroupName::Issuer("CN=Contoso Issuing CA".into()), 3, "issuer:\"CN=Contoso Issuing CA\""),
                line(GroupName::Issuer("x".repeat(400)), 1, ""),
            ],
        };
        let groups = Page { items, page: query.page, has_next: query.page < 2, total: None };
        Ok(Some(GridGroups { scope: Scope::of(viewer), reading, groups }))
    }

    async fn inventory_charts(&self) -> Result<Option<Charts>, Problem> {
        let viewer = self.known()?;
        let scope = Scope::of(viewer);
        Ok(self.reading.map(|reading| charts(scope, reading)))
    }

    async fn use_sources(&self) -> Result<Option<UseSources>, Problem> {
        let viewer = self.known()?;
        if !viewer.sees_whole_audit() {
            return Err(Problem::new(403, "not-an-overseer", "This is for others", "It is."));
        }
        Ok(self.reading.map(|_| use_sources()))
    }

    async fn begin_sign_in_import(&self) -> Result<Box<dyn SignInImport>, Problem> {
        self.use_sources().await?;
        Ok(Box::new(Brought(0)))
    }

    async fn selection(&self, selection: &Selection) -> Result<SelectionView, Problem> {
        self.known()?;
        let reading = self.reading.ok_or_else(|| Problem::new(404, "inventory-off", "It is off", "It is off."))?;
        let rows = match &selection.which {
            Which::All => 61,
            Which::These(picks) if picks.is_empty() => {
                return Err(Problem::new(
                    422,
                    "none-selected",
                    "Nothing is selected",
                    "A selection has at least one row.",
                ));
            }
            Which::These(picks) => u32::try_from(picks.len()).expect("a few"),
        };
        let credentials = selection.query.view == GridView::Credentials;
        Ok(SelectionView {
            reading,
            rows,
            missing: 1,
            apps: 2,
            read_only: vec![(SubjectKind::ServicePrincipal, 3), (SubjectKind::AgentBlueprint, 1)],
            removable: if credentials { 4 } else { 0 },
            losing: if credentials { 2 } else { 0 },
            staying: if credentials { vec![(WhyStays::ReadOnly, 3), (WhyStays::Secret, 1)] } else { vec![] },
        })
    }

    async fn picked_names(&self, picks: &[Pick]) -> Result<Vec<(Pick, String)>, Problem> {
        self.known()?;
        Ok(picks.iter().map(|pick| (pick.clone(), "Order <intake>".to_owned())).collect())
    }

    async fn saved_views(&self) -> Result<Vec<SavedView>, Problem> {
        let admin = self.known()?.is_admin();
        let view = |n, name: &str, view: GridView, filter: &str, shared| SavedView {
            id: id(n),
            name: name.into(),
            query: GridQuery { filter: filter.parse().expect("a filter"), ..GridQuery::of(view) },
            shared,
            may_change: admin || !shared,
        };
        Ok(vec![
            view(801, "Nobody <owns> it", GridView::Objects, "owner:none", true),
            view(802, "Secrets that end", GridView::Credentials, "kind:secret ends:<30d", false),
        ])
    }

    async fn save_view(&self, name: &str, _: &GridQuery, _: bool) -> Result<(), Problem> {
        self.known()?;
        if name == "taken" {
            Err(Problem::new(409, "name-taken", "Another view is called so", "It is."))
        } else {
            Ok(())
        }
    }

    async fn rename_view(&self, _: Uuid, name: &str) -> Result<(), Problem> {
        self.save_view(name, &GridQuery::of(GridView::Objects), false).await
    }

    async fn remove_view(&self, _: Uuid) -> Result<(), Problem> {
        self.known().map(|_| ())
    }

    async fn object(&self, subject: Subject) -> Result<ObjectView, Problem> {
        let viewer = self.known()?;
        let seen = |count| Seen { count: Some(count), maybe_more: false };
        Ok(ObjectView {
            holder: holder(subject.kind, 2, "Expense portal"),
            certificates: seen(2),
            secrets: seen(1),
            federated: seen(0),
            people: vec![
                (viewer.object_id, format!("{} (you)", viewer.name)),
                (ObjectId::new(id(7)), "Owen Carter".into()),
            ],
            items: items(),
            changes: changes(),
            uses: uses(),
            read: NOW - Duration::hours(3),
            gone: None,
            may_decide: viewer.may_push(),
        })
    }

    async fn decide_item(&self, _: Item, ask: &ItemAsk) -> Result<(), Problem> {
        self.known()?;
        match ask {
            ItemAsk::Accept { reason } if reason.is_empty() => {
                Err(Problem::new(422, "bad-reason", "The reason cannot be kept", "A reason is needed."))
            }
            _ => Ok(()),
        }
    }

    async fn acknowledge_changes(&self, _: Subject, numbers: &[i64], _: &str) -> Result<(), Problem> {
        self.known()?;
        if numbers.is_empty() { Err(Problem::new(409, "none-open", "Nothing is open here", "None.")) } else { Ok(()) }
    }
}

/// Takes what has more than 4 bytes.
struct Brought(usize);

#[async_trait::async_trait]
impl SignInImport for Brought {
    async fn read(&mut self, piece: &[u8]) -> Result<(), Problem> {
        self.0 += piece.len();
        Ok(())
    }

    async fn finish(self: Box<Self>, file: Option<&str>) -> Result<i64, Problem> {
        if self.0 <= 4 || file != Some("signins.json") {
            return Err(Problem::new(422, "bad-log", "The log cannot be used", "The file breaks off in the middle."));
        }
        Ok(7)
    }
}

/// A report that stands still, and two logs.
pub fn use_sources() -> UseSources {
    let ago = |days| NOW - Duration::days(days);
    let counts = LogCounts {
        rows: 12_345,
        with_key: 12_000,
        without_key: 300,
        others: 43,
        bad: 2,
        first_bad: vec![(17, BadRow::Time), (18, BadRow::Outcome)],
    };
    let line = |number, file: Option<&str>, counts, unknown| ImportLine {
        number,
        at: ago(1),
        who: "Priya Raman".into(),
        file: file.map(str::to_owned),
        counts,
        covers: LogRange { from: ago(9), until: ago(2) },
        known: 42,
        unknown,
    };
    UseSources {
        report: Some(UseReport {
            read_at: ago(0),
            as_of: Some(ago(200)),
            moves_since: None,
            unknown: Some(UnknownUse::StandsStill),
        }),
        imports: vec![
            line(7, Some("<b>signins</b>.json"), counts, 1),
            line(6, None, LogCounts { rows: 1, with_key: 1, ..LogCounts::default() }, 0),
        ],
    }
}

/// A certificate that signs in, one that is quiet, and a secret of which nothing can be said.
pub fn uses() -> Vec<UseLine> {
    let ago = |days| NOW - Duration::days(days);
    let line =
        |n, kind, name: &str, last| UseLine { kind, name: Some(name.into()), key_id: Some(KeyId::new(id(n))), last };
    let quiet = |from| Ok(Quiet { since: ago(from), until: ago(1) });
    let tried = |days, succeeded| Some(SeenUse { at: ago(days), succeeded, by: UseSource::Report });
    let by = UseSource::Log(LogRange { from: ago(9), until: ago(2) });
    let logged = |succeeded| Some(SeenUse { at: ago(3), succeeded, by });
    vec![
        line(31, CredentialKind::Certificate, "CN=in-use", LastUse { seen: tried(1, true), quiet: quiet(1) }),
        line(32, CredentialKind::Certificate, "CN=quiet", LastUse { seen: tried(70, false), quiet: quiet(60) }),
        line(33, CredentialKind::Secret, "old pipeline", LastUse { seen: None, quiet: Err(UnknownUse::StandsStill) }),
        line(34, CredentialKind::Secret, "logged", LastUse { seen: logged(true), quiet: Err(UnknownUse::NoLicence) }),
        line(35, CredentialKind::Secret, "guessed at", LastUse { seen: logged(false), quiet: quiet(3) }),
    ]
}

impl SampleDesk {
    /// With an inventory that was read three hours ago.
    pub fn with_inventory(self) -> Self {
        Self { reading: Some(complete()), ..self }
    }
}

/// One that nobody has decided about, one that is assigned and snoozed, and one that is accepted.
fn items() -> Vec<ItemView> {
    let standing = |aside, reason: Option<&str>| StandingView {
        assignee: reason.is_none().then(|| "Owen Carter".into()),
        aside: Some(aside),
        reason: reason.map(str::to_owned),
        decided_by: "Mara Lindqvist".into(),
        decided_at: NOW - Duration::days(2),
    };
    let snoozed = standing(AsideView::Snoozed(NOW + Duration::days(20)), None);
    let accepted = standing(AsideView::Accepted, Some("Switched off in <March>"));
    vec![
        ItemView { kind: AttentionKind::ChangedElsewhere, standing: None },
        ItemView { kind: AttentionKind::NoOwner, standing: Some(snoozed) },
        ItemView { kind: AttentionKind::OnlySecrets, standing: Some(accepted) },
    ]
}

/// One of each kind, of each kind of credential, with all that can be known of who did it.
pub fn changes() -> Vec<ChangeView> {
    let entry = |days: i64, name: &str, facts: &str| RollEntry {
        id: id(70).to_string(),
        name: Some(name.into()),
        end: Some(NOW + Duration::days(days)),
        facts: facts.into(),
    };
    let view = |number, credential, kind, before, after, who| ChangeView {
        number,
        change: Change { credential, id: id(70).to_string(), kind, before, after },
        since: NOW - Duration::hours(27),
        found_at: NOW - Duration::hours(3),
        who,
        acknowledged: None,
    };
    let mara = WhoView::Known { name: "mara@contoso.example".into(), app: false, at: NOW - Duration::hours(5) };
    let certificate = CredentialKind::Certificate;
    let said = AcknowledgedView { by: "Mara Lindqvist".into(), at: NOW, reason: "That was us, by <az>".into() };
    vec![
        view(4, certificate, ChangeKind::Appeared, None, Some(entry(300, "CN=<b>az</b>", "9F2C, Verify")), mara),
        view(
            3,
            CredentialKind::Secret,
            ChangeKind::Changed,
            Some(entry(9, "az", "a1B")),
            Some(entry(90, "az", "a1B")),
            WhoView::Waiting,
        ),
        view(2, certificate, ChangeKind::Gone, None, None, WhoView::NotAllowed),
        ChangeView {
            acknowledged: Some(said),
            ..view(
                1,
                CredentialKind::Federated,
                ChangeKind::Gone,
                Some(entry(1, "ci", "issuer")),
                None,
                WhoView::Unknown,
            )
        },
    ]
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
            key_id: ends.then(|| KeyId::new(id(u128::from(days.unwrap_or_default().unsigned_abs()) + 900))),
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

/// Two days, a year in between; and of one secret it is not known when it began.
fn charts(scope: Scope, reading: DirectoryReading) -> Charts {
    let of = |certificates, secrets, federated| KindCounts { certificates, secrets, federated };
    let day = |ago, counts| CountedDay { day: (NOW - Duration::days(ago)).date(), counts };
    let band = |up_to, certificates, secrets| Band { up_to, counts: of(certificates, secrets, 0) };
    Charts {
        scope,
        reading,
        history: (scope == Scope::All).then(|| vec![day(365, of(1_200, 600, 0)), day(0, of(999, 0, 1))]),
        ages: Distribution { bands: vec![band(Some(30), 4, 1), band(None, 0, 8)], unknown: of(0, 1, 0) },
        lifetimes: Distribution { bands: vec![band(Some(366), 4, 1), band(None, 2, 0)], unknown: of(0, 0, 0) },
    }
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
