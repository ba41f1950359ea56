//! Progress as server-sent events, over HTTP.

use crate::pushing::push_to_found;
use crate::support::{Browser, COOKIE_NAME, TestPortal};
use app::contract::pushes::Progress;
use domain::rollout::RunState;
use local_tenant::{FaultKind, FaultRule};
use reqwest::StatusCode;
use std::time::Duration;

const LONG: Duration = Duration::from_mins(1);

struct Events {
    answer: reqwest::Response,
    text: String,
    /// Name and data of the events for the page that came since.
    named: Vec<(String, String)>,
}

impl Events {
    async fn open(portal: &TestPortal, browser: &Browser, receipt: &str) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let cookie = format!("{COOKIE_NAME}={}", browser.cookie(COOKIE_NAME).unwrap_or_default());
        let url = portal.url(&format!("{receipt}/events"));
        let answer =
            client.get(url).header("cookie", cookie).header("accept", "text/event-stream").send().await.unwrap();
        Self { answer, text: String::new(), named: vec![] }
    }

    /// The next progress; `None` at the end of the stream. Events without a name are for programs, those with one for the
    /// page.
    async fn next(&mut self) -> Option<Progress> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let event: String = self.text.drain(..end + 2).collect();
                let field =
                    |name: &'static str| event.lines().filter_map(move |line| line.strip_prefix(name)).map(str::trim);
                let data = field("data:").collect::<Vec<_>>().join("\n");
                match field("event:").next() {
                    Some(name) => self.named.push((name.to_owned(), data)),
                    // A comment keeps the connection open.
                    None if data.is_empty() => {}
                    None => return Some(serde_json::from_str(&data).unwrap()),
                }
                continue;
            }
            let chunk = tokio::time::timeout(LONG, self.answer.chunk()).await.unwrap().unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

#[tokio::test]
async fn progress_is_told_as_it_comes_and_the_stream_ends_with_the_push() {
    let portal = TestPortal::start_with(|config| config.desk.read_pause = Duration::from_millis(20)).await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    let pace = [("canary", "1"), ("ask_between", "on"), ("halt_at", "100")];
    let receipt = push_to_found(&mut browser, "", &pace).await;
    let mut events = Events::open(&portal, &browser, &receipt).await;
    assert_eq!(events.answer.status(), StatusCode::OK);
    assert_eq!(events.answer.headers()["content-type"], "text/event-stream");
    assert!(!events.answer.headers().contains_key("content-encoding"));
    let paused = loop {
        let progress = events.next().await.unwrap();
        if progress.state == RunState::Paused {
            break progress;
        }
    };
    assert_eq!((paused.wave, paused.done()), (2, 1));
    let steer = [("receipt", receipt.split('/').nth(2).unwrap()), ("steer", "resume")];
    assert_eq!(browser.stay().submit("/api/steer", &steer).await.status, StatusCode::SEE_OTHER);
    let mut last = paused;
    loop {
        let progress = events.next().await.unwrap();
        assert!(progress.done() >= last.done(), "{progress:?}");
        last = progress;
        if last.is_over() {
            break;
        }
    }
    assert_eq!((last.state, last.waiting + last.working), (RunState::Finished, 0));
    assert_eq!(events.next().await, None);
    let html = |part: &str| events.named.iter().any(|(name, html)| name == "html" && html.contains(part));
    for part in
        [r#" id="run""#, r#" id="run-why""#, r#" id="receipt-filter""#, r#" id="receipt-apps""#, ">Resume<", ">Pause<"]
    {
        assert!(html(part), "{part}: {:?}", events.named);
    }
    assert_eq!(events.named.last(), Some(&("over".to_owned(), "reload".to_owned())));
}

#[tokio::test]
async fn events_are_for_who_may_see_the_receipt() {
    let portal = TestPortal::start().await;
    let mut mara = portal.signed_in("mara.lindqvist").await;
    let receipt = push_to_found(&mut mara, "payroll", &[]).await;
    for (who, status) in [("priya.raman", 200), ("owen.carter", 404), ("daniel.novak", 403)] {
        let mut browser = portal.browser();
        portal.sign_in(&mut browser, who, "/signed-out").await;
        assert_eq!(Events::open(&portal, &browser, &receipt).await.answer.status().as_u16(), status, "{who}");
    }
    let nobody = Events::open(&portal, &portal.browser(), &receipt).await;
    assert_eq!(nobody.answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(nobody.answer.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn the_stream_ends_with_the_session_and_with_the_portal() {
    let portal = TestPortal::start().await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    let pace = [("canary", "1"), ("ask_between", "on"), ("halt_at", "100")];
    let receipt = push_to_found(&mut browser, "", &pace).await;
    let other = portal.signed_in("mara.lindqvist").await;
    let mut ends = Events::open(&portal, &browser, &receipt).await;
    let mut stays = Events::open(&portal, &other, &receipt).await;
    assert!(ends.next().await.is_some() && stays.next().await.is_some());
    browser.stay().submit("/sign-out", &[]).await;
    while ends.next().await.is_some() {}
    let began = std::time::Instant::now();
    let stopping = tokio::spawn(portal.portal.shutdown());
    while stays.next().await.is_some() {}
    stopping.await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(20), "open streams do not hold the portal up");
}

#[tokio::test]
async fn a_stop_ends_a_push_at_its_next_step() {
    let slow = FaultKind::Slow { milliseconds: 100 };
    let portal = TestPortal::start_with(|config| config.desk.parallel_apps = 1).await;
    let mut browser = portal.signed_in("mara.lindqvist").await;
    portal.tenant.add_fault(FaultRule { method: Some("PATCH".into()), ..FaultRule::new(slow) });
    let pace = [("canary", "0"), ("halt_at", "100")];
    let receipt = push_to_found(&mut browser, "", &pace).await;
    assert!(receipt.starts_with("/receipts/"));
    portal.portal.shutdown().await;
    let written = portal.tenant.requests().iter().filter(|request| request.method == "PATCH").count();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let after = portal.tenant.requests().iter().filter(|request| request.method == "PATCH").count();
    assert_eq!(after, written, "nothing goes on after the stop");
}
