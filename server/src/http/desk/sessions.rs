//! Everybody's own sessions.

use super::RequestDesk;
use crate::operations::sessions::{end, lend, list};
use app::contract::ports::SessionsPort;
use app::contract::problem::Problem;
use app::contract::sessions::{Lending, OwnSession, SessionDigest};
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

    async fn lending(&self) -> Result<Option<Lending>, Problem> {
        let (person, context) = self.entered()?;
        Ok(lend::read(&context, person).await?)
    }

    async fn lend_reading(&self) -> Result<(), Problem> {
        let (person, context) = self.entered()?;
        Ok(lend::handle(&context, person, self.parts.entropy()).await?)
    }

    async fn end_lending(&self) -> Result<(), Problem> {
        let (person, context) = self.entered()?;
        Ok(lend::take_back(&context, person).await?)
    }
}
