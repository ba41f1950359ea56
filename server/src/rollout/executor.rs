//! Does what [`domain::push`] says, on one app: reads, writes, waits. What must not be forgotten is written down first.

use crate::config::SENT_WITHIN;
use crate::graph::{GraphError, WritePermit};
use crate::rollout::app_context::AppContext;
use crate::rollout::app_end::AppEnd;
use crate::rollout::app_guards::AppGuard;
use crate::rollout::checkpoint::Checkpoint;
use crate::rollout::conclude::Driven;
use crate::rollout::failure::RequestFailure;
use crate::rollout::lapses::Lapses;
use crate::rollout::reader::ReadMethod;
use crate::rollout::steps::{StepKind, Steps};
use crate::rollout::verdict::ReadVerdict;
use crate::rollout::watched::Watch;
use crate::store::{Origin, SentWrite, StoreError};
use domain::key_credential::KeyCredentials;
use domain::push::{Ask, Journal, Push, UnansweredWrite, WriteAnswer, WriteId};
use serde_json::Value;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::time::Instant;

/// A write rests on a read no older than this.
const FRESH: Duration = Duration::from_secs(1);

/// Graph need not show a key, and takes few such reads from everyone together.
const KEY_READS: u32 = 5;

pub(super) struct Executor<'a> {
    app: &'a AppContext,
    guard: AppGuard,
    push: Push,
    steps: Steps,
    /// The kept state from before the first write.
    undo: Option<i64>,
    /// Until when each write without an answer may be carried out.
    lapses: Lapses,
    /// For the next write.
    permit: Option<WritePermit>,
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
    /// That were made with keys.
    key_reads: u32,
    /// Since the last write, or since the beginning.
    reads: u32,
    /// Reads until the last write.
    reads_before: u32,
    deadline: Instant,
    pause: Duration,
    /// Writes in a row that were turned away.
    turned_away: u32,
    /// Tokens that were renewed because Graph did not accept them, since the last write that it took.
    renewed: u32,
    /// The last request that failed, if nothing has succeeded since.
    trouble: Option<RequestFailure>,
    watch: Watch<'a>,
}

impl<'a> Executor<'a> {
    pub(super) fn new(
        app: &'a AppContext,
        guard: AppGuard,
        push: Push,
        steps: Steps,
        undo: Option<i64>,
        lapses: Lapses,
    ) -> Self {
        let settings = &app.rollout().settings;
        Self {
            app,
            guard,
            steps,
            undo,
            lapses,
            permit: None,
            personal: false,
            read_at: Instant::now(),
            by_itself: true,
            read_by_itself: false,
            key_reads: 0,
            reads: 0,
            reads_before: push.report().reads,
            push,
            deadline: Instant::now() + settings.read_patience,
            pause: settings.read_pause,
            turned_away: 0,
            renewed: 0,
            trouble: None,
            watch: Watch::new(&app.wave.watched),
        }
    }

    pub(super) async fn run(mut self) -> Result<Driven, AppEnd> {
        self.keep_what_is_known().await?;
        loop {
            if self.app.rollout().notifier.is_stopping() {
                return Err(AppEnd::Stopped);
            }
            self.lapse();
            match self.push.next() {
                Ask::Done(ending) => {
                    let Self { push, steps, trouble, undo, reads_before, .. } = self;
                    return Ok(Driven { push, ending: Some(ending), steps, trouble, undo, reads_before });
                }
                Ask::Read => {
                    if let Some(failure) = self.read().await? {
                        return Ok(Driven::not_read(self.push, self.steps, failure));
                    }
                }
                Ask::Write(body) => self.write(&body).await?,
            }
        }
    }

    /// Tells the push of writes that will not be carried out any more.
    fn lapse(&mut self) {
        let awaited: Vec<WriteId> = self.push.awaits().collect();
        for id in awaited.into_iter().filter(|id| self.lapses.is_over(*id)).collect::<Vec<_>>() {
            self.push.lapse(id);
            self.begin_reading();
        }
    }

