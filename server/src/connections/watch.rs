//! What one connection is doing, and until when the other side has to do its part.

use super::places::PlaceKind;
use crate::config::ConnectionSettings;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// At the longest between two looks. A look is a comparison of a few times.
const TICK: Duration = Duration::from_secs(1);
/// How long a connection of the reserve may take over all that it is for.
const RESERVED: Duration = Duration::from_secs(3);
/// Once the portal stops: for what has a request under way,
const GRACE: Duration = Duration::from_secs(30);
/// for a request whose body has not come yet,
const GRACE_OF_BODIES: Duration = Duration::from_secs(5);
/// and for the last bytes of what has none.
const GRACE_OF_QUIET: Duration = Duration::from_millis(500);

/// Why a connection was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Overdue {
    #[error("no request came")]
    NoRequest,
    #[error("a request's head did not end")]
    Head,
    #[error("it was idle")]
    Idle,
    #[error("a request's body did not end")]
    Receiving,
    #[error("an answer was not taken")]
    Stalled,
    #[error("an answer did not end")]
    Sending,
    #[error("it was in the reserve, and its time is over")]
    Reserved,
    #[error("the portal stops")]
    Stopping,
}

pub(super) struct Watch {
    settings: ConnectionSettings,
    kind: PlaceKind,
    state: Mutex<State>,
}

struct State {
    opened: Instant,
    /// Requests begun so far.
    begun: u64,
    exchanges: Vec<Exchange>,
    /// Since when there is none under way.
    quiet_since: Instant,
    /// HTTP/2 says nothing by its bytes about requests: its pings look the same.
    speaks_http1: bool,
    /// The first byte of a head that has not ended.
    head_since: Option<Instant>,
    /// What was to be written could not be.
    blocked_since: Option<Instant>,
    stopping: Option<Instant>,
}

/// A request and its answer.
struct Exchange {
    id: u64,
    /// Its body has not ended.
    receiving_since: Option<Instant>,
    sending: Option<Sending>,
}

#[derive(Clone, Copy)]
struct Sending {
    since: Instant,
    /// See [`super::is_endless`].
    endless: bool,
    /// When the other side was given something last; `None` where we have nothing for it yet.
    given: Option<Instant>,
}

impl Watch {
    pub(super) fn new(settings: ConnectionSettings, kind: PlaceKind) -> Self {
        let now = Instant::now();
        let state = State {
            opened: now,
            begun: 0,
            exchanges: vec![],
            quiet_since: now,
            speaks_http1: false,
            head_since: None,
            blocked_since: None,
            stopping: None,
        };
        Self { settings, kind, state: Mutex::new(state) }
    }

    /// Ends once the other side is late.
    pub(super) async fn overdue(&self) -> Overdue {
        let tick = TICK.min(self.settings.head.max(Duration::from_millis(1)));
        loop {
            let now = Instant::now();
            match self.due(now) {
                Err(overdue) => return overdue,
                Ok(next) => sleep_until(next.min(now + tick)).await,
            }
        }
    }

    /// When to look again, at the latest.
    fn due(&self, now: Instant) -> Result<Instant, Overdue> {
        let state = self.state();
        let mut next = now + TICK;
        let mut by = |deadline: Instant, overdue: Overdue| {
            next = next.min(deadline);
            if deadline <= now { Err(overdue) } else { Ok(()) }
        };
        let ConnectionSettings { head, idle, receive, stalled, send, .. } = self.settings;
        if self.kind == PlaceKind::Reserve {
            by(state.opened + RESERVED, Overdue::Reserved)?;
        }
        if let Some(stopping) = state.stopping {
            by(stopping + GRACE, Overdue::Stopping)?;
            if state.exchanges.is_empty() {
                by(stopping.max(state.quiet_since) + GRACE_OF_QUIET, Overdue::Stopping)?;
            }
        }
        if state.exchanges.is_empty() {
            if state.begun == 0 {
                by(state.opened + head, Overdue::NoRequest)?;
            } else {
                by(state.quiet_since + idle, Overdue::Idle)?;
            }
            if let Some(since) = state.head_since {
                by(since + head, Overdue::Head)?;
            }
        }
        if let Some(since) = state.blocked_since {
            by(since + stalled, Overdue::Stalled)?;
        }
        for exchange in &state.exchanges {
            if let Some(since) = exchange.receiving_since {
                by(since + receive, Overdue::Receiving)?;
                if let Some(stopping) = state.stopping {
                    by(stopping + GRACE_OF_BODIES, Overdue::Stopping)?;
                }
            }
            if let Some(sending) = exchange.sending.filter(|sending| !sending.endless) {
                by(sending.since + send, Overdue::Sending)?;
            }
        }
        // One answer may wait for another on a slow line: the connection stands still where none moves.
        let given = state.exchanges.iter().filter_map(|exchange| exchange.sending?.given);
        if let Some(last) = given.max() {
            by(last + stalled, Overdue::Stalled)?;
        }
        Ok(next)
    }

    /// A request's head has come; answers its number on this connection.
    pub(super) fn begin(&self, http1: bool, has_body: bool) -> u64 {
        let mut state = self.state();
        state.begun += 1;
        state.head_since = None;
        state.speaks_http1 = http1;
        let (id, receiving_since) = (state.begun, has_body.then(Instant::now));
        state.exchanges.push(Exchange { id, receiving_since, sending: None });
        id
    }

