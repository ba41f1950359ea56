//! Many notices that are due at the same time, beside receivers that are down, slow and busy, and SIGKILL in the middle.

use crate::database::Engine;
use crate::machine::{Contents, LONG, Machine};
use crate::sink::{Manner, Sink};
use crate::{parameter, told};
use domain::credentials::SubjectKind;
use domain::ids::TenantId;
use domain::inventory::{InventoryObject, LifetimePolicy};
use domain::notices::{Audience, EndingApp, EndingFacts, Notice, NoticeFacts};
use serde_json::json;
use server::store::{PassPlace, PassStage, Readers, Store};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// Notices over one channel that are sent at the same time.
const AT_ONCE: usize = 8;
/// A channel that fails is left alone for so long, and then for so long.
const HOLDS: [Duration; 2] = [Duration::from_secs(5), Duration::from_mins(5)];
/// How long the busy one asks to be left alone.
const PEACE: Duration = Duration::from_secs(7);
/// What a process that was killed had taken is nobody's for so long.
const LEASE: Duration = Duration::from_secs(30);
/// Apps that the notices are about.
const APPS: u32 = 50;

/// From the environment.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    /// `NOTICES_COUNT`: that one receiver gets; the others get a thirtieth of it.
    count: usize,
    /// `NOTICES_SLOW_MS`: what the slow one takes for each.
    slow: Duration,
    /// `NOTICES_SECONDS`: all of them have arrived where somebody answers. Without it, which is so in the suite, no clock decides,
    /// and the portal's is moved over its waits.
    within: Option<Duration>,
    /// `NOTICES_MIB`: resident memory, at most.
    memory: u64,
}

impl Sizes {
    fn new() -> Self {
        Self {
            count: parameter("NOTICES_COUNT", 300),
            slow: Duration::from_millis(parameter("NOTICES_SLOW_MS", 100)),
            within: told("NOTICES_SECONDS").map(Duration::from_secs),
            memory: parameter("NOTICES_MIB", 150),
        }
    }
}

struct Sinks {
    well: Sink,
    slow: Sink,
    busy: Sink,
    down: Sink,
}

impl Sinks {
    async fn start(sizes: Sizes) -> Self {
        Self {
            well: Sink::start(Manner::Well).await,
            slow: Sink::start(Manner::Slow(sizes.slow)).await,
            busy: Sink::start(Manner::Busy(PEACE)).await,
            down: Sink::start(Manner::Down).await,
        }
    }

