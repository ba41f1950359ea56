//! Says something to a request that is not over.

use super::change::{self, ChangeError};
use super::visible;
use crate::operations::Context;
use crate::person::Person;
use domain::requests::{RequestAct, Words};
use uuid::Uuid;

pub(crate) async fn handle(context: &Context, person: &Person, id: Uuid, words: &Words) -> Result<(), ChangeError> {
    let found = visible::request(context, person, id).await?;
    if found.request.state().is_over() {
        return Err(ChangeError::state(found.request.state()));
    }
    let act = RequestAct::Commented;
    let record = change::record_of(Some(person), act, id, None, words.as_str(), context.now());
    Ok(context.tenant.store.comment_request(id, &record).await?)
}
