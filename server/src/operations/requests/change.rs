//! One command to a request: what the state machine says is kept, with its audit row.

use crate::operations::Context;
use crate::person::{Person, TokenError};
use crate::store::{AuditEntry, PORTAL, RequestLine, RequestRecord, StoreError, StoredRequest};
use domain::audit::{AuditAction, AuditOutcome};
use domain::requests::{Command, Need, RequestAct, RequestError, RequestState, Transition, VoidReason};
use time::OffsetDateTime;

use super::facts::FactsError;
use super::visible::VisibleError;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChangeError {
    #[error(transparent)]
    Visible(#[from] VisibleError),
    #[error(transparent)]
    Refused(#[from] RequestError),
    /// By somebody else, at the same time.
    #[error("the request was changed meanwhile")]
    Overtaken,
    /// It no longer fits what is there, and is void from now on.
    #[error("the request is void: {0}")]
    Void(VoidReason),
    /// Members of a group may do this, and whether the person is one is not known.
    #[error("the person's groups could not be read")]
    GroupsUnreadable,
    #[error(transparent)]
    Facts(FactsError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ChangeError {
    pub(super) fn state(state: RequestState) -> Self {
        Self::Refused(RequestError::WrongState(state))
    }
}

/// `person`: `None` for time, or the portal. `words`: may be empty.
pub(super) async fn keep(
    context: &Context,
    person: Option<&Person>,
    found: &StoredRequest,
    command: Command,
    words: &str,
) -> Result<Transition, ChangeError> {
    let now = context.now();
    let step = found.request.apply(command, now)?;
    let record = record(person, &step, words, now);
    if context.tenant.store.keep_request(found.version, &step, &record).await? {
        Ok(step)
    } else {
        Err(ChangeError::Overtaken)
    }
}

/// An edit, and what the rules' terms make of it at once.
pub(super) async fn keep_and_judge(
    context: &Context,
    person: &Person,
    found: &StoredRequest,
    command: Command,
    words: &str,
) -> Result<(), ChangeError> {
    let now = context.now();
    let mut step = found.request.apply(command, now)?;
    let record = record(Some(person), &step, words, now);
    let then = by_rule(&mut step, now);
    let then = then.as_ref().map(|(step, record)| (step, record));
    let kept = context.tenant.store.keep_request_and(found.version, (&step, &record), then).await?;
    if kept { Ok(()) } else { Err(ChangeError::Overtaken) }
}

/// Where every rule that applies has its terms met, nobody has to approve: what was to be told of the step is not, and what
/// follows from it at once is answered.
pub(super) fn by_rule(step: &mut Transition, at: OffsetDateTime) -> Option<(Transition, RequestRecord)> {
    let needs = step.request.needs().to_vec();
    let rules: Vec<String> = needs.iter().filter_map(|need| need.rule.clone()).collect();
    let next = step.request.apply(Command::ApproveByRule { needs }, at).ok()?;
    step.notice = None;
    let words = format!("The terms of {} are met: nobody has to approve it.", rules.join(" and "));
    let record = record(None, &next, &words, at);
    Some((next, record))
}

/// The rules ask for something else by now than when the request was last looked at: it waits again, for whom they ask. Where
/// they do not, nothing is changed.
pub(super) async fn reconsider(context: &Context, found: &StoredRequest, needs: Vec<Need>) -> Result<(), ChangeError> {
    let words = "The rules ask for other approvals, or for more, than before.";
    match keep(context, None, found, Command::Reconsider { needs }, words).await {
        Ok(_) | Err(ChangeError::Refused(RequestError::NothingNew)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Nothing is left of the approvals, and the person is told why.
pub(super) async fn void(context: &Context, found: &StoredRequest, why: VoidReason) -> ChangeError {
    match keep(context, None, found, Command::Void { why }, "").await {
        Ok(_) => ChangeError::Void(why),
        Err(error) => error,
    }
}

pub(super) fn record(person: Option<&Person>, step: &Transition, words: &str, at: OffsetDateTime) -> RequestRecord {
    record_of(person, step.event.act, step.request.id(), step.event.void, words, at)
}

pub(super) fn record_of(
    person: Option<&Person>,
    act: RequestAct,
    request: uuid::Uuid,
    void: Option<VoidReason>,
    words: &str,
    at: OffsetDateTime,
) -> RequestRecord {
    let action = AuditAction::Request(act);
    let mut audit = match person {
        Some(person) => person.audit(at, action, AuditOutcome::Recorded),
        None => AuditEntry::by_portal(at, action, AuditOutcome::Recorded),
    };
    let void = void.map(|why| format!(" ({why})")).unwrap_or_default();
    let said = if words.is_empty() { String::new() } else { format!(": {words}") };
    audit.row.detail = format!("Request {request}{void}{said}");
    let who = person.map_or_else(|| PORTAL.to_owned(), |person| person.viewer.name.clone());
    let person = person.map(|person| person.viewer.object_id);
    RequestRecord { line: RequestLine { at, act, person, who, words: words.to_owned() }, audit }
}
