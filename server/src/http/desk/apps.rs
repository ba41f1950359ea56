//! Apps, as pages have them, and as a file.

use super::RequestDesk;
use crate::http::Refusal;
use crate::operations::apps;
use app::contract::apps::{AppDetail, AppQuery, AppRow};
use app::contract::paging::Page;
use app::contract::ports::AppsPort;
use app::contract::problem::Problem;
use async_trait::async_trait;
use domain::ids::ObjectId;

#[async_trait]
impl AppsPort for RequestDesk {
    async fn apps(&self, query: &AppQuery) -> Result<Page<AppRow>, Problem> {
        let (person, context) = self.entered()?;
        Ok(apps::list::handle(&context, person, query).await?)
    }

    async fn app_names(&self, ids: &[ObjectId]) -> Result<Vec<(ObjectId, String)>, Problem> {
        let (person, context) = self.entered()?;
        Ok(apps::names::handle(&context, person, ids).await?)
    }

    async fn app(&self, id: ObjectId) -> Result<AppDetail, Problem> {
        let (person, context) = self.entered()?;
        Ok(apps::read::handle(&context, person, self.parts.admin_center(), id).await?)
    }
}

impl RequestDesk {
    /// The list as CSV. `query`: the list's own; its page counts for nothing.
    pub async fn apps_csv(&self, query: &AppQuery) -> Result<String, Refusal> {
        let (person, context) = self.entered()?;
        Ok(apps::export::handle(&context, person, query).await?)
    }
}
