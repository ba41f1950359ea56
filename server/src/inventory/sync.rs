//! Full passes over a directory.

use super::token::{ReadBearer, ReadToken, ReadTokenError, reads_profiles};
use crate::clock::Clock;
use crate::graph::{Graph, GraphError, OwnerDetail};
use crate::store::{Pass, PassPlace, PassStage, StoreError, TenantStore};
use domain::credentials::{Subject, SubjectKind};
use domain::inventory::{InventoryObject, LifetimePolicy, Reading, Trust};
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;
use time::{Duration, OffsetDateTime};

/// Objects asked for by themselves before what came of it is kept.
const AT_ONCE: i64 = 100;

/// Why a pass did not come to its end. It goes on at its next time, where it was.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    #[error(transparent)]
    Token(#[from] ReadTokenError),
    #[error(
        "the directory could not be read: {0}. Reading it takes the permission Application.Read.All: the portal's own as an application, or the delegated one of whoever lends a sign-in"
    )]
    Denied(GraphError),
    #[error("the directory could not be read: {0}")]
    Graph(GraphError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0} objects that were asked for by their ids came back without one")]
    Unnamed(u64),
    /// Another process has begun the next pass.
    #[error("another process reads the directory")]
    Overtaken,
}

impl From<GraphError> for SyncError {
    fn from(error: GraphError) -> Self {
        match error {
            GraphError::Denied(_) => Self::Denied(error),
            error => Self::Graph(error),
        }
    }
}

impl SyncError {
    /// Graph did not take the token, or says that it shows too little.
    fn refuses_the_reader(&self) -> bool {
        matches!(self, Self::Denied(_) | Self::Graph(GraphError::SignedOut(_)))
    }
}

/// Brings the inventory of one directory up to date.
pub struct InventorySync {
    pub(super) graph: Graph,
    pub(super) store: TenantStore,
    pub(super) clock: Arc<dyn Clock>,
    token: Arc<dyn ReadToken>,
    /// A pass begins so long after the last complete one began.
    every: Duration,
    /// Between passes; `None`: not.
    pub(super) delta_every: Option<Duration>,
    /// A team has its apps by owners' departments, and they are said to be there to be read.
    departments: bool,
}

impl InventorySync {
    /// `graph`: for background work, so that people who wait for a page come first.
    pub fn new(
        graph: Graph,
        store: TenantStore,
        clock: Arc<dyn Clock>,
        token: Arc<dyn ReadToken>,
        every: Duration,
    ) -> Self {
        Self { graph, store, clock, token, every, delta_every: None, departments: false }
    }

    /// Asks between passes, so long after the last time, what changed.
    #[must_use]
    pub fn with_delta(self, every: Option<Duration>) -> Self {
        Self { delta_every: every, ..self }
    }

    /// Asks for owners' departments, too, as far as the token shows them.
    #[must_use]
    pub fn with_departments(self, departments: bool) -> Self {
        Self { departments, ..self }
    }

    /// Goes on with the pass that is under way, or begins one where it is time; between passes reads what delta names. Then asks
    /// who made the changes that were found, reads certificates themselves, and when credentials were last used.
    ///
    /// # Errors
    /// The pass stays where it is, and goes on there when this is called again; and so do the questions. Where nobody lends a
    /// sign-in to read with, that is none: the pages say it.
    pub async fn run(&self) -> Result<(), SyncError> {
        loop {
            match self.work().await {
                Err(SyncError::Token(ReadTokenError::Nobody)) => return Ok(()),
                // Each refusal puts one of them aside.
                Err(error) if error.refuses_the_reader() && self.token.refused().await => {
                    tracing::warn!(%error, "with a lent sign-in; the next one is tried");
                }
                done => return done,
            }
        }
    }

    async fn work(&self) -> Result<(), SyncError> {
        self.pass().await?;
        self.follow_delta().await?;
        // None of them waits for another that fails.
        let (who, keys, uses) = (self.ask_who().await, self.read_keys().await, self.read_uses().await);
        who.and(keys).and(uses)
    }

