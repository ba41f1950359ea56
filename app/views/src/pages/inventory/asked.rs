//! What the URL asks for.

use crate::data::inventory::{
    GridColumns, GridDensity, GridGroup, GridQuery, GridSort, GridView, Pick, Selection, Which,
};
use crate::query::Query;
use domain::inventory::filter::{Filter, FilterError, FilterKey};

/// The checkboxes of rows.
pub(super) const PICK: &str = "pick[]";
pub(super) const COLUMNS: &str = "columns";
/// The checkboxes of columns: the shell keeps several values of such a name.
pub(super) const COLUMN: &str = "columns[]";
pub(super) const DENSITY: &str = "density";

/// What of the address is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskedError {
    #[error(transparent)]
    Filter(#[from] FilterError),
    #[error("“{0}” is no row of the inventory")]
    Pick(String),
}

/// As it was asked for, understood or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The filter's text.
    pub typed: String,
    pub view: GridView,
    pub sort: GridSort,
    pub page: u32,
    /// Rows are put together, and not shown one by one.
    pub group: Option<GridGroup>,
    /// Of the view.
    pub columns: GridColumns,
    /// How much room a row takes.
    pub density: GridDensity,
    /// What was chosen beside the text, which takes the place of the text's own.
    choices: Vec<(FilterKey, String)>,
    /// Rows that are ticked, as their checkboxes have them.
    ticks: Vec<String>,
    /// All that the filter finds is selected, whatever is ticked.
    pub all: bool,
}

impl Asked {
    /// `q` has the filter's text; each key of a filter may stand by itself as well, as its choice sends it.
    pub fn read(query: &Query) -> Self {
        let group = GridGroup::ALL.into_iter().find(|group| Some(group.as_str()) == query.get("group"));
        let view = match (query.get("view"), group) {
            // Only credentials are of a certificate.
            (_, Some(GridGroup::Certificate | GridGroup::Issuer)) => GridView::Credentials,
            (Some("objects"), _) => GridView::Objects,
            _ => GridView::Credentials,
        };
        let sorts = view.sorts();
        let sort = sorts.iter().find(|sort| Some(sort.as_str()) == query.get("sort")).copied().unwrap_or(sorts[0]);
        let columns = [query.all(COLUMNS), query.all(COLUMN)].concat();
        let choices = FilterKey::ALL.iter().map(|key| (*key, query.text(key.as_str())));
        Self {
            typed: query.text("q"),
            view,
            sort,
            page: query.page(),
            group,
            columns: GridColumns::read(view, columns.iter().map(String::as_str)),
            density: query.text(DENSITY).parse().unwrap_or(GridDensity::Comfortable),
            choices: choices.filter(|(_, value)| !value.is_empty()).collect(),
            ticks: query.all(PICK),
            all: query.get("all") == Some("on"),
        }
    }

    /// # Errors
    /// Names what is not understood.
    pub fn selection(&self) -> Result<Selection, AskedError> {
        let which = if self.all { Which::All } else { Which::These(self.picks()?) };
        Ok(Selection { query: self.query()?, which })
    }

    /// The rows that are ticked.
    ///
    /// # Errors
    /// Names one that is none.
    pub fn picks(&self) -> Result<Vec<Pick>, AskedError> {
        let read = |text: &String| text.parse().map_err(|_| AskedError::Pick(text.chars().take(80).collect()));
        self.ticks.iter().map(read).collect()
    }

    /// # Errors
    /// Names what of the filter is not understood.
    pub fn query(&self) -> Result<GridQuery, FilterError> {
        let mut filter: Filter = self.typed.parse()?;
        for (key, value) in &self.choices {
            filter.choose(*key, value)?;
        }
        let (columns, density) = (self.columns.clone(), self.density);
        Ok(GridQuery { view: self.view, filter, sort: self.sort, page: self.page, group: self.group, columns, density })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::route::Route;

    fn asked(query: &str) -> Asked {
        Asked::read(&Query::parse(query))
    }

    #[test]
    fn what_is_chosen_becomes_a_word() {
        let chosen =
            asked("view=objects&q=payroll+kind%3Asecret&kind=federated&ends=&needs=weak&page=3").query().unwrap();
        assert_eq!(chosen.filter.to_string(), "payroll kind:federated needs:weak");
        assert_eq!((chosen.view, chosen.sort, chosen.page), (GridView::Objects, GridSort::Name, 3));
        assert_eq!(chosen.href(), "/inventory?view=objects&q=payroll+kind%3Afederated+needs%3Aweak&page=3");
        assert_eq!(Asked::read(&Query::parse(chosen.href().split_once('?').unwrap().1)).query(), Ok(chosen));
    }

    #[test]
    fn what_is_ticked_is_a_selection_of_rows_and_all_is_whatever_the_filter_finds() {
        let id = "0f1e2d3c-4b5a-4978-8685-9483a2b10003";
        let ticked = asked(&format!("view=objects&q=pay&pick%5B%5D=app.{id}&pick%5B%5D=sp.{id}&pick%5B%5D=app.{id}"));
        let Which::These(picks) = ticked.selection().unwrap().which else { panic!("these rows") };
        let written: Vec<String> = picks.iter().map(ToString::to_string).collect();
        assert_eq!(written, [format!("app.{id}"), format!("sp.{id}")], "each once");
        let all = asked(&format!("q=pay&all=on&pick%5B%5D=app.{id}")).selection().unwrap();
        assert_eq!((all.which, all.query.filter.to_string().as_str()), (Which::All, "pay"));
        let wrong = asked("pick%5B%5D=app.7").selection().unwrap_err();
        assert_eq!(wrong.to_string(), "“app.7” is no row of the inventory");
        assert!(asked("q=kind%3Ax&all=on").selection().unwrap_err().to_string().contains("“kind:x”"));
    }

    #[test]
    fn an_order_that_the_view_has_not_is_its_usual_one() {
        assert_eq!(asked("sort=newest").sort, GridSort::End);
        assert_eq!(asked("view=objects&sort=newest").sort, GridSort::Newest);
        assert_eq!(asked("").query().unwrap().href(), "/inventory");
    }

    #[test]
    fn how_it_is_shown_stands_in_the_address_and_files_have_everything() {
        let text = "view=objects&q=pay&group=owner&columns%5B%5D=read&columns=owners,ends&density=compact";
        let query = asked(text).query().unwrap();
        let href = "/inventory?view=objects&q=pay&group=owner&columns=owners%2Cread&density=compact";
        assert_eq!((query.href().as_str(), query.density), (href, GridDensity::Compact));
        assert_eq!(asked(href.split_once('?').unwrap().1).query(), Ok(query.clone()));
        assert_eq!(query.href_at(&Route::InventoryCsv), "/inventory.csv?view=objects&q=pay");
        assert_eq!(asked("columns=owners&density=dense").query().unwrap().href(), "/inventory", "none of this view");
    }

    #[test]
    fn what_is_not_understood_keeps_its_text() {
        let wrong = asked("q=kind%3Apassword+x");
        assert_eq!(wrong.typed, "kind:password x");
        assert!(wrong.query().unwrap_err().to_string().contains("“kind:password”"));
        assert!(asked("q=x&holder=me").query().unwrap_err().to_string().contains("“holder:me”"));
    }
}
