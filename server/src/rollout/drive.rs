//! Does what [`domain::push`] says, on one app: reads, writes, waits. What must not be forgotten is written down first.

use crate::graph::{GraphError, Room};
use crate::operations::locks::Alone;
use crate::rollout::conclude;
use crate::rollout::conclude::Driven;
use crate::rollout::one_app::{AppEnd, AppPush, Kept};
use crate::rollout::steps::Steps;
use crate::rollout::watched::Watch;
use crate::store::{Origin, StoreError, to_json};
use app::contract::problem::Problem;
use domain::key_credential::KeyCredentials;
use domain::push::{Ask, Journal, Push, WriteAnswer};
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

const WRITE: &str = "PATCH: write the previewed body";
/// A write rests on a read no older than this.
const FRESH: Duration = Duration::from_secs(1);

pub(crate) struct Drive<'a> {
    app: &'a AppPush,
    alone: Alone,
    push: Push,
    steps: Steps,
    /// The kept state from before the first write.
    undo: Option<i64>,
    /// For the next write.
    room: Option<Room>,
    /// Whether the app admits personal accounts, as the last read showed.
    personal: bool,
    /// When the last read was answered.
    read_at: Instant,
    /// Reads are of this app alone, from the beginning and from when a write is due, until one is sent. A list comes by way of
    /// Graph's index, of which nobody promises that it is no older than the app itself: it may show what a write did, and
    /// no write rests on it.
    by_itself: bool,
    /// The last read was.
    read_by_itself: bool,
    /// Since the last write, or since the beginning.
    reads: u32,
    /// Reads until the last write.
    reads_before: u32,
    deadline: Instant,
    pause: Duration,
    /// Writes in a row that were turned away.
    turned_away: u32,
    /// The last request that failed, if nothing has succeeded since.
    trouble: Option<Problem>,
    watch: Watch<'a>,
}

impl<'a> Drive<'a> {
    pub(crate) fn new(app: &'a AppPush, alone: Alone, push: Push, steps: Steps, undo: Option<i64>) -> Self {
        let settings = &app.state.settings;
        Self {
            app,
            alone,
            steps,
            undo,
            room: None,
            personal: false,
            read_at: Instant::now(),
            by_itself: true,
            read_by_itself: false,
            reads: 0,
            reads_before: push.report().reads,
            push,
            deadline: Instant::now() + settings.read_patience,
            pause: settings.read_pause,
            turned_away: 0,
            trouble: None,
            watch: Watch::new(&app.watched),
        }
    }

    pub(crate) async fn run(mut self) -> Result<Driven, AppEnd> {
        loop {
            if self.app.state.board.is_stopping() {
                return Err(AppEnd::Stopped);
            }
            match self.push.next() {
                Ask::Done(ending) => {
                    let Self { push, steps, trouble, undo, reads_before, .. } = self;
                    return Ok(Driven { push, ending: Some(ending), steps, trouble, undo, reads_before });
                }
                Ask::Read => {
                    if let Some(problem) = self.read().await? {
                        return Ok(Driven::not_read(self.push, self.steps, problem));
                    }
                }
                Ask::Write(body) => self.write(&body).await?,
            }
        }
    }

    /// Answers why it ends, where nothing was sent and no read succeeds.
    async fn read(&mut self) -> Result<Option<Problem>, AppEnd> {
        let read_pause = self.app.state.settings.read_pause;
        if self.reads > 0 {
            if Instant::now() + self.pause > self.deadline {
                self.push.out_of_patience();
                if self.push.next() != Ask::Read {
                    return Ok(None);
                }
            }
            self.app.wait(self.pause).await?;
        }
        self.reads += 1;
        let as_planned = match self.app.read(self.by_itself).await? {
            Ok(answer) => {
                (self.read_at, self.read_by_itself) = (Instant::now(), self.by_itself);
                let application = answer.value;
                self.personal = application.admits_personal_accounts();
                self.push.read(&application.key_credentials, application.token_encryption_key_id);
                let called = conclude::called(&self.push, &application.key_credentials);
                self.steps.answered(called.words(), answer.status, answer.request_id.as_deref());
                self.trouble = None;
                self.keep_what_was_read().await?;
                called.is_as_planned()
            }
            Err(error) => {
                let problem = error.into_problem(&mut self.steps, self.push.report().writes > 0);
                if self.push.report().writes == 0 && self.turned_away == 0 {
                    return Ok(Some(problem));
                }
                self.push.read_failed();
                self.trouble = Some(problem);
                false
            }
        };
        self.watch.set(as_planned && self.push.next() == Ask::Read);
        // Waiting costs everyone who shares the limits of this directory: less often, the longer it takes.
        self.pause = if as_planned { read_pause } else { (self.pause * 3 / 2).min(read_pause * 5) };
        Ok(None)
    }

    /// What another process would have to know if this one ended now.
    async fn keep_what_was_read(&mut self) -> Result<(), StoreError> {
        // A write that is due is kept with all that was read before it.
        if matches!(self.push.next(), Ask::Write(_)) {
            return Ok(());
        }
        let Some(journal) = self.push.journal() else { return Ok(()) };
        let AppPush { state, run, work, .. } = self.app;
        let kept = self.kept(journal, false)?;
        state.store.of(run.tenant).journal_read(run.id, work.position, &kept).await
    }

    fn kept(&self, push: Journal, writing: bool) -> Result<String, StoreError> {
        let at = self.app.state.clock.now();
        to_json("journal", &Kept { push, steps: self.steps.listed(), undo: self.undo, at, writing })
    }

