//! The inventory as a grid.

pub use views::data::charts::*;
pub use views::data::inventory::*;
pub use views::data::items::*;
pub use views::data::last_use::*;

use super::problem::Problem;
use domain::credentials::Subject;
use domain::inventory::Item;
use uuid::Uuid;

/// A log that is being brought. Nothing of it is kept before its end.
#[async_trait::async_trait]
pub trait SignInImport: Send {
    /// The next piece of the file.
    async fn read(&mut self, piece: &[u8]) -> Result<(), Problem>;
    /// After the last. `file`: its name. Answers the number of the import.
    async fn finish(self: Box<Self>, file: Option<&str>) -> Result<i64, Problem>;
}

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait InventoryPort: Send + Sync {
    /// One page of what is in the viewer's scope: everything for admins and auditors, what they own for others. `None`
    /// where the directory is not read in the background.
    async fn inventory(&self, query: &GridQuery) -> Result<Option<Grid>, Problem>;
    /// The same rows put together, page by page of groups. `None` as of [`Self::inventory`].
    async fn inventory_groups(&self, query: &GridQuery, group: GridGroup) -> Result<Option<GridGroups>, Problem>;
    /// The same scope in numbers; over time for those alone who see everything. `None` as of [`Self::inventory`].
    async fn inventory_charts(&self) -> Result<Option<Charts>, Problem>;
    /// From where it is known when credentials were last used, for administrators and auditors. `None` as of
    /// [`Self::inventory`].
    async fn use_sources(&self) -> Result<Option<UseSources>, Problem>;
    /// Begins to take an exported log of sign-ins, of the same people.
    async fn begin_sign_in_import(&self) -> Result<Box<dyn SignInImport>, Problem>;
    /// What a selection comes to, as of now.
    async fn selection(&self, selection: &Selection) -> Result<SelectionView, Problem>;
    /// The names of these rows, of those that are there and in the viewer's scope.
    async fn picked_names(&self, picks: &[Pick]) -> Result<Vec<(Pick, String)>, Problem>;
    /// The viewer's own views, and those of all.
    async fn saved_views(&self) -> Result<Vec<SavedView>, Problem>;
    /// Keeps the query under a name: for the viewer, or for all.
    async fn save_view(&self, name: &str, query: &GridQuery, shared: bool) -> Result<(), Problem>;
    /// Gives a view another name.
    async fn rename_view(&self, id: Uuid, name: &str) -> Result<(), Problem>;
    /// Forgets a view.
    async fn remove_view(&self, id: Uuid) -> Result<(), Problem>;
    /// One object of the viewer's scope, with what it needs and what changed of it elsewhere.
    async fn object(&self, subject: Subject) -> Result<ObjectView, Problem>;
    /// Assigns it, puts it aside or brings it back, for everybody.
    async fn decide_item(&self, item: Item, ask: &ItemAsk) -> Result<(), Problem>;
    /// Says what these changes of the object were.
    async fn acknowledge_changes(&self, subject: Subject, numbers: &[i64], reason: &str) -> Result<(), Problem>;
}
