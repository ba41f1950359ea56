//! Who asks, and what they did lately.

use super::RequestDesk;
use crate::operations::{needs, overview};
use app::contract::overview::{Needs, Overview};
use app::contract::people::Viewer;
use app::contract::ports::{OverviewPort, PeoplePort};
use app::contract::problem::Problem;
use async_trait::async_trait;

#[async_trait]
impl PeoplePort for RequestDesk {
    async fn viewer(&self) -> Result<Option<Viewer>, Problem> {
        Ok(self.person.as_ref().map(|person| person.viewer.clone()))
    }

    async fn renew(&self) -> bool {
        let Some(person) = &self.person else { return false };
        match person.tokens.graph_token().await {
            Ok(refused) => person.tokens.graph_token_after(&refused).await.is_ok(),
            Err(_) => false,
        }
    }
}

#[async_trait]
impl OverviewPort for RequestDesk {
    async fn overview(&self) -> Result<Overview, Problem> {
        let (person, context) = self.entered()?;
        Ok(overview::handle(&context, person).await?)
    }

    async fn needs(&self) -> Result<Option<Needs>, Problem> {
        let (person, context) = self.entered()?;
        Ok(needs::handle(&context, person, self.parts.admin_center()).await?)
    }
}