    /// Its body has come, or nobody wants the rest.
    pub(super) fn received(&self, id: u64) {
        self.with(id, |exchange| exchange.receiving_since = None);
    }

    /// Its answer begins.
    pub(super) fn sends(&self, id: u64, endless: bool) {
        let sending = Sending { since: Instant::now(), endless, given: None };
        self.with(id, |exchange| exchange.sending = Some(sending));
    }

    /// A piece of the answer was given away; `false`: there is none yet.
    pub(super) fn gave(&self, id: u64, something: bool) {
        let given = something.then(Instant::now);
        self.with(id, |exchange| exchange.sending = exchange.sending.map(|sending| Sending { given, ..sending }));
    }

    pub(super) fn end(&self, id: u64) {
        let mut state = self.state();
        state.exchanges.retain(|exchange| exchange.id != id);
        if state.exchanges.is_empty() {
            state.quiet_since = Instant::now();
        }
    }

    /// Bytes have come.
    pub(super) fn read(&self) {
        let mut state = self.state();
        if state.speaks_http1 && state.exchanges.is_empty() && state.head_since.is_none() {
            state.head_since = Some(Instant::now());
        }
    }

    /// Bytes went out, or could not.
    pub(super) fn wrote(&self, blocked: bool) {
        let mut state = self.state();
        if !blocked {
            state.blocked_since = None;
        } else if state.blocked_since.is_none() {
            state.blocked_since = Some(Instant::now());
        }
    }

    pub(super) fn stop(&self) {
        self.state().stopping = Some(Instant::now());
    }

    fn with(&self, id: u64, change: impl FnOnce(&mut Exchange)) {
        if let Some(exchange) = self.state().exchanges.iter_mut().find(|exchange| exchange.id == id) {
            change(exchange);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn watch() -> Watch {
        Watch::new(ConnectionSettings::default(), PlaceKind::Usual)
    }

    /// Whole seconds from now on after which it is overdue, and why.
    async fn cut(watch: &Watch) -> (u64, Overdue) {
        let begun = Instant::now();
        let why = watch.overdue().await;
        ((Instant::now() - begun).as_secs(), why)
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_owes_a_request_first() {
        let watch = watch();
        watch.read();
        assert_eq!(cut(&watch).await, (10, Overdue::NoRequest), "whatever bytes have come");
    }

    #[tokio::test(start_paused = true)]
    async fn it_may_rest_between_requests_but_not_in_a_head() {
        let watch = watch();
        let id = watch.begin(true, false);
        tokio::time::advance(SECOND * 200).await;
        assert!(watch.due(Instant::now()).is_ok(), "it waits for us");
        watch.end(id);
        assert_eq!(cut(&watch).await, (75, Overdue::Idle));
        let id = watch.begin(true, false);
        watch.end(id);
        watch.read();
        assert_eq!(cut(&watch).await, (10, Overdue::Head));
        let id = watch.begin(false, false);
        watch.end(id);
        watch.read();
        assert_eq!(cut(&watch).await, (75, Overdue::Idle), "a ping of HTTP/2 is no head");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_has_to_come_and_an_answer_to_be_taken() {
        let receiving = watch();
        let id = receiving.begin(true, true);
        assert_eq!(cut(&receiving).await, (60, Overdue::Receiving));
        receiving.received(id);
        receiving.sends(id, false);
        receiving.gave(id, true);
        assert_eq!(cut(&receiving).await, (20, Overdue::Stalled));

        let slow = watch();
        let id = slow.begin(false, false);
        slow.sends(id, false);
        for _ in 0..30 {
            slow.gave(id, true);
            tokio::time::advance(SECOND * 10).await;
        }
        assert_eq!(slow.due(Instant::now()), Err(Overdue::Sending), "a byte now and then is not enough");

        let blocked = watch();
        let id = blocked.begin(true, false);
        blocked.sends(id, true);
        blocked.wrote(true);
        assert_eq!(cut(&blocked).await, (20, Overdue::Stalled));
    }

    #[tokio::test(start_paused = true)]
    async fn events_may_be_silent_for_as_long_as_we_are() {
        let watch = watch();
        let id = watch.begin(false, false);
        watch.sends(id, true);
        watch.gave(id, true);
        watch.gave(id, false);
        tokio::time::advance(SECOND * 4_000).await;
        assert!(watch.due(Instant::now()).is_ok());
        watch.gave(id, true);
        let other = watch.begin(false, false);
        watch.sends(other, false);
        watch.gave(other, true);
        tokio::time::advance(SECOND * 15).await;
        watch.gave(other, true);
        assert_eq!(cut(&watch).await, (20, Overdue::Stalled), "one that moves is enough");
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_waits_for_answers_and_not_for_silence() {
        let quiet = watch();
        quiet.stop();
        assert_eq!(cut(&quiet).await, (0, Overdue::Stopping));
        let receiving = watch();
        receiving.begin(true, true);
        receiving.stop();
        assert_eq!(cut(&receiving).await, (5, Overdue::Stopping));
        let at_work = watch();
        at_work.begin(true, false);
        at_work.stop();
        assert_eq!(cut(&at_work).await, (30, Overdue::Stopping));
    }

    #[tokio::test(start_paused = true)]
    async fn the_reserve_is_for_a_moment() {
        let reserved = Watch::new(ConnectionSettings::default(), PlaceKind::Reserve);
        reserved.begin(true, false);
        assert_eq!(cut(&reserved).await, (3, Overdue::Reserved));
    }
}
