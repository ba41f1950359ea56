//! What is due, sent to a place that is there.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod acknowledged;
mod digests;
mod hours;
mod kept;

use super::{ChannelBook, Planner, Recipients, Sender};
use crate::clock::Clock;
use crate::config::{NoticeSettings, TokenKey};
use crate::entropy::OsEntropy;
use crate::session::Sealer;
use crate::store::databases::{Database, on_both};
use crate::store::{AuditFilter, PassPlace, PassStage, TenantStore};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use domain::credentials::SubjectKind;
use domain::ids::{ObjectId, TenantId};
use domain::inventory::{InventoryObject, LifetimePolicy};
use domain::notices::{Audience, DeliveryState, Notice, NoticeFacts};
use domain::teams::Team;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use tokio::sync::{Notify, RwLock};
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
    /// Told of each that it takes.
    came: Notify,
    /// It answers while nobody has this to themselves.
    open: RwLock<()>,
}

/// A receiver on this machine.
#[derive(Clone, Default)]
pub(super) struct Sink(Arc<SinkState>);

impl Sink {
    pub(super) async fn start(&self) -> String {
        async fn take(State(Sink(state)): State<Sink>, headers: HeaderMap, body: Bytes) -> Response {
            state.taken.lock().unwrap().push((headers, body));
            state.came.notify_one();
            drop(state.open.read().await);
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

    /// Waits until it has taken so many.
    async fn has_taken(&self, count: usize) {
        while self.taken() < count {
            self.0.came.notified().await;
        }
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
    book: ChannelBook,
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
    let recipients = Recipients::new(&settings, teams, Some(Duration::days(3)));
    let sealer = Arc::new(Sealer::new(&TokenKey::random(&OsEntropy), &[]).unwrap());
    let book = ChannelBook::new(store.clone(), settings, sealer);
    let sender =
        Sender::new(book.clone(), clock.clone(), Arc::new(OsEntropy), recipients.clone(), portal, None).unwrap();
    let planner = Planner::new(book.clone(), clock.clone(), recipients);
    Site { book, store, clock, sender, planner }
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
async fn what_comes_while_a_slow_receiver_is_at_work_does_not_wait_for_it() {
    let database = Database::sqlite();
    let (slow, well) = (Sink::default(), Sink::default());
    let channels = json!([webhook("slow", &slow.start().await), webhook("well", &well.start().await)]);
    let site = site(&database, channels).await;
    let closed = slow.0.open.write().await;
    site.post("1").await;
    let meanwhile = async {
        slow.has_taken(1).await;
        site.post("2").await;
        let came = tokio::time::timeout(std::time::Duration::from_secs(10), well.has_taken(2)).await;
        drop(closed);
        came.expect("it waits for another receiver");
    };
    let (sent, ()) = tokio::join!(site.sender.run(), meanwhile);
    sent.unwrap();
    assert_eq!((slow.taken(), well.taken()), (2, 2));
}

#[tokio::test]
async fn a_receiver_that_failed_is_asked_for_one_thing_before_all_others() {
    let database = Database::sqlite();
    let down = Sink::default();
    let site = site(&database, json!([webhook("down", &down.start().await)])).await;
    for n in 0..20 {
        site.post(&n.to_string()).await;
    }
    down.answers(&[(503, None); 99]);
    site.sender.run().await.unwrap();
    let first = down.taken();
    assert!((1..=8).contains(&first), "{first}");
    site.clock.forward(Duration::seconds(6));
    site.sender.run().await.unwrap();
    assert_eq!(down.taken(), first + 1);
    site.clock.forward(Duration::minutes(6));
    down.answers(&[]);
    site.sender.run().await.unwrap();
    assert_eq!(down.taken(), first + 1 + 20);
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

    // Gone once more, and then the configuration has another address for it.
    gone.answers(&[(410, None); 9]);
    site.post("3").await;
    site.sender.run().await.unwrap();
    site.post("4").await;
    site.sender.run().await.unwrap();
    assert_eq!(gone.taken(), 5);
    let elsewhere = Sink::default();
    let channels = json!([webhook("gone", &elsewhere.start().await), webhook("well", &well.start().await)]);
    let again = site_at(&database, channels, site.clock.now()).await;
    again.sender.run().await.unwrap();
    assert_eq!((gone.taken(), elsewhere.taken()), (5, 3), "both, and the alarm about itself");
    let audited = again.store.audit_page(None, &AuditFilter::default(), 0, 9).await.unwrap();
    assert_eq!(audited.items[0].action.as_str(), "channel-switched-on");
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
            () = sink.has_taken(100) => {}
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
    assert!(
        site.store.keep_inventory_page((pass.number, &pass.readers), objects, (now, 0), &policy, &place).await.unwrap()
    );
    assert!(site.store.finish_inventory_pass(pass.number, now).await.unwrap());
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
