//! Who asked takes it back.

use super::change::{self, ChangeError};
use super::visible;
use crate::operations::Context;
use crate::person::Person;
use domain::requests::Command;
use uuid::Uuid;

pub(crate) async fn handle(context: &Context, person: &Person, id: Uuid) -> Result<(), ChangeError> {
    let found = visible::request(context, person, id).await?;
    let by = person.viewer.object_id;
    change::keep(context, Some(person), &found, Command::Withdraw { by }, "").await?;
    Ok(())
}
