//! What is due, sent to a place that is there.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::{Planner, Recipients, Sender};
use crate::clock::Clock;
use crate::config::NoticeSettings;
use crate::entropy::OsEntropy;
use crate::store::databases::{Database, on_both};
use crate::store::{AuditEntry, PassPlace, PassStage, TenantStore};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use domain::audit::{AuditAction, AuditOutcome};
use domain::credentials::{Subject, SubjectKind};
use domain::ids::{ObjectId, TenantId};
use domain::inventory::{InventoryObject, LifetimePolicy};
use domain::notices::{Acknowledgement, Audience, DeliveryState, Notice, NoticeFacts, NoticeHours, QuietHours};
use domain::teams::Team;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use tokio::sync::Notify;
use uuid::Uuid;

const AT: OffsetDateTime = datetime!(2026-11-29 08:00 UTC);
pub(super) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// One that is moved by hand.
struct HandClock(Mutex<OffsetDateTime>);

impl HandClock {
    fn forward(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for HandClock {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap()
    }
}

#[derive(Default)]
struct SinkState {
    /// What is answered to the next requests; then 200.
    answers: Mutex<Vec<(u16, Option<&'static str>)>>,
    taken: Mutex<Vec<(HeaderMap, Bytes)>>,
    /// Told at the hundredth.
    hundredth: Notify,
}

/// A receiver on this machine.
#[derive(Clone, Default)]
pub(super) struct Sink(Arc<SinkState>);

impl Sink {
    pub(super) async fn start(&self) -> String {
        async fn take(State(Sink(state)): State<Sink>, headers: HeaderMap, body: Bytes) -> Response {
            let count = {
                let mut taken = state.taken.lock().unwrap();
                taken.push((headers, body));
                taken.len()
            };
            if count == 100 {
                state.hundredth.notify_one();
            }
            let next = state.answers.lock().unwrap().pop().unwrap_or((200, None));
            let mut answer = (StatusCode::from_u16(next.0).unwrap(), "thanks").into_response();
            if let Some(wait) = next.1 {
                answer.headers_mut().insert("retry-after", HeaderValue::from_static(wait));
            }
            answer
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = Router::new().fallback(take).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://127.0.0.1:{port}/in?sig=a%2Fb")
    }

    fn answers(&self, answers: &[(u16, Option<&'static str>)]) {
        *self.0.answers.lock().unwrap() = answers.iter().rev().copied().collect();
    }

    fn taken(&self) -> usize {
        self.0.taken.lock().unwrap().len()
    }

    pub(super) fn first(&self) -> (HeaderMap, Bytes) {
        self.0.taken.lock().unwrap()[0].clone()
    }

    fn ids(&self) -> Vec<String> {
        let taken = self.0.taken.lock().unwrap();
        taken.iter().map(|(headers, _)| headers["webhook-id"].to_str().unwrap().to_owned()).collect()
    }
}

pub(super) struct Site {
    store: TenantStore,
    clock: Arc<HandClock>,
    pub(super) sender: Sender,
    planner: Planner,
}

/// A portal that tells over these channels.
async fn site(database: &Database, channels: Value) -> Site {
    site_at(database, channels, AT).await
}

pub(super) async fn site_at(database: &Database, channels: Value, at: OffsetDateTime) -> Site {
    site_of(database, json!({"channels": channels}), &[], at).await
}

/// A portal with these settings and teams.
async fn site_of(database: &Database, mut settings: Value, teams: &[Team], at: OffsetDateTime) -> Site {
    let _ = rustls::crypto::ring::default_provider().install_default();
    settings["allow_hosts"] = json!(["127.0.0.1"]);
    let settings: NoticeSettings = serde_json::from_value(settings).unwrap();
    let settings = Arc::new(settings);
    let store = database.store().await.of(TenantId::new(Uuid::from_u128(1)));
    let clock = Arc::new(HandClock(Mutex::new(at)));
    let portal = ("https://t.example", "t.example");
    let recipients = Recipients::new(&settings, teams);
    let entropy = Arc::new(OsEntropy);
    let sender =
        Sender::new(store.clone(), clock.clone(), entropy, settings.clone(), recipients.clone(), portal).unwrap();
    let planner = Planner::new(store.clone(), clock.clone(), settings, recipients);
    Site { store, clock, sender, planner }
}

fn webhook(name: &str, url: &str) -> Value {
    json!({"name": name, "kind": "webhook", "url": url, "tells": ["admins", "unowned"], "secrets": [SECRET]})
}

impl Site {
    pub(super) async fn post(&self, about: &str) -> Notice {
        let notice = Notice::new(self.store.tenant(), Audience::Admins, NoticeFacts::Test, about, self.clock.now());
        assert!(self.store.post_notice(&notice, self.clock.now()).await.unwrap());
        notice
    }

    async fn states(&self) -> Vec<(DeliveryState, u32)> {
        let rows = self.store.deliveries(0, 99).await.unwrap().items;
        rows.into_iter().map(|row| (row.state, row.attempts)).collect()
    }
}

#[tokio::test]
async fn what_fails_is_sent_again_with_the_same_id_and_kept_with_its_answer() {
    on_both(async |database| {
        let sink = Sink::default();
        let url = sink.start().await;
        let site = site(database, json!([webhook("ops", &url)])).await;
        let notice = site.post("1").await;
        sink.answers(&[(404, None), (301, None)]);
        site.sender.run().await.unwrap();
        assert_eq!(site.states().await, [(DeliveryState::Waiting, 1)]);
        site.sender.run().await.unwrap();
        assert_eq!(sink.taken(), 1, "not before its time");
        site.clock.forward(Duration::seconds(6));
        site.sender.run().await.unwrap();
        site.clock.forward(Duration::minutes(6));
        site.sender.run().await.unwrap();
        assert_eq!(site.states().await, [(DeliveryState::Delivered, 3)]);
        assert_eq!(sink.ids(), vec![notice.id.to_string(); 3]);
        let last = site.store.deliveries(0, 1).await.unwrap().items.remove(0).last.unwrap();
        assert_eq!((last.status, last.answer.as_str()), (Some(200), "thanks"));
    })
    .await;
}

#[tokio::test]
async fn a_receiver_that_wants_peace_gets_it_and_keeps_no_other_waiting() {
    let database = Database::sqlite();
    let (busy, well) = (Sink::default(), Sink::default());
    let channels = json!([webhook("busy", &busy.start().await), webhook("well", &well.start().await)]);
    let site = site(&database, channels).await;
    for n in 0..200 {
        site.post(&n.to_string()).await;
    }
    busy.answers(&[(429, Some("120")); 8]);
    site.sender.run().await.unwrap();
    assert_eq!(well.taken(), 200);
    assert!(busy.taken() <= 8, "no more than were on their way: {}", busy.taken());
    let asked = busy.taken();
    site.clock.forward(Duration::seconds(119));
    site.sender.run().await.unwrap();
    assert_eq!(busy.taken(), asked);
    busy.answers(&[]);
    site.clock.forward(Duration::seconds(30));
    site.sender.run().await.unwrap();
    let ids: HashSet<String> = busy.ids().into_iter().collect();
    assert_eq!((ids.len(), busy.taken()), (200, 200 + asked), "every one, and only those again that were refused");
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_not_asked_again_and_administrators_hear_of_it() {
    let database = Database::sqlite();
    let (gone, well) = (Sink::default(), Sink::default());
    let channels = json!([webhook("gone", &gone.start().await), webhook("well", &well.start().await)]);
    let site = site(&database, channels).await;
    gone.answers(&[(410, None); 9]);
    site.post("1").await;
    site.sender.run().await.unwrap();
    site.sender.run().await.unwrap();
    site.clock.forward(Duration::days(1));
    site.post("2").await;
    site.sender.run().await.unwrap();
    assert_eq!(gone.taken(), 1);
    assert_eq!(well.taken(), 3, "both notices, and the alarm about the other channel");
    let alarm = well.0.taken.lock().unwrap().iter().any(|(_, body)| {
        let event: Value = serde_json::from_slice(body).unwrap();
        event["data"]["facts"]["alarm"] == "channel-broken" && event["data"]["facts"]["what"] == "gone"
    });
    assert!(alarm);
    site.store.free_channel(&"gone".parse().unwrap(), site.clock.now()).await.unwrap();
    gone.answers(&[]);
    site.sender.run().await.unwrap();
    assert_eq!(gone.taken(), 4, "what it missed");
}

#[tokio::test]
async fn after_a_cut_every_id_arrives_and_only_what_was_on_its_way_twice() {
    on_both(async |database| {
        let sink = Sink::default();
        let site = site(database, json!([webhook("ops", &sink.start().await)])).await;
        let mut posted = HashSet::new();
        for n in 0..300 {
            posted.insert(site.post(&n.to_string()).await.id.to_string());
        }
        tokio::select! {
            ended = site.sender.run() => panic!("it was to be cut off: {ended:?}"),
            () = sink.0.hundredth.notified() => {}
        }
        // What it had taken is anybody's again when its lease is over.
        site.clock.forward(Duration::minutes(6));
        site.sender.run().await.unwrap();
        let ids = sink.ids();
        assert_eq!(ids.iter().cloned().collect::<HashSet<_>>(), posted);
        let twice = ids.len() - posted.len();
        assert!(twice <= 8, "{twice} came twice, and 8 are sent at the same time");
    })
    .await;
}

/// `cargo nextest run -p server --run-ignored only -E 'test(ten_thousand)' --no-capture`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes a while, and measures"]
async fn ten_thousand_beside_receivers_that_are_down_and_busy() {
    let database = Database::sqlite();
    let (well, down, busy) = (Sink::default(), Sink::default(), Sink::default());
    let channels = json!([
        webhook("well", &well.start().await),
        webhook("down", &down.start().await),
        webhook("busy", &busy.start().await)
    ]);
    let site = site(&database, channels).await;
    for n in 0..10_000 {
        site.post(&n.to_string()).await;
    }
    down.answers(&[(503, None); 50]);
    busy.answers(&[(429, Some("30")); 50]);
    let began = std::time::Instant::now();
    site.sender.run().await.unwrap();
    let took = began.elapsed();
    let ids: HashSet<String> = well.ids().into_iter().collect();
    eprintln!("{} to one receiver in {took:?}; {} and {} asked in vain", ids.len(), down.taken(), busy.taken());
    assert_eq!((ids.len(), well.taken()), (10_000, 10_000));
    assert!(down.taken() <= 8 && busy.taken() <= 8);
    assert!(took.as_secs() < 60, "{took:?}");
}

fn app(n: u128, days: i64) -> InventoryObject {
    let end = (AT + Duration::days(days)).format(&Rfc3339).unwrap();
    let row = json!({"id": Uuid::from_u128(n), "displayName": format!("app {n}"), "keyCredentials": [],
        "passwordCredentials": [{"keyId": Uuid::from_u128(n + 100), "endDateTime": end}], "owners": []});
    InventoryObject::from_graph(SubjectKind::Application, &row).unwrap()
}

/// A complete reading of the directory.
async fn read(site: &Site, objects: Vec<InventoryObject>) {
    let now = site.clock.now();
    let pass = site.store.begin_inventory_pass(now).await.unwrap();
    let place = PassPlace { stage: PassStage::FIRST, next_link: None };
    let policy = LifetimePolicy::default();
    assert!(site.store.keep_inventory_page(pass.number, objects, (now, 0), &policy, &place).await.unwrap());
    assert!(site.store.finish_inventory_pass(pass.number, now).await.unwrap());
}

#[tokio::test]
async fn a_digest_is_written_once_a_day_and_says_what_still_holds() {
    on_both(async |database| {
        let sink = Sink::default();
        let site = site(database, json!([webhook("ops", &sink.start().await)])).await;
        assert_eq!(site.planner.run().await.unwrap(), 0, "nothing was read, which is not nothing");
        read(&site, vec![app(1, 5), app(2, 6), app(3, 200)]).await;
        assert_eq!(site.planner.run().await.unwrap(), 1);
        assert_eq!(site.planner.run().await.unwrap(), 0);
        // One is renewed before the digest goes out.
        read(&site, vec![app(1, 5), app(2, 400), app(3, 200)]).await;
        site.sender.run().await.unwrap();
        let (_, body) = sink.0.taken.lock().unwrap().remove(0);
        let facts = serde_json::from_slice::<Value>(&body).unwrap()["data"]["facts"].clone();
        assert_eq!((facts["total"].as_u64(), &facts["apps"][0]["name"]), (Some(1), &"app 1".into()));
        site.clock.forward(Duration::days(1));
        read(&site, vec![app(1, 5), app(2, 400)]).await;
        assert_eq!(site.planner.run().await.unwrap(), 0, "four days: no rung of the ladder");
        site.clock.forward(Duration::days(1));
        assert_eq!(site.planner.run().await.unwrap(), 1, "three");
        read(&site, vec![app(1, 500), app(2, 400)]).await;
        site.sender.run().await.unwrap();
        assert_eq!(sink.taken(), 0, "all of it was renewed");
        assert_eq!(site.states().await[0].0, DeliveryState::Lapsed);
    })
    .await;
}

#[tokio::test]
async fn a_directory_that_is_not_read_any_more_is_told_once_a_day() {
    let database = Database::sqlite();
    let sink = Sink::default();
    let site = site(&database, json!([webhook("ops", &sink.start().await)])).await;
    read(&site, vec![app(1, 5)]).await;
    site.clock.forward(Duration::days(4));
    for _ in 0..2 {
        assert_eq!(site.planner.run().await.unwrap(), 0, "an old list tells nothing of today");
        site.sender.run().await.unwrap();
    }
    assert_eq!(sink.taken(), 1);
}

const OWEN: ObjectId = ObjectId::new(Uuid::from_u128(0xbbb));

/// As [`app`], of this owner.
fn owned(n: u128, days: i64) -> InventoryObject {
    let end = (AT + Duration::days(days)).format(&Rfc3339).unwrap();
    let owner = json!({"@odata.type": "#microsoft.graph.user", "id": OWEN, "accountEnabled": true});
    let row = json!({"id": Uuid::from_u128(n), "displayName": format!("app {n}"), "keyCredentials": [],
        "passwordCredentials": [{"keyId": Uuid::from_u128(n + 100), "endDateTime": end}], "owners": [owner]});
    InventoryObject::from_graph(SubjectKind::Application, &row).unwrap()
}

/// Mail goes to a host at which nobody answers.
fn mail(people: &[ObjectId]) -> Value {
    let people: serde_json::Map<String, Value> =
        people.iter().map(|id| (id.to_string(), json!("owen@example.com"))).collect();
    json!({"channels": [], "email": {"host": "localhost", "port": 1, "from": "desk@example.com", "people": people}})
}

fn hours(zone: &str, quiet: Option<(&str, &str)>, morning: &str) -> NoticeHours {
    let quiet = quiet.map(|(from, until)| QuietHours::new(from.parse().unwrap(), until.parse().unwrap()).unwrap());
    NoticeHours { zone: zone.parse().unwrap(), quiet, morning: morning.parse().unwrap() }
}

#[tokio::test]
async fn nobody_is_reminded_of_what_somebody_knows_until_it_has_ended() {
    on_both(async |database| {
        let sink = Sink::default();
        let site = site(database, json!([webhook("ops", &sink.start().await)])).await;
        read(&site, vec![app(1, 5), app(2, 5)]).await;
        let subject = Subject { kind: SubjectKind::Application, id: ObjectId::new(Uuid::from_u128(1)) };
        let ends_at = AT + Duration::days(5);
        let known = Acknowledgement { ends_at, person: OWEN, who: "Owen".into(), at: AT, until: ends_at, reason: None };
        let entry = AuditEntry::new(Some(OWEN), AT, AuditAction::EndAcknowledged, AuditOutcome::Recorded);
        // Between the writing of the digest and its sending.
        assert_eq!(site.planner.run().await.unwrap(), 1);
        site.store.acknowledge_end(subject, &known, &entry).await.unwrap();
        site.sender.run().await.unwrap();
        let told = |sink: &Sink| {
            let (_, body) = sink.0.taken.lock().unwrap().remove(0);
            let apps = serde_json::from_slice::<Value>(&body).unwrap()["data"]["facts"]["apps"].clone();
            apps.as_array().unwrap().iter().map(|app| app["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(told(&sink), ["app 2"]);
        site.clock.forward(Duration::days(2));
        read(&site, vec![app(1, 5), app(2, 5)]).await;
        assert_eq!(site.planner.look(site.clock.now()).await.unwrap().digests[&Audience::Unowned].len(), 1);
        // It has ended.
        site.clock.forward(Duration::days(3));
        read(&site, vec![app(1, 5), app(2, 5)]).await;
        assert_eq!(site.planner.run().await.unwrap(), 1);
        site.sender.run().await.unwrap();
        assert_eq!(told(&sink), ["app 1", "app 2"]);
        // It is known once more; then renewed in part, so that what ends now is something else.
        let until = AT + Duration::days(30);
        site.store.acknowledge_end(subject, &Acknowledgement { until, ..known }, &entry).await.unwrap();
        site.clock.forward(Duration::days(1));
        let due = async || {
            let digests = site.planner.look(site.clock.now()).await.unwrap().digests;
            let mut names: Vec<String> = digests[&Audience::Unowned].iter().map(|app| app.name.clone()).collect();
            names.sort_unstable();
            names
        };
        assert_eq!(due().await, ["app 2"]);
        read(&site, vec![app(1, 12), app(2, 5)]).await;
        assert_eq!(due().await, ["app 1", "app 2"]);
    })
    .await;
}

#[tokio::test]
async fn a_digest_is_written_on_the_persons_own_morning() {
    on_both(async |database| {
        // Half past five in the evening in Auckland, on the day before UTC's is over: 04:30 UTC.
        let at = datetime!(2026-11-29 04:30 UTC);
        let site = site_of(database, mail(&[OWEN]), &[], at).await;
        site.store.set_notice_hours(OWEN, Some(&hours("Pacific/Auckland", None, "17:31")), at).await.unwrap();
        read(&site, vec![owned(1, 5), app(2, 5)]).await;
        assert_eq!(site.planner.run().await.unwrap(), 0, "not yet, and not the portal's hour either");
        site.clock.forward(Duration::minutes(1));
        assert_eq!(site.planner.run().await.unwrap(), 1, "Owen's alone");
        site.clock.forward(Duration::hours(2) + Duration::minutes(29));
        assert_eq!(site.planner.run().await.unwrap(), 1, "what nobody owns, at seven of UTC");
        assert_eq!(site.planner.run().await.unwrap(), 0);
        // It has ended: each day of their own, once.
        site.clock.forward(Duration::days(6));
        read(&site, vec![owned(1, 5), app(2, 400)]).await;
        let mut written = vec![];
        for _ in 0..48 {
            written.push(site.planner.run().await.unwrap());
            site.clock.forward(Duration::hours(1));
        }
        // From eight in the evening on, and then at the first full hour after 17:31.
        let days: Vec<usize> = (0..48).filter(|hour| written[*hour] > 0).collect();
        assert_eq!((days, written.iter().sum::<u32>()), (vec![0, 22, 46], 3));
    })
    .await;
}

#[tokio::test]
async fn mail_to_a_person_waits_for_the_end_of_their_quiet_hours() {
    on_both(async |database| {
        let at = datetime!(2026-11-29 21:30 UTC);
        let site = site_of(database, mail(&[OWEN]), &[], at).await;
        let night = hours("Europe/Berlin", Some(("22:00", "07:00")), "07:00");
        site.store.set_notice_hours(OWEN, Some(&night), at).await.unwrap();
        let other = ObjectId::new(Uuid::from_u128(0xccc));
        for person in [OWEN, other] {
            let notice = Notice::new(site.store.tenant(), Audience::Person(person), NoticeFacts::Test, "1", at);
            assert!(site.store.post_notice(&notice, at).await.unwrap());
        }
        site.sender.run().await.unwrap();
        let rows = async || site.store.deliveries(0, 9).await.unwrap().items;
        let row = rows().await.remove(0);
        let until = datetime!(2026-11-30 06:00 UTC);
        assert_eq!(
            (rows().await.len(), row.at, row.is_quiet, row.attempts),
            (1, until, true, 0),
            "the other has no address"
        );
        site.clock.forward(Duration::hours(8));
        site.sender.run().await.unwrap();
        assert_eq!(rows().await[0].attempts, 0, "half past six in Berlin");
        site.clock.forward(Duration::minutes(30));
        site.sender.run().await.unwrap();
        let row = rows().await.remove(0);
        assert_eq!((row.is_quiet, row.attempts), (false, 1), "it is sent, though nobody answers: {row:?}");
    })
    .await;
}

#[tokio::test]
async fn the_contacts_of_a_team_are_told_of_its_apps_in_place_of_a_mailbox() {
    let database = Database::sqlite();
    let team = |name: &str, names: &[&str], technical: &str| -> Team {
        let team = json!({"name": name, "members": [OWEN], "names": names, "technical": technical});
        serde_json::from_value(team).unwrap()
    };
    let teams = [team("Payroll", &["app 1"], "payroll@example.com"), team("Ledger", &["app 2"], "ask Leila")];
    let site = site_of(&database, mail(&[]), &teams, AT).await;
    read(&site, vec![app(1, 5), app(2, 5), owned(3, 5)]).await;
    let planned = site.planner.look(AT).await.unwrap().digests;
    let payroll = Audience::Team(teams[0].name.clone());
    let names = |audience: &Audience| planned[audience].iter().map(|app| app.name.as_str()).collect::<Vec<_>>();
    assert_eq!(planned.len(), 3);
    assert_eq!(
        (names(&payroll), names(&Audience::Unowned), names(&Audience::Person(OWEN))),
        (vec!["app 1"], vec!["app 2"], vec!["app 3"])
    );
    site.planner.run().await.unwrap();
    site.sender.run().await.unwrap();
    let rows = site.store.deliveries(0, 9).await.unwrap().items;
    assert_eq!(
        rows.iter().map(|row| row.audience.clone()).collect::<Vec<_>>(),
        [payroll],
        "the others have no channel"
    );
    // Where mail is off nobody can be written to.
    let off = site_of(&database, json!({"channels": []}), &teams, AT).await;
    assert_eq!(
        off.planner.look(AT + Duration::days(1)).await.unwrap().digests.keys().collect::<Vec<_>>(),
        [&Audience::Unowned]
    );
}
