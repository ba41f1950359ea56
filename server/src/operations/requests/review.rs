//! A reviewer's word. An approval is given only to what is there at that moment.

use super::capacity;
use super::change::{self, ChangeError};
use super::facts::{self, FactsError, all_apps};
use super::visible;
use crate::operations::Context;
use crate::person::Person;
use crate::store::StoredRequest;
use domain::requests::{Command, Need, RequestError, ReviewVerdict, Reviewer, VoidReason, Words};
use uuid::Uuid;

/// What a reviewer says. `revision`: that they had before them.
pub(crate) struct Say {
    pub(crate) revision: u32,
    pub(crate) verdict: ReviewVerdict,
    /// `None`: they gave no reason, which only a yes needs not.
    pub(crate) reason: Option<Words>,
}

pub(crate) async fn handle(context: &Context, person: &Person, id: Uuid, say: Say) -> Result<(), ChangeError> {
    let found = visible::request(context, person, id).await?;
    let request = &found.request;
    if !request.state().waits() {
        return Err(ChangeError::state(request.state()));
    }
    if say.revision != request.revision() {
        return Err(RequestError::NotWhatWasSeen.into());
    }
    // Before anything is read or made void in their name.
    let mut named = capacity::named(context).await?;
    named.extend(request.groups());
    let held = capacity::of(context, person, &named).await;
    if !request.may_review(person.viewer.object_id, held.capacity()) {
        if held.is_unknown && request.asker() != person.viewer.object_id {
            return Err(ChangeError::GroupsUnreadable);
        }
        let own = request.asker() == person.viewer.object_id;
        return Err(if own { RequestError::OwnRequest } else { RequestError::NotAReviewer }.into());
    }
    let needs = match say.verdict {
        ReviewVerdict::Approve => fitting(context, person, &found).await?,
        ReviewVerdict::Reject => request.needs().to_vec(),
    };
    let by = Reviewer {
        id: person.viewer.object_id,
        name: person.viewer.name.clone(),
        admin: person.viewer.is_admin(),
        groups: held.groups,
    };
    let seen = request.subject().seen.clone();
    let command = Command::Review { by, verdict: say.verdict, seen, needs: needs.clone() };
    let words = say.reason.as_ref().map(Words::as_str).unwrap_or_default();
    match change::keep(context, Some(person), &found, command, words).await {
        Ok(_) => Ok(()),
        Err(error @ ChangeError::Refused(RequestError::NotAReviewer)) => {
            // By the rules of now: whom they ask is to learn of it.
            change::reconsider(context, &found, needs).await?;
            Err(error)
        }
        Err(error) => Err(error),
    }
}

/// What the rules of now ask for, where everything is as it was asked for; else it is void.
async fn fitting(context: &Context, person: &Person, found: &StoredRequest) -> Result<Vec<Need>, ChangeError> {
    let subject = found.request.subject();
    let apps = all_apps(context, subject.preview).await?;
    if facts::seen(&apps) != subject.seen {
        return Err(change::void(context, found, VoidReason::PlanChanged).await);
    }
    let token = person.tokens.graph_token().await?;
    let live = match facts::live(context, &token, &apps).await {
        Ok(live) => live,
        Err(FactsError::Gone { .. }) => return Err(change::void(context, found, VoidReason::AppGone).await),
        Err(error) => return Err(ChangeError::Facts(error)),
    };
    if live.state != subject.seen.state {
        return Err(change::void(context, found, VoidReason::AppChanged).await);
    }
    Ok(facts::needs_of(context, &found.plan, &apps, &live, found.request.asker()).await?)
}
