//! Asks for the removal of a client secret, where a rule wants others to agree, or by who may not change the app in Entra.

use super::ask::{self, AskError};
use super::removal;
use crate::entropy::Entropy;
use crate::operations::Context;
use crate::operations::secrets::read::look;
use crate::person::Person;
use domain::ids::{KeyId, ObjectId};
use domain::requests::{Asked, AskedSecret, NewRequest, RequestSubject};
use time::Date;
use uuid::Uuid;

/// What is asked for.
pub(crate) struct AskRemoval {
    pub(crate) app: ObjectId,
    pub(crate) key: KeyId,
    /// Also for a secret that may be used: how the person knows that nothing needs it.
    pub(crate) reason: String,
    pub(crate) wanted_on: Option<Date>,
}

/// Answers the request's id.
pub(crate) async fn handle(
    context: &Context,
    entropy: &dyn Entropy,
    person: &Person,
    wanted: AskRemoval,
) -> Result<Uuid, AskError> {
    let AskRemoval { app, key, reason, wanted_on } = wanted;
    let reason = ask::check(context, &reason, wanted_on)?;
    let token = person.tokens.graph_token().await?;
    let looked = look(context, person, &token, app, key).await?;
    let secret = looked.secret.ok_or(AskError::SecretGone)?;
    if let Some(request) = removal::waiting(context, person, app, key).await? {
        return Err(AskError::SecretAsked { request });
    }
    let asker = person.viewer.object_id;
    ask::has_room(context, asker).await?;
    let application = looked.application;
    let needs = removal::needs(context, &application, asker).await?;
    let subject = RequestSubject {
        seen: removal::seen(context, &application, key),
        asked: Asked::SecretRemoval(AskedSecret {
            app,
            app_id: application.app_id,
            app_name: application.display_name,
            key,
            name: secret.display_name,
            hint: secret.hint,
            start: secret.start,
            end: secret.end,
        }),
    };
    let (id, expires_at) = (entropy.uuid(), context.now() + context.requests.expire_after());
    ask::keep(context, person, NewRequest { id, asker, subject, needs, reason, wanted_on, expires_at }).await?;
    Ok(id)
}
