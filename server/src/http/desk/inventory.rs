//! The inventory, as its page has it, and as a file.

use super::RequestDesk;
use crate::http::Refusal;
use crate::operations::inventory::export::{self, FileFormat};
use crate::operations::inventory::{acknowledge, decide, list, object};
use app::contract::inventory::{Grid, GridQuery, ItemAsk, ObjectView};
use app::contract::ports::InventoryPort;
use app::contract::problem::Problem;
use async_trait::async_trait;
use domain::credentials::Subject;
use domain::inventory::Item;

#[async_trait]
impl InventoryPort for RequestDesk {
    async fn inventory(&self, query: &GridQuery) -> Result<Option<Grid>, Problem> {
        let (person, context) = self.entered()?;
        Ok(list::handle(&context, person, self.parts.admin_center(), query).await?)
    }

    async fn object(&self, subject: Subject) -> Result<ObjectView, Problem> {
        let (person, context) = self.entered()?;
        Ok(object::handle(&context, person, self.parts.admin_center(), subject).await?)
    }

    async fn decide_item(&self, item: Item, ask: &ItemAsk) -> Result<(), Problem> {
        let (person, context) = self.pushing()?;
        Ok(decide::handle(&context, person, item, ask).await?)
    }

    async fn acknowledge_changes(&self, subject: Subject, numbers: &[i64], reason: &str) -> Result<(), Problem> {
        let (person, context) = self.pushing()?;
        Ok(acknowledge::handle(&context, person, subject, numbers, reason).await?)
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
