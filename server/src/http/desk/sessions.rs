//! Everybody's own sessions.

use super::RequestDesk;
use crate::operations::sessions::{end, list};
use app::contract::ports::SessionsPort;
use app::contract::problem::Problem;
use app::contract::sessions::{OwnSession, SessionDigest};
use async_trait::async_trait;

#[async_trait]
impl SessionsPort for RequestDesk {
    async fn own_sessions(&self) -> Result<Vec<OwnSession>, Problem> {
        let (person, _) = self.entered()?;
        Ok(list::handle(person).await?)
    }

    async fn end_session(&self, digest: &SessionDigest) -> Result<(), Problem> {
        let (person, context) = self.entered()?;
        Ok(end::handle(&context, person, Some(digest)).await?)
    }

    async fn end_other_sessions(&self, pushes: bool) -> Result<(), Problem> {
        let (person, context) = self.entered()?;
        if pushes {
            end::rest_pushes(&self.parts.pushes(context.clone()), person).await?;
        }
        Ok(end::handle(&context, person, None).await?)
    }
}
