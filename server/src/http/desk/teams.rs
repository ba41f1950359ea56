//! Teams, as pages have them.

use super::RequestDesk;
use crate::operations::teams::list;
use app::contract::ports::TeamsPort;
use app::contract::problem::Problem;
use app::contract::teams::Teams;
use async_trait::async_trait;

#[async_trait]
impl TeamsPort for RequestDesk {
    async fn teams(&self) -> Result<Teams, Problem> {
        let (person, context) = self.entered()?;
        Ok(list::handle(&context, person).await?)
    }
}
