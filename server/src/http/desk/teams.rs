//! Teams, as pages have them.

use super::RequestDesk;
use crate::operations::teams::{give, list, preview_given};
use app::contract::ports::TeamsPort;
use app::contract::problem::Problem;
use app::contract::teams::{GivenPreview, Teams};
use async_trait::async_trait;

#[async_trait]
impl TeamsPort for RequestDesk {
    async fn teams(&self) -> Result<Teams, Problem> {
        let (person, context) = self.entered()?;
        Ok(list::handle(&context, person, self.parts.permissions_page()).await?)
    }

    async fn preview_given_apps(&self, csv: &str) -> Result<GivenPreview, Problem> {
        let (_, context) = self.administering()?;
        Ok(preview_given::handle(&context, csv).await?)
    }

    async fn give_apps(&self, csv: &str, seen: &str) -> Result<(), Problem> {
        let (person, context) = self.administering()?;
        Ok(give::handle(&context, person, csv, seen).await?)
    }
}
