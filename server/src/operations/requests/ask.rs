//! Asks for the change of a preview, or puts that preview in the place of an earlier one.

use super::change::{self, ChangeError};
use super::facts::{self, FactsError, all_apps};
use super::visible;
use crate::entropy::Entropy;
use crate::operations::Context;
use crate::operations::plans::read::{self as plan, FindPlanError};
use crate::operations::secrets::read::ReadSecretError;
use crate::person::{Person, TokenError};
use crate::store::StoreError;
use domain::ids::ObjectId;
use domain::requests::{Command, Need, NewRequest, Request, RequestSubject, Words, WordsError, first_day};
use time::Date;
use uuid::Uuid;

/// Why nothing is asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    #[error(transparent)]
    Preview(#[from] FindPlanError),
    #[error("this preview was pushed already")]
    Pushed { receipt: Uuid },
    /// `request`: that asks for it.
    #[error("this preview is asked for already")]
    AlreadyAsked { request: Uuid },
    #[error("no app of this preview can be written")]
    Nothing,
    #[error(transparent)]
    Secret(#[from] ReadSecretError),
    #[error("the app has no such secret any more")]
    SecretGone,
    /// `request`: that asks for it.
    #[error("the removal of this secret is asked for already")]
    SecretAsked { request: Uuid },
    #[error("the reason cannot be used: {0}")]
    Reason(#[from] WordsError),
    /// An app is not what it was when the preview was made.
    #[error("an app has changed since the preview")]
    Stale,
    #[error("it is wanted by {day}, which is over")]
    Over { day: Date },
    #[error("{most} requests of the person wait")]
    TooMany { most: u32 },
    #[error(transparent)]
    Facts(#[from] FactsError),
    #[error(transparent)]
    Change(#[from] ChangeError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is asked for.
pub(crate) struct Ask {
    pub(crate) preview: Uuid,
    pub(crate) reason: String,
    pub(crate) wanted_on: Option<Date>,
    /// A request whose preview this one replaces: its approvals are void.
    pub(crate) instead: Option<Uuid>,
}

pub(crate) async fn handle(
    context: &Context,
    entropy: &dyn Entropy,
    person: &Person,
    ask: Ask,
) -> Result<Uuid, AskError> {
    let reason = check(context, &ask.reason, ask.wanted_on)?;
    let (subject, needs) = subject(context, person, ask.preview).await?;
    let asker = person.viewer.object_id;
    if let Some(earlier) = ask.instead {
        let found = visible::request(context, person, earlier).await.map_err(ChangeError::from)?;
        let command = Command::Edit { by: asker, subject, needs };
        change::keep_and_judge(context, person, &found, command, reason.as_str()).await?;
        return Ok(earlier);
    }
    has_room(context, asker).await?;
    let expires_at = context.now() + context.requests.expire_after();
    let (id, wanted_on) = (entropy.uuid(), ask.wanted_on);
    keep(context, person, NewRequest { id, asker, subject, needs, reason, wanted_on, expires_at }).await?;
    Ok(id)
}

/// What can be refused before anything is looked at.
pub(super) fn check(context: &Context, reason: &str, wanted_on: Option<Date>) -> Result<Words, AskError> {
    let reason = reason.parse()?;
    match wanted_on.filter(|day| *day < first_day(context.now())) {
        Some(day) => Err(AskError::Over { day }),
        None => Ok(reason),
    }
}

/// So many of one person wait at most.
pub(super) async fn has_room(context: &Context, asker: ObjectId) -> Result<(), AskError> {
    let most = context.requests.settings.open;
    let waiting = context.tenant.store.open_requests(asker).await?;
    if waiting < most.into() { Ok(()) } else { Err(AskError::TooMany { most }) }
}

/// A new one, and what its rules make of it at once.
pub(super) async fn keep(context: &Context, person: &Person, asked: NewRequest) -> Result<(), StoreError> {
    let (now, viewer, reason) = (context.now(), &person.viewer, asked.reason.clone());
    let mut step = Request::ask(asked, now);
    let record = change::record(Some(person), &step, reason.as_str(), now);
    let then = change::by_rule(&mut step, now);
    let then = then.as_ref().map(|(step, record)| (step, record));
    context.tenant.store.keep_new_request(&step, (&viewer.name, &viewer.username), &record, then).await
}

/// Only what is still so is asked for.
async fn subject(context: &Context, person: &Person, preview: Uuid) -> Result<(RequestSubject, Vec<Need>), AskError> {
    let stored = plan::find(context, person, preview).await?;
    if let Some(receipt) = stored.receipt {
        return Err(AskError::Pushed { receipt });
    }
    if let Some(request) = context.tenant.store.request_of_plan(preview).await? {
        return Err(AskError::AlreadyAsked { request });
    }
    if stored.head.sum.writes == 0 {
        return Err(AskError::Nothing);
    }
    let apps = all_apps(context, preview).await?;
    let token = person.tokens.graph_token().await?;
    let (seen, live) = (facts::seen(&apps), facts::live(context, &token, &apps).await?);
    if live.state != seen.state {
        return Err(AskError::Stale);
    }
    let needs = facts::needs_of(context, &stored.head, &apps, &live, person.viewer.object_id).await?;
    Ok((RequestSubject::preview(preview, seen), needs))
}
