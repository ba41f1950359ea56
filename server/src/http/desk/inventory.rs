//! The inventory, as its page has it, and as a file.

use super::RequestDesk;
use crate::http::Refusal;
use crate::operations::inventory::export::{self, FileFormat};
use crate::operations::inventory::import_sign_ins::{self, Import};
use crate::operations::inventory::{acknowledge, charts, decide, group, list, object, select, use_sources};
use crate::operations::views;
use app::contract::inventory::{
    Charts, Grid, GridGroup, GridGroups, GridQuery, ItemAsk, ObjectView, Pick, SavedView, Selection, SelectionView,
    SignInImport, UseSources,
};
use app::contract::ports::InventoryPort;
use app::contract::problem::Problem;
use async_trait::async_trait;
use domain::credentials::Subject;
use domain::inventory::Item;
use uuid::Uuid;

#[async_trait]
impl InventoryPort for RequestDesk {
    async fn inventory(&self, query: &GridQuery) -> Result<Option<Grid>, Problem> {
        let (person, context) = self.entered()?;
        Ok(list::handle(&context, person, self.parts.admin_center(), query).await?)
    }

    async fn inventory_groups(&self, query: &GridQuery, by: GridGroup) -> Result<Option<GridGroups>, Problem> {
        let (person, context) = self.entered()?;
        Ok(group::handle(&context, person, query, by).await?)
    }

    async fn inventory_charts(&self) -> Result<Option<Charts>, Problem> {
        let (person, context) = self.entered()?;
        Ok(charts::handle(&context, person).await?)
    }

    async fn use_sources(&self) -> Result<Option<UseSources>, Problem> {
        let (_, context) = self.overseeing()?;
        Ok(use_sources::handle(&context).await?)
    }

    async fn begin_sign_in_import(&self) -> Result<Box<dyn SignInImport>, Problem> {
        let (person, context) = self.overseeing()?;
        Ok(Box::new(import_sign_ins::begin(context, person, self.parts.imports_under_way())?))
    }

    async fn selection(&self, selection: &Selection) -> Result<SelectionView, Problem> {
        let (person, context) = self.entered()?;
        Ok(select::handle(&context, person, selection).await?)
    }

    async fn picked_names(&self, picks: &[Pick]) -> Result<Vec<(Pick, String)>, Problem> {
        let (person, context) = self.entered()?;
        Ok(select::names(&context, person, picks).await?)
    }

    async fn saved_views(&self) -> Result<Vec<SavedView>, Problem> {
        let (person, context) = self.entered()?;
        Ok(views::list::handle(&context, person).await?)
    }

    async fn save_view(&self, name: &str, query: &GridQuery, shared: bool) -> Result<(), Problem> {
        let (person, context) = self.entered()?;
        Ok(views::save::handle(&context, self.parts.entropy(), person, name, query, shared).await?)
    }

    async fn rename_view(&self, id: Uuid, name: &str) -> Result<(), Problem> {
        let (person, context) = self.entered()?;
        Ok(views::rename::handle(&context, person, id, name).await?)
    }

    async fn remove_view(&self, id: Uuid) -> Result<(), Problem> {
        let (person, context) = self.entered()?;
        Ok(views::remove::handle(&context, person, id).await?)
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

#[async_trait]
impl SignInImport for Import {
    async fn read(&mut self, piece: &[u8]) -> Result<(), Problem> {
        Ok(Self::read(self, piece).await?)
    }

    async fn finish(self: Box<Self>, file: Option<&str>) -> Result<i64, Problem> {
        Ok(Self::finish(*self, file).await?)
    }
}

impl RequestDesk {
    /// What is selected, as CSV.
    pub async fn inventory_csv(&self, selection: &Selection) -> Result<Vec<u8>, Refusal> {
        self.inventory_file(selection, FileFormat::Csv).await
    }

    /// The same as JSON.
    pub async fn inventory_json(&self, selection: &Selection) -> Result<Vec<u8>, Refusal> {
        self.inventory_file(selection, FileFormat::Json).await
    }

    /// The same as a workbook.
    pub async fn inventory_xlsx(&self, selection: &Selection) -> Result<Vec<u8>, Refusal> {
        self.inventory_file(selection, FileFormat::Xlsx).await
    }

    pub(crate) async fn inventory_file(&self, selection: &Selection, format: FileFormat) -> Result<Vec<u8>, Refusal> {
        let (person, context) = self.entered()?;
        let file = export::handle(&context, person, self.parts.admin_center(), selection, format).await;
        Ok(file.map_err(Problem::from)?)
    }
}