    /// Answers why it ends, where nothing was sent and no read succeeds.
    async fn read(&mut self) -> Result<Option<RequestFailure>, AppEnd> {
        let read_pause = self.app.rollout().settings.read_pause;
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
        let how = self.reading();
        let as_planned = match self.app.read(how).await? {
            Ok(answer) => {
                (self.read_at, self.read_by_itself) = (Instant::now(), how != ReadMethod::Together);
                let application = answer.value;
                self.personal = application.admits_personal_accounts();
                self.push.read(&application.key_credentials, application.token_encryption_key_id);
                let verdict = ReadVerdict::of(&self.push, &application.key_credentials);
                self.steps.answered(verdict.into(), answer.status, answer.request_id.as_deref());
                self.trouble = None;
                self.keep_what_is_known().await?;
                verdict == ReadVerdict::AsPlanned
            }
            Err(failure) => {
                let nothing_written = self.push.report().writes == 0;
                let kind = if nothing_written { StepKind::ReadBeforeWriting } else { StepKind::NotReadBack };
                self.steps.failed(kind, &failure);
                if nothing_written && self.turned_away == 0 {
                    return Ok(Some(failure));
                }
                self.push.read_failed();
                self.trouble = Some(failure);
                false
            }
        };
        self.watch.set(as_planned && self.push.next() == Ask::Read);
        // Waiting costs everyone who shares the limits of this directory: less often, the longer it takes.
        self.pause = if as_planned { read_pause } else { (self.pause * 3 / 2).min(read_pause * 5) };
        Ok(None)
    }

    fn reading(&mut self) -> ReadMethod {
        if self.key_reads < KEY_READS && self.push.wants_keys() {
            self.key_reads += 1;
            return ReadMethod::WithKeys;
        }
        if self.by_itself { ReadMethod::ByItself } else { ReadMethod::Together }
    }

    /// What another process would have to know if this one ended now.
    async fn keep_what_is_known(&mut self) -> Result<(), StoreError> {
        let Some(journal) = self.push.read_journal() else { return Ok(()) };
        let checkpoint = self.checkpoint(journal, false, self.app.rollout().clock.now())?;
        let app = self.app;
        app.store().journal_read(app.run().id, app.work.position, &checkpoint).await
    }

    fn checkpoint(&self, push: Journal, writing: bool, at: OffsetDateTime) -> Result<String, StoreError> {
        let steps = self.steps.listed().to_vec();
        Checkpoint { push, steps, undo: self.undo, at, writing }.to_json()
    }

    async fn write(&mut self, body: &Value) -> Result<(), AppEnd> {
        if !self.read_by_itself {
            self.look_again();
            return Ok(());
        }
        let settings = &self.app.rollout().settings;
        if self.turned_away >= settings.retry.attempts {
            self.push.out_of_patience();
            // While another write may still come it is not over, and only read.
            if matches!(self.push.next(), Ask::Write(_)) {
                self.app.wait(self.pause).await?;
                self.look_again();
            }
            return Ok(());
        }
        let Some(permit) = self.permit().await? else { return Ok(()) };
        let Some(journal) = self.push.write_journal() else { return Err(AppEnd::Stopped) };
        let Some(write) = journal.write().cloned() else { return Err(AppEnd::Stopped) };
        let based_on = journal.before().clone();
        let kept = Instant::now();
        self.keep_before_writing(journal, &write).await?;
        self.guard.check().await?;
        self.reads_before = self.push.report().reads;
        match self.app.token().await? {
            Ok(_) if kept.elapsed() > SENT_WITHIN => {
                self.permit = Some(permit);
                self.look_again();
                return Ok(());
            }
            Ok(token) => {
                self.lapses.sent(WriteId::Own(write.number()));
                self.send(&token, body, &based_on, permit).await?;
            }
            Err(failure) => {
                // Nothing was sent.
                self.steps.failed(StepKind::Write, &failure);
                self.trouble = Some(failure);
                self.push.wrote(WriteAnswer::Refused);
            }
        }
        self.begin_reading();
        Ok(())
    }

    fn begin_reading(&mut self) {
        let settings = &self.app.rollout().settings;
        (self.reads, self.pause) = (0, settings.read_pause);
        self.deadline = Instant::now() + settings.read_patience;
    }