    async fn pass(&self) -> Result<(), SyncError> {
        let Some(mut pass) = self.due().await? else { return Ok(()) };
        self.mark_delta().await?;
        self.lists(&mut pass).await?;
        while self.missing(&mut pass).await? {}
        if !self.store.finish_inventory_pass(pass.number, self.clock.now()).await? {
            return Err(SyncError::Overtaken);
        }
        // The directory was read all the same; questions to it take longer for a while.
        if let Err(error) = self.store.inventory_was_read().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the database was not told what there is now");
        }
        self.say_departments().await?;
        tracing::info!(pass = pass.number, "the directory was read from its beginning to its end");
        Ok(())
    }

    /// While a page is kept, the one after it is on its way.
    async fn lists(&self, pass: &mut Pass) -> Result<(), SyncError> {
        let (mut unkept, mut fresh_links) = (None, false);
        loop {
            let place = unkept.as_ref().map_or(&pass.place, |page: &Page| &page.next).clone();
            let PassStage::List(kind) = place.stage else {
                self.keep(pass, unkept).await?;
                pass.place = place;
                return Ok(());
            };
            let (kept, page) = tokio::join!(self.keep(pass, unkept.take()), self.page(&place, kind));
            kept?;
            unkept = Some(match page {
                Ok(page) => page,
                // Graph's links end some time. The list is read from its beginning, once.
                Err(SyncError::Graph(error)) if !fresh_links && is_about_the_link(&error, &place) => {
                    tracing::info!(%error, list = %place.stage, "a link has ended: the list is read anew");
                    fresh_links = true;
                    self.nothing(PassPlace { next_link: None, ..place.clone() })
                }
                Err(SyncError::Graph(error) | SyncError::Denied(error)) if has_no_blueprints(kind, &error, &place) => {
                    tracing::info!(%error, "this directory shows no list of agent identity blueprints");
                    self.nothing(PassPlace { stage: place.stage.next(), next_link: None })
                }
                Err(error) => return Err(error),
            });
            pass.place = place;
        }
    }

    /// Where a team rests on what cannot be read.
    async fn say_departments(&self) -> Result<(), SyncError> {
        if self.departments && self.owner_detail(&self.token().await?) == OwnerDetail::Basic {
            tracing::warn!(
                "owners' departments cannot be read, and which apps teams have by them is not known: the application permission User.Read.All is missing"
            );
        }
        Ok(())
    }

    /// A pass that has been under way for too long is not gone on with: half of it would be as old as that.
    /// None is begun that nobody could read.
    async fn due(&self) -> Result<Option<Pass>, SyncError> {
        let now = self.clock.now();
        let recent = |at: OffsetDateTime| now - at < self.every;
        let state = self.store.inventory_state().await?;
        let seen = state.as_ref().map_or(0, |state| state.pass.number);
        if let Some(state) = state {
            let done = state.pass.place.stage == PassStage::Done;
            if done && state.complete_from.is_some_and(recent) {
                return Ok(None);
            }
            if !done && recent(state.pass.started_at) {
                return Ok(Some(state.pass));
            }
        }
        self.token().await?;
        self.store.begin_inventory_pass_after(seen, now).await?.map(Some).ok_or(SyncError::Overtaken)
    }

    pub(super) async fn token(&self) -> Result<String, SyncError> {
        Ok(self.token.token().await?.token)
    }

    /// What can be asked of owners with this token.
    pub(super) fn owner_detail(&self, token: &str) -> OwnerDetail {
        if self.departments && reads_profiles(token) { OwnerDetail::Department } else { OwnerDetail::Basic }
    }

    async fn page(&self, place: &PassPlace, kind: SubjectKind) -> Result<Page, SyncError> {
        let ReadBearer { token, lender } = self.token.token().await?;
        // Of the beginning: what changes while it is read may be in it or not.
        let at = self.clock.now();
        let (link, owners) = (place.next_link.as_deref(), self.owner_detail(&token));
        let page = self.graph.inventory_page(&token, kind, link, owners).await?;
        let (objects, unnamed) = self.read(&token, kind, &page.rows).await?;
        let next = match page.next {
            Some(link) => PassPlace { stage: place.stage, next_link: Some(link) },
            None => PassPlace { stage: place.stage.next(), next_link: None },
        };
        Ok(Page { objects, unnamed, at, next, reader: lender })
    }

    fn nothing(&self, next: PassPlace) -> Page {
        Page { objects: vec![], unnamed: 0, at: self.clock.now(), next, reader: None }
    }

    /// Asks for those that no list of this pass had. Answers whether there may be more of them.
    async fn missing(&self, pass: &mut Pass) -> Result<bool, SyncError> {
        let subjects = self.store.unseen_in_inventory(pass.number, AT_ONCE).await?;
        if subjects.is_empty() {
            return Ok(false);
        }
        let ReadBearer { token, lender } = self.token.token().await?;
        let at = self.clock.now();
        let answers = self.graph.inventory_objects(&token, &subjects, self.owner_detail(&token)).await?;
        let asked: Vec<(Subject, Option<Value>)> = subjects.into_iter().zip(answers).collect();
        let (objects, unnamed) = self.read_each(&token, &asked).await?;
        if unnamed > 0 {
            return Err(SyncError::Unnamed(unnamed));
        }
        // What has become something of another kind is there as that.
        let there: HashSet<Subject> = objects.iter().map(|object| object.subject).collect();
        let gone: Vec<Subject> =
            asked.iter().map(|(subject, _)| *subject).filter(|subject| !there.contains(subject)).collect();
        self.store.gone_from_inventory(&gone, self.clock.now()).await?;
        let next = pass.place.clone();
        self.keep(pass, Some(Page { objects, unnamed: 0, at, next, reader: lender })).await?;
        Ok(true)
    }

    /// What was asked for by itself, and what Graph answered: as [`Self::read`].
    pub(super) async fn read_each(
        &self,
        token: &str,
        asked: &[(Subject, Option<Value>)],
    ) -> Result<(Vec<InventoryObject>, u64), SyncError> {
        let (mut objects, mut all_unnamed) = (vec![], 0);
        for kind in SubjectKind::ALL {
            let there = asked.iter().filter(|(subject, _)| subject.kind == *kind);
            let rows: Vec<Value> = there.filter_map(|(_, row)| row.clone()).collect();
            let (read, unnamed) = self.read(token, *kind, &rows).await?;
            objects.extend(read);
            all_unnamed += unnamed;
        }
        Ok((objects, all_unnamed))
    }

    /// With their federated credentials. And how many rows are no object that could be told.
    async fn read(
        &self,
        token: &str,
        kind: SubjectKind,
        rows: &[Value],
    ) -> Result<(Vec<InventoryObject>, u64), SyncError> {
        let mut objects = vec![];
        let mut unnamed = 0;
        // A link of an earlier page asks what that one asked.
        let shows_departments = self.owner_detail(token) == OwnerDetail::Department;
        for row in rows {
            match InventoryObject::from_graph(kind, row) {
                Ok(mut object) => {
                    if let Reading::Read(owners) = &mut object.owners
                        && !shows_departments
                    {
                        owners.forget_departments();
                    }
                    objects.push(object);
                }
                Err(error) => {
                    unnamed += 1;
                    tracing::warn!(%error, "a row of the directory's list was left out");
                }
            }
        }
        let (mut asked, mut others): (Vec<_>, Vec<_>) =
            objects.into_iter().partition(|object: &InventoryObject| object.trusts == Reading::NotRead);
        let subjects: Vec<Subject> = asked.iter().map(|object| object.subject).collect();
        let lists = self.graph.inventory_trusts(token, &subjects).await?;
        for (object, list) in asked.iter_mut().zip(lists) {
            object.trusts = match list {
                Ok(list) => Reading::Read(Trust::all_from_graph(&list)),
                Err(error) => Reading::Failed(error.to_string()),
            };
        }
        others.append(&mut asked);
        Ok((others, unnamed))
    }

    /// The tenant's policy is not read in the background yet: two years are what counts as long.
    pub(super) fn policy() -> LifetimePolicy {
        LifetimePolicy::default()
    }

    async fn keep(&self, pass: &mut Pass, page: Option<Page>) -> Result<(), SyncError> {
        let Some(Page { objects, unnamed, at, next, reader }) = page else { return Ok(()) };
        if let Some(reader) = reader {
            pass.readers.add(&reader);
        }
        let pass = (pass.number, &pass.readers);
        let kept = self.store.keep_inventory_page(pass, objects, (at, unnamed), &Self::policy(), &next).await?;
        if kept { Ok(()) } else { Err(SyncError::Overtaken) }
    }
}

/// What was read and is to be kept.
struct Page {
    objects: Vec<InventoryObject>,
    /// Rows that are no object that could be told.
    unnamed: u64,
    at: OffsetDateTime,
    /// Where the pass goes on.
    next: PassPlace,
    /// Who lent the sign-in that it was read with.
    reader: Option<String>,
}

/// `Directory_ExpiredPageToken` and its kin.
fn is_about_the_link(error: &GraphError, place: &PassPlace) -> bool {
    place.next_link.is_some() && matches!(error, GraphError::Invalid(_) | GraphError::NotFound(_))
}

fn has_no_blueprints(kind: SubjectKind, error: &GraphError, place: &PassPlace) -> bool {
    kind == SubjectKind::AgentBlueprint
        && place.next_link.is_none()
        && matches!(error, GraphError::Invalid(_) | GraphError::NotFound(_) | GraphError::Denied(_))
}
