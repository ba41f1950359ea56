//! What the URL asks for.

use crate::data::inventory::{GridQuery, GridSort, GridView};
use crate::query::Query;
use domain::inventory::filter::{Filter, FilterError, FilterKey};

/// As it was asked for, understood or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The filter's text.
    pub typed: String,
    pub view: GridView,
    pub sort: GridSort,
    pub page: u32,
    /// What was chosen beside the text, which takes the place of the text's own.
    choices: Vec<(FilterKey, String)>,
}

impl Asked {
    /// `q` has the filter's text; each key of a filter may stand by itself as well, as its choice sends it.
    pub fn read(query: &Query) -> Self {
        let view = match query.get("view") {
            Some("objects") => GridView::Objects,
            _ => GridView::Credentials,
        };
        let sorts = view.sorts();
        let sort = sorts.iter().find(|sort| Some(sort.as_str()) == query.get("sort")).copied().unwrap_or(sorts[0]);
        let choices = FilterKey::ALL.iter().map(|key| (*key, query.text(key.as_str())));
        Self {
            typed: query.text("q"),
            view,
            sort,
            page: query.page(),
            choices: choices.filter(|(_, value)| !value.is_empty()).collect(),
        }
    }

    /// # Errors
    /// Names what of the filter is not understood.
    pub fn query(&self) -> Result<GridQuery, FilterError> {
        let mut filter: Filter = self.typed.parse()?;
        for (key, value) in &self.choices {
            filter.choose(*key, value)?;
        }
        Ok(GridQuery { view: self.view, filter, sort: self.sort, page: self.page })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

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
    fn an_order_that_the_view_has_not_is_its_usual_one() {
        assert_eq!(asked("sort=newest").sort, GridSort::End);
        assert_eq!(asked("view=objects&sort=newest").sort, GridSort::Newest);
        assert_eq!(asked("").query().unwrap().href(), "/inventory");
    }

    #[test]
    fn what_is_not_understood_keeps_its_text() {
        let wrong = asked("q=kind%3Apassword+x");
        assert_eq!(wrong.typed, "kind:password x");
        assert!(wrong.query().unwrap_err().to_string().contains("“kind:password”"));
        assert!(asked("q=x&holder=me").query().unwrap_err().to_string().contains("“holder:me”"));
    }
}