    /// For the write that is due. `None`: it took so long that the app is read again first, or there is none.
    async fn permit(&mut self) -> Result<Option<WritePermit>, AppEnd> {
        if let Some(permit) = self.permit.take() {
            return Ok(Some(permit));
        }
        let permit = tokio::select! {
            permit = self.app.rollout().graph.write_permit(self.personal) => permit,
            () = self.app.rollout().notifier.stopped() => return Err(AppEnd::Stopped),
            // What was written to is looked at to the end.
            () = self.app.halted(), if self.push.report().writes == 0 => return Err(AppEnd::Stopped),
        };
        match permit {
            Ok(permit) if self.read_at.elapsed() < FRESH => return Ok(Some(permit)),
            Ok(permit) => {
                self.permit = Some(permit);
                self.look_again();
            }
            Err(error) => {
                self.not_written(error, false).await?;
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
    async fn keep_before_writing(&mut self, journal: Journal, write: &UnansweredWrite) -> Result<(), StoreError> {
        let (app, rollout, run) = (self.app, self.app.rollout(), self.app.run());
        if self.undo.is_none() {
            let before = app.sighting(journal.before());
            app.wave.sightings.saw(before).await;
            let (origin, now) = (Origin::BeforePush(run.id), rollout.clock.now());
            self.undo = Some(app.store().note_state(before, origin, now).await?);
        }
        let before = self.push.report().before.as_ref().unwrap_or_else(|| journal.before()).pretty();
        let added = self.push.plan().key_ids();
        let takes = write.takes(journal.before());
        let at = rollout.clock.now();
        let checkpoint = self.checkpoint(journal, true, at)?;
        let sent = SentWrite { write, takes: &takes, at };
        app.store().journal_write(run.id, app.work.position, &before, &added, &checkpoint, sent).await?;
        rollout.notifier.reads(run.id, app.work.position, false);
        Ok(())
    }

    async fn send(
        &mut self,
        token: &str,
        body: &Value,
        based_on: &KeyCredentials,
        permit: WritePermit,
    ) -> Result<(), AppEnd> {
        self.by_itself = false;
        let (graph, id) = (&self.app.rollout().graph, self.app.work.app.object_id);
        let error = match graph.patch_key_credentials(token, id, body, permit).await {
            Ok(answer) => {
                self.steps.answered(StepKind::Write, answer.status, answer.request_id.as_deref());
                self.push.wrote(WriteAnswer::Accepted);
                (self.turned_away, self.trouble, self.renewed) = (0, None, 0);
                return Ok(());
            }
            Err(error) => error,
        };
        if matches!(error, GraphError::SignedOut(_)) {
            return self.renew(token, error).await;
        }
        let overtaken = was_overtaken(self.app, &error, based_on).await?;
        self.not_written(error, overtaken).await
    }

    /// Graph did not accept a token that should hold, and so wrote nothing: once, it is written again with a renewed one. Where
    /// that is not accepted either, the person has to sign in.
    async fn renew(&mut self, refused: &str, error: GraphError) -> Result<(), AppEnd> {
        if self.renewed > 0 {
            return Err(AppEnd::NeedsSignIn { request_id: error.request_id().map(str::to_owned) });
        }
        self.renewed += 1;
        // Where Entra does not answer, the next write asks it again.
        let _ = self.app.token_after(refused).await?;
        self.not_written(error, true).await
    }

    /// A write without a yes. `once_more`: what it was refused for is over.
    async fn not_written(&mut self, error: GraphError, once_more: bool) -> Result<(), AppEnd> {
        let turned_away = error.write_turned_away() || error == GraphError::Unreachable || once_more;
        let (may_have_happened, retry_after) = (error.write_may_have_happened(), error.retry_after());
        let failure = RequestFailure::Graph { error };
        self.steps.failed(StepKind::Write, &failure);
        self.trouble = Some(failure);
        if may_have_happened {
            self.push.wrote(WriteAnswer::Unanswered);
        } else if turned_away {
            self.push.wrote(WriteAnswer::TurnedAway);
            self.turned_away += 1;
            let rollout = self.app.rollout();
            let retry = &rollout.settings.retry;
            if self.turned_away < retry.attempts {
                match retry.wait(self.turned_away, retry_after, rollout.entropy.as_ref()) {
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
async fn was_overtaken(app: &AppContext, error: &GraphError, based_on: &KeyCredentials) -> Result<bool, AppEnd> {
    if !matches!(error, GraphError::Invalid(_) | GraphError::InvalidKey(_) | GraphError::NotUpdatable(_)) {
        return Ok(false);
    }
    let read = app.read(ReadMethod::ByItself).await?;
    Ok(read.is_ok_and(|now| !domain::diff::between(based_on, &now.value.key_credentials).is_empty()))
}