    fn named(&self) -> [(&'static str, &Sink); 4] {
        [("well", &self.well), ("slow", &self.slow), ("busy", &self.busy), ("down", &self.down)]
    }

    fn config(&self) -> String {
        let channels = self.named().map(|(name, sink)| {
            let tells = if name == "well" { r#""admins", "unowned""# } else { r#""unowned""# };
            format!(
                r#"
                [[notices.channels]]
                name = "{name}"
                kind = "webhook"
                url = "{}"
                tells = [{tells}]
                secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
                "#,
                sink.url
            )
        });
        format!("[jobs]\nheartbeat = 1\n[notices]\nallow_hosts = [\"127.0.0.1\"]\n{}", channels.concat())
    }
}

/// Ids of notices in the outbox.
struct Posted {
    all: BTreeSet<String>,
    /// Those that go to every receiver.
    shared: BTreeSet<String>,
}

/// Writes into the outbox what is to be sent, and into the inventory what it is about, as one who reads the directory does.
async fn post(machine: &Machine, sizes: Sizes) -> Posted {
    let tenant: TenantId = machine.tenant.id.parse().unwrap();
    let store = Store::open(&machine.database.url).await.unwrap().of(tenant);
    let now = OffsetDateTime::now_utc();
    let end = (now + time::Duration::days(5)).format(&Rfc3339).unwrap();
    let objects: Vec<InventoryObject> = (0..u128::from(APPS))
        .map(|n| {
            let row = json!({"id": Uuid::from_u128(n + 1), "displayName": format!("app {n}"), "keyCredentials": [],
                "passwordCredentials": [{"keyId": Uuid::from_u128(n + 1000), "endDateTime": end}], "owners": []});
            InventoryObject::from_graph(SubjectKind::Application, &row).unwrap()
        })
        .collect();
    let pass = store.begin_inventory_pass(now).await.unwrap().number;
    let (place, policy) = (PassPlace { stage: PassStage::FIRST, next_link: None }, LifetimePolicy::default());
    assert!(
        store
            .keep_inventory_page((pass, &Readers::default()), objects.clone(), (now, 0), &policy, &place)
            .await
            .unwrap()
    );
    assert!(store.finish_inventory_pass(pass, now).await.unwrap());
    let mut posted = Posted { all: BTreeSet::new(), shared: BTreeSet::new() };
    for (n, object) in (0..sizes.count).zip(objects.iter().cycle()) {
        let is_shared = n % 30 == 0;
        let audience = if is_shared { Audience::Unowned } else { Audience::Admins };
        let facts = EndingFacts::new(vec![EndingApp::of(object, now).unwrap()], now).unwrap();
        let notice = Notice::new(tenant, audience, NoticeFacts::Ending(facts), &format!("endurance {n}"), now);
        assert!(store.post_notice(&notice, now).await.unwrap());
        posted.all.insert(notice.id.to_string());
        if is_shared {
            posted.shared.insert(notice.id.to_string());
        }
    }
    posted
}

/// Waits for it, and looks at the portal's memory meanwhile.
async fn until(what: &str, machine: &mut Machine, most: &mut u64, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    let patience = LONG + HOLDS[1];
    while !done() {
        let ended = machine.portal.ended();
        assert!(ended.is_none(), "{what}: the portal ended by itself: {ended:?}\n{}", machine.log());
        assert!(begun.elapsed() < patience, "{what}: not in {patience:?}\n{}", machine.log());
        *most = machine.portal.memory().max(*most);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Calls that came after one another without a pause of this, each as how many there were and when the first came.
fn bursts(sink: &Sink, pause: Duration) -> Vec<(usize, Instant)> {
    let mut bursts: Vec<(usize, Instant)> = vec![];
    let mut last = None;
    for call in sink.calls() {
        match bursts.last_mut().filter(|_| last.is_some_and(|last| call.at - last < pause)) {
            Some((count, _)) => *count += 1,
            None => bursts.push((1, call.at)),
        }
        last = Some(call.at);
    }
    bursts
}

async fn many_due_notices(engine: Engine) {
    let sizes = Sizes::new();
    eprintln!("notices on {engine:?}: {sizes:?}");
    let sinks = Sinks::start(sizes).await;
    let contents =
        Contents { people: 1, apps: 1, more_apps: 0, moves_clock: sizes.within.is_none(), config: sinks.config() };
    let mut machine = Machine::start(engine, &contents).await;
    machine.portal.kill();
    let posted = post(&machine, sizes).await;
    let closed = sinks.well.closes_at(sizes.count / 3).await;
    let mut most = 0;
    let begun = Instant::now();
    machine.start_portal();

    // The one that answers well is in the middle of it, and the bad ones have been tried twice.
    let near = HOLDS[0] / 2;
    let (down, busy) = (sinks.down.clone(), sinks.busy.clone());
    until("in the middle", &mut machine, &mut most, || {
        sinks.well.calls().len() > sizes.count / 3 && bursts(&down, near).len() > 1 && bursts(&busy, near).len() > 1
    })
    .await;
    let tried = bursts(&sinks.down, near);
    let looked_at = Instant::now();
    let before = sinks.named().map(|(_, sink)| sink.on_their_way());
    machine.portal.kill();
    // What came between the look and its end is on its way as well: the receivers take it from their sockets by and by.
    let calls = || sinks.named().map(|(_, sink)| sink.calls().len());
    let mut taken = calls();
    loop {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let now = calls();
        if now == taken {
            break;
        }
        taken = now;
    }
    let after = sinks.named().map(|(_, sink)| sink.came_since(looked_at));
    let on_their_way: Vec<BTreeSet<String>> = before.iter().zip(&after).map(|(before, after)| before | after).collect();
    drop(closed);
    if sizes.within.is_none() {
        sinks.down.is_now(Manner::Well);
        machine.move_clock(i32::try_from((LEASE + HOLDS[1]).as_secs() + 30).unwrap());
    }
    machine.start_portal();
    let (well, slow) = (sinks.well.clone(), sinks.slow.clone());
    until("all have arrived where somebody answers", &mut machine, &mut most, || {
        well.taken(&posted.all) == posted.all.len()
            && [&slow, &busy].iter().all(|sink| sink.taken(&posted.shared) == posted.shared.len())
    })
    .await;
    let took = begun.elapsed();
    sinks.down.is_now(Manner::Well);
    until("what was down has all", &mut machine, &mut most, || down.taken(&posted.shared) == posted.shared.len()).await;

    let doubles: Vec<usize> = sinks
        .named()
        .iter()
        .zip(&on_their_way)
        .map(|((name, sink), on_their_way)| {
            let doubles = sink.doubles();
            assert!(doubles.is_subset(on_their_way), "{name}: {doubles:?} came twice, on their way: {on_their_way:?}");
            assert!(doubles.len() <= AT_ONCE, "{name}: {doubles:?}");
            doubles.len()
        })
        .collect();
    assert!(doubles[0] > 0, "what the first had not answered came again");
    let (first, second) = (tried[0], tried[1]);
    assert!((1..=AT_ONCE).contains(&first.0) && second.0 == 1, "{first:?}, {second:?}");
    let waited = second.1 - first.1;
    assert!(waited >= HOLDS[0], "{waited:?}");
    let asked_again = bursts(&sinks.busy, near)[1].1 - bursts(&sinks.busy, near)[0].1;
    assert!(asked_again >= PEACE, "{asked_again:?}");
    let calls = sinks.busy.calls();
    let refused = calls.iter().filter(|call| call.answered.is_some_and(|(_, status)| status == 429)).count();
    assert!(refused <= AT_ONCE, "{refused} were sent to one who wanted to be left alone");
    eprintln!(
        "{} arrived, {} of them at three more, in {took:.1?} with SIGKILL in the middle; {doubles:?} came twice; {} were sent to \
         the one that was down before it was left alone for {waited:.1?}, {refused} to the busy one, which was left alone for \
         {asked_again:.1?}; at most {most} MiB",
        posted.all.len(),
        posted.shared.len(),
        first.0,
    );
    assert!(most < sizes.memory, "{most} MiB");
    if let Some(within) = sizes.within {
        assert!(took < within, "{took:?}");
        let third = bursts(&sinks.down, near)[2].1 - second.1;
        assert!(third >= HOLDS[1], "{third:?}");
    }
}

#[tokio::test]
async fn many_due_notices_on_sqlite() {
    many_due_notices(Engine::Sqlite).await;
}

#[tokio::test]
async fn many_due_notices_on_postgresql() {
    many_due_notices(Engine::Postgres).await;
}
