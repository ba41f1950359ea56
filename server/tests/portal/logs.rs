//! What the portal writes into its log.

use crate::support::{COOKIE_NAME, TestPortal};
use std::io;
use std::sync::{Arc, Mutex};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

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

/// Everything of the portal, and of what it is made of as far as an operator would turn it up. Other tests of this
/// binary run at the same time and write here too, which makes the search only stricter.
#[tokio::test]
async fn no_secret_is_written_even_when_the_portal_is_talkative() {
    let lines = Lines::default();
    let filter = EnvFilter::new(
        "debug,server=trace,tower_http=trace,tower_sessions=trace,tower_sessions_core=trace,local_tenant=off,sqlx=debug",
    );
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(lines.clone()).with_ansi(false).init();

    let portal = TestPortal::start().await;
    let mut browser = portal.browser();
    let picker = browser.get("/sign-in?return=/apps").await;
    let state = picker.url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let page = portal.pick(&mut browser, &picker, "mara.lindqvist").await;
    let callback = page.way.iter().find(|url| url.path() == "/sign-in/callback").unwrap();
    let code = callback.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    browser.get("/apps").await;
    let cookie = browser.cookie(COOKIE_NAME).unwrap().to_owned();
    browser.get(callback.as_str()).await;

    let key = "5e".repeat(32);
    browser.get(&format!("/calendar/{key}/thumbprint.ics")).await;

    let written = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(written.contains("path=\"/sign-in/callback\""), "requests are in the log");
    assert!(written.contains("path=\"/calendar/\""), "of a calendar's the beginning");
    assert!(written.contains("signed in"), "and what came of them");
    for (what, secret) in [("code", &code), ("state", &state), ("cookie", &cookie), ("key of a calendar", &key)] {
        let line = written.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(line, None, "the {what} is in the log");
    }
    for sign in ["eyJ", "client_assertion=", "refresh_token=", "Bearer "] {
        let line = written.lines().find(|line| line.contains(sign));
        assert_eq!(line, None, "{sign} is in the log");
    }
}
