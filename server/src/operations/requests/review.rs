//! A reviewer's word. An approval is given only to what is there at that moment.

use super::capacity;
use super::change::{self, ChangeError};
use super::facts::{self, FactsError, all_apps};
use super::{removal, visible};
use crate::operations::Context;
use crate::person::Person;
use crate::store::{StoredRequest, StoredWhat};
use domain::requests::{Command, Need, RequestError, ReviewVerdict, Reviewer, Seen, VoidReason, Words};
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
    let token = person.tokens.graph_token().await?;
    let asker = found.request.asker();
    match &found.what {
        StoredWhat::Change(plan) => {
            let apps = all_apps(context, plan.id).await?;
            let live = facts::live(context, &token, &apps).await;
            let live = known(context, found, live).await?;
            same(context, found, &Seen { state: live.state.clone(), ..facts::seen(&apps) }).await?;
            Ok(facts::needs_of(context, plan, &apps, &live, asker).await?)
        }
        StoredWhat::SecretRemoval(secret) => {
            let app = known(context, found, removal::read(context, &token, secret).await).await?;
            same(context, found, &removal::seen(context, &app, secret.key)).await?;
            Ok(removal::needs(context, &app, asker).await?)
        }
    }
}

/// Where an app is gone there is nothing left to approve.
async fn known<T>(context: &Context, found: &StoredRequest, read: Result<T, FactsError>) -> Result<T, ChangeError> {
    match read {
        Ok(read) => Ok(read),
        Err(FactsError::Gone { .. }) => Err(change::void(context, found, VoidReason::AppGone).await),
        Err(error) => Err(ChangeError::Facts(error)),
    }
}

async fn same(context: &Context, found: &StoredRequest, now: &Seen) -> Result<(), ChangeError> {
    let asked = &found.request.subject().seen;
    if now.plan != asked.plan {
        return Err(change::void(context, found, VoidReason::PlanChanged).await);
    }
    if now.state != asked.state {
        return Err(change::void(context, found, VoidReason::AppChanged).await);
    }
    Ok(())
}
