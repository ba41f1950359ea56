//! An app's kept states, as pages have them.

use super::RequestDesk;
use crate::operations::history;
use app::contract::history::{StateComparison, StateRow};
use app::contract::paging::Page;
use app::contract::ports::HistoryPort;
use app::contract::problem::Problem;
use async_trait::async_trait;
use domain::ids::ObjectId;

#[async_trait]
impl HistoryPort for RequestDesk {
    async fn states(&self, app: ObjectId, page: u32) -> Result<Page<StateRow>, Problem> {
        let (person, context) = self.entered()?;
        Ok(history::states(&context, person, app, page).await?)
    }

    async fn compare_states(&self, app: ObjectId, older: i64, newer: Option<i64>) -> Result<StateComparison, Problem> {
        let (person, context) = self.entered()?;
        Ok(history::compare(&context, person, app, older, newer).await?)
    }
}
