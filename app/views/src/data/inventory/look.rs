//! How somebody wants to see the grid.

use super::GridView;
use domain::spelled;

spelled! {
    /// A column that can be left out. What a row is of always stands first.
    pub enum GridColumn ("column of the inventory") {
        /// What the credential is, and what tells it from others.
        Credential = "credential",
        /// When it ends.
        Ends = "ends",
        /// From when on it holds.
        Begins = "begins",
        /// `keyId`
        KeyId = "key-id",
        /// How many of each kind an object has.
        Holds = "holds",
        /// How many own it.
        Owners = "owners",
        /// The next end of one of its credentials.
        NextEnd = "next-end",
        /// Why somebody should look at it.
        Needs = "needs",
        /// When the portal saw it for the first time.
        FirstSeen = "first-seen",
        /// When it was registered.
        Created = "created",
        /// The application (client) id of what the row is of.
        ClientId = "client-id",
        /// When its object was read.
        Read = "read",
    }
}

spelled! {
    /// How much room a row takes.
    pub enum GridDensity ("density") {
        /// Two lines, where there is more to say than fits into one.
        Comfortable = "comfortable",
        /// As little as can be.
        Compact = "compact",
    }
}

impl GridView {
    /// Its columns, in the order in which they stand.
    pub const fn columns(self) -> &'static [GridColumn] {
        use GridColumn as C;
        match self {
            Self::Credentials => &[C::Credential, C::Ends, C::Begins, C::KeyId, C::ClientId, C::Read],
            Self::Objects => {
                &[C::Holds, C::Owners, C::NextEnd, C::Needs, C::FirstSeen, C::Created, C::ClientId, C::Read]
            }
        }
    }

    const fn usual(self) -> &'static [GridColumn] {
        use GridColumn as C;
        match self {
            Self::Credentials => &[C::Credential, C::Ends],
            Self::Objects => &[C::Holds, C::Owners, C::NextEnd, C::Needs, C::FirstSeen],
        }
    }
}

/// Columns of one view: at least one, each once, in the view's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridColumns(Vec<GridColumn>);

impl GridColumns {
    /// What the view shows where nobody chose.
    pub fn usual(view: GridView) -> Self {
        Self(view.usual().to_vec())
    }

    /// `texts`: spellings, also several with commas in between. What is no column of the view is left out; where nothing
    /// remains, these are the usual ones.
    pub fn read<'t>(view: GridView, texts: impl IntoIterator<Item = &'t str>) -> Self {
        let chosen: Vec<&str> = texts.into_iter().flat_map(|text| text.split(',')).map(str::trim).collect();
        let columns = view.columns().iter().filter(|column| chosen.contains(&column.as_str())).copied();
        let columns: Vec<GridColumn> = columns.collect();
        if columns.is_empty() { Self::usual(view) } else { Self(columns) }
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = GridColumn> + '_ {
        self.0.iter().copied()
    }

    /// It is among them.
    pub fn has(&self, column: GridColumn) -> bool {
        self.0.contains(&column)
    }

    /// As in the URL: spellings with commas in between; empty where they are the usual ones.
    pub fn text(&self, view: GridView) -> String {
        if self.0 == view.usual() {
            return String::new();
        }
        self.0.iter().map(|column| column.as_str()).collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_the_views_own_in_its_order_and_never_none() {
        let read = |texts: &[&str]| GridColumns::read(GridView::Credentials, texts.iter().copied());
        let usual = GridColumns::usual(GridView::Credentials);
        for texts in [&[][..], &[""], &["owners", "colour"], &["ends,credential"], &["ends", "credential", "ends"]] {
            assert_eq!(
                (read(texts), read(texts).text(GridView::Credentials).as_str()),
                (usual.clone(), ""),
                "{texts:?}"
            );
        }
        let chosen = read(&["read, begins", "ends"]);
        assert_eq!(chosen.text(GridView::Credentials), "ends,begins,read");
        assert_eq!(read(&[chosen.text(GridView::Credentials).as_str()]), chosen);
        assert!(chosen.has(GridColumn::Read) && !chosen.has(GridColumn::Credential));
        for column in GridColumn::ALL {
            let views = [GridView::Credentials, GridView::Objects].map(|view| view.columns().contains(column));
            assert!(views.contains(&true), "{column} is somewhere");
        }
    }
}
