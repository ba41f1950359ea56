//! The inventory, as its page has it, and as a file.

use super::RequestDesk;
use crate::http::Refusal;
use crate::operations::inventory::export::{self, FileFormat};
use crate::operations::inventory::list;
use app::contract::inventory::{Grid, GridQuery};
use app::contract::ports::InventoryPort;
use app::contract::problem::Problem;
use async_trait::async_trait;

#[async_trait]
impl InventoryPort for RequestDesk {
    async fn inventory(&self, query: &GridQuery) -> Result<Option<Grid>, Problem> {
        let (person, context) = self.entered()?;
        Ok(list::handle(&context, person, self.parts.admin_center(), query).await?)
    }
}

impl RequestDesk {
    /// All that the grid finds, as CSV. `query`: the grid's own; its page counts for nothing.
    pub async fn inventory_csv(&self, query: &GridQuery) -> Result<String, Refusal> {
        self.inventory_file(query, FileFormat::Csv).await
    }

    /// The same as JSON.
    pub async fn inventory_json(&self, query: &GridQuery) -> Result<String, Refusal> {
        self.inventory_file(query, FileFormat::Json).await
    }

    async fn inventory_file(&self, query: &GridQuery, format: FileFormat) -> Result<String, Refusal> {
        let (person, context) = self.entered()?;
        let file = export::handle(&context, person, self.parts.admin_center(), query, format).await;
        Ok(file.map_err(Problem::from)?)
    }
}