    async fn write(&mut self, body: &Value) -> Result<(), AppEnd> {
        if !self.read_by_itself {
            self.look_again();
            return Ok(());
        }
        let settings = &self.app.state.settings;
        if self.turned_away >= settings.retry.attempts {
            self.push.out_of_patience();
            return Ok(());
        }
        let Some(room) = self.room().await? else { return Ok(()) };
        let Some(journal) = self.push.journal() else { return Err(AppEnd::Stopped) };
        let based_on = journal.before().clone();
        self.keep_before_writing(journal).await?;
        self.alone.check().await?;
        self.reads_before = self.push.report().reads;
        match self.app.token().await? {
            Ok(token) => self.send(&token, body, &based_on, room).await?,
            Err(problem) => {
                // Nothing was sent.
                self.steps.unsent(WRITE, &problem);
                self.trouble = Some(problem);
                self.push.wrote(WriteAnswer::Refused);
            }
        }
        self.begin_reading();
        Ok(())
    }

    fn begin_reading(&mut self) {
        let settings = &self.app.state.settings;
        (self.reads, self.pause) = (0, settings.read_pause);
        self.deadline = Instant::now() + settings.read_patience;
    }

    /// For the write that is due. `None`: it took so long that the app is read again first, or there is none.
    async fn room(&mut self) -> Result<Option<Room>, AppEnd> {
        if let Some(room) = self.room.take() {
            return Ok(Some(room));
        }
        let room = tokio::select! {
            room = self.app.state.jobs_graph.room_for_a_write(self.personal) => room,
            () = self.app.state.board.stopped() => return Err(AppEnd::Stopped),
            // What was written to is looked at to the end.
            () = self.app.halted(), if self.push.report().writes == 0 => return Err(AppEnd::Stopped),
        };
        match room {
            Ok(room) if self.read_at.elapsed() < FRESH => return Ok(Some(room)),
            Ok(room) => {
                self.room = Some(room);
                self.look_again();
            }
            Err(error) => {
                self.not_written(&error, false).await?;
                self.begin_reading();
            }
        }
        Ok(None)
    }

    /// For a write that is due, and for which the last read is not good enough.
    fn look_again(&mut self) {
        self.push.look_again();
        self.by_itself = true;
        self.begin_reading();
    }

    /// The state before it, and what it will have done.
    async fn keep_before_writing(&mut self, journal: Journal) -> Result<(), StoreError> {
        let AppPush { state, run, work, .. } = self.app;
        if self.undo.is_none() {
            let before = self.app.sighting(journal.before());
            self.undo = Some(state.observed_by_push(run.tenant, before, Origin::BeforePush(run.id)).await?);
        }
        let before = self.push.report().before.as_ref().unwrap_or_else(|| journal.before()).pretty();
        let added = self.push.plan().key_ids();
        let kept = self.kept(journal, true)?;
        state.store.of(run.tenant).journal_write(run.id, work.position, &before, &added, &kept).await?;
        state.board.reads(run.id, work.position, false);
        Ok(())
    }

    async fn send(&mut self, token: &str, body: &Value, based_on: &KeyCredentials, room: Room) -> Result<(), AppEnd> {
        self.by_itself = false;
        let AppPush { state, work, .. } = self.app;
        let error = match state.jobs_graph.patch_key_credentials(token, work.app.object_id, body, room).await {
            Ok(answer) => {
                self.steps.answered(WRITE, answer.status, answer.request_id.as_deref());
                self.push.wrote(WriteAnswer::Accepted);
                (self.turned_away, self.trouble) = (0, None);
                return Ok(());
            }
            Err(error) => error,
        };
        if matches!(error, GraphError::SignedOut(_)) {
            self.steps.failed(WRITE, &error);
            return Err(AppEnd::NeedsSignIn(error.problem("this app")));
        }
        let overtaken = was_overtaken(self.app, &error, based_on).await?;
        self.not_written(&error, overtaken).await
    }

    /// A write without a yes.
    async fn not_written(&mut self, error: &GraphError, overtaken: bool) -> Result<(), AppEnd> {
        self.steps.failed(WRITE, error);
        self.trouble = Some(error.problem("this app"));
        if error.write_may_have_happened() {
            self.push.wrote(WriteAnswer::Unanswered);
        } else if error.write_turned_away() || *error == GraphError::Unreachable || overtaken {
            self.push.wrote(WriteAnswer::TurnedAway);
            self.turned_away += 1;
            let AppPush { state, .. } = self.app;
            let retry = &state.settings.retry;
            if self.turned_away < retry.attempts {
                match retry.wait(self.turned_away, error.retry_after(), state.entropy.as_ref()) {
                    Some(pause) => self.app.wait(pause).await?,
                    None => self.turned_away = retry.attempts,
                }
            }
        } else {
            self.push.wrote(WriteAnswer::Refused);
        }
        Ok(())
    }
}

/// Whether Graph refused a body because of what somebody else wrote after the read that it was made from: an entry that
/// has gone since cannot be named without its key.
async fn was_overtaken(app: &AppPush, error: &GraphError, based_on: &KeyCredentials) -> Result<bool, AppEnd> {
    if !matches!(error, GraphError::Invalid(_) | GraphError::NotUpdatable(_)) {
        return Ok(false);
    }
    let read = app.read(true).await?;
    Ok(read.is_ok_and(|now| !domain::diff::between(based_on, &now.value.key_credentials).is_empty()))
}

#[derive(Debug, Clone)]
pub(crate) enum ReadError {
    NoToken(Problem),
    Graph(GraphError),
}

impl ReadError {
    fn into_problem(self, steps: &mut Steps, written: bool) -> Problem {
        let what = if written { "GET: read back, failed" } else { "GET: read again before writing" };
        match self {
            Self::NoToken(problem) => {
                steps.unsent(what, &problem);
                problem
            }
            Self::Graph(error) => {
                steps.failed(what, &error);
                error.problem("this app")
            }
        }
    }
}
