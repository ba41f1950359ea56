//! What a row of the table of routes says, and the macro that makes the routes' type out of the rows.

use super::{Pattern, Section};
use crate::glyph::Glyph;
use crate::runbook::Topic;
use crate::viewer::Viewer;
use domain::credentials::SubjectKind;
use domain::ids::{KeyId, ObjectId};
use domain::notices::CalendarKey;
use domain::thumbprint::Sha256Thumbprint;
use uuid::Uuid;

/// Who is offered something. Whether it may be done is the server's, and Entra's, decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Also who is not signed in.
    Anybody,
    /// Who has a role.
    Members,
    /// Who may upload, preview and push.
    Pushers,
    /// Who runs the portal.
    Admins,
    /// Who sees all of it: administrators and auditors.
    Overseers,
}

impl Audience {
    /// `viewer`: a signed-in person with a role, if any.
    pub fn has(self, viewer: Option<&Viewer>) -> bool {
        match self {
            Self::Anybody => true,
            Self::Members => viewer.is_some(),
            Self::Pushers => viewer.is_some_and(Viewer::may_push),
            Self::Admins => viewer.is_some_and(Viewer::is_admin),
            Self::Overseers => viewer.is_some_and(Viewer::sees_whole_audit),
        }
    }
}

/// How the palette offers a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaletteEntry {
    pub glyph: Glyph,
    pub note: &'static str,
    pub audience: Audience,
}

/// One address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteRow {
    pub pattern: Pattern,
    /// Of the page; where it is about one thing, that thing's name comes into its title.
    pub title: &'static str,
    /// The entry of the navigation that is lit.
    pub section: Option<Section>,
    pub palette: Option<PaletteEntry>,
    /// People see it, rather than programs.
    pub page: bool,
    /// A sign-in may lead back to it.
    pub takes_return: bool,
}

impl RouteRow {
    pub(super) const fn new(title: &'static str) -> Self {
        Self { pattern: Pattern("/"), title, section: None, palette: None, page: false, takes_return: false }
    }

    /// People see it, and a sign-in may lead back to it.
    pub(super) const fn page(title: &'static str) -> Self {
        Self { page: true, takes_return: true, ..Self::new(title) }
    }

    pub(super) const fn section(mut self, section: Section) -> Self {
        self.section = Some(section);
        self
    }

    pub(super) const fn palette(mut self, glyph: Glyph, note: &'static str) -> Self {
        self.palette = Some(PaletteEntry { glyph, note, audience: Audience::Members });
        self
    }

    /// Only who may push is offered it in the palette.
    pub(super) const fn for_pushers(mut self) -> Self {
        if let Some(entry) = &mut self.palette {
            entry.audience = Audience::Pushers;
        }
        self
    }

    /// Only administrators are offered it in the palette.
    pub(super) const fn for_admins(mut self) -> Self {
        if let Some(entry) = &mut self.palette {
            entry.audience = Audience::Admins;
        }
        self
    }

    /// Only who sees everything is offered it in the palette.
    pub(super) const fn for_overseers(mut self) -> Self {
        if let Some(entry) = &mut self.palette {
            entry.audience = Audience::Overseers;
        }
        self
    }

    /// It makes no sense after a sign-in.
    pub(super) const fn no_return(mut self) -> Self {
        self.takes_return = false;
        self
    }

    pub(super) const fn at(mut self, pattern: Pattern) -> Self {
        self.pattern = pattern;
        self
    }
}

/// A value in a path.
pub(super) trait PathValue: Sized {
    fn to_path(&self) -> String;
    fn from_path(text: &str) -> Option<Self>;
}

impl PathValue for Uuid {
    fn to_path(&self) -> String {
        self.to_string()
    }

    fn from_path(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl PathValue for ObjectId {
    fn to_path(&self) -> String {
        self.to_string()
    }

    fn from_path(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl PathValue for KeyId {
    fn to_path(&self) -> String {
        self.to_string()
    }

    fn from_path(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl PathValue for SubjectKind {
    fn to_path(&self) -> String {
        self.as_str().to_owned()
    }

    fn from_path(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl PathValue for CalendarKey {
    fn to_path(&self) -> String {
        self.to_string()
    }

    fn from_path(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl PathValue for Topic {
    fn to_path(&self) -> String {
        self.name().to_owned()
    }

    fn from_path(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl PathValue for Sha256Thumbprint {
    fn to_path(&self) -> String {
        self.hex().to_ascii_lowercase()
    }

    fn from_path(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// `Name(parameter: Type) = "/pattern", row;`
macro_rules! routes {
    ($(
        $(#[$doc:meta])*
        $name:ident $(($($parameter:ident: $type:ty),+))? = $pattern:tt, $row:expr;
    )+) => {
        /// A page or an endpoint. `Display` gives the path.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Route {
            $($(#[$doc])* $name $(($($type),+))?,)+
        }

        /// The rows' names, without the values of their parameters.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Address {
            $($(#[$doc])* $name,)+
        }

        impl Address {
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// As axum takes it: `/apps/{id}`.
            pub fn pattern(self) -> &'static str {
                Route::TABLE[self as usize].pattern.0
            }
        }

        impl Route {
            /// Every address, in the order in which they are tried.
            pub const TABLE: &[RouteRow] = &[$($row.at(Pattern($pattern))),+];

            /// Its row's name.
            pub fn address(&self) -> Address {
                match self {
                    $(Self::$name { .. } => Address::$name,)+
                }
            }

            /// The address at this path, which has neither a query nor a fragment.
            pub fn parse(path: &str) -> Option<Self> {
                $({
                    let read = || {
                        let values = Pattern($pattern).values(path)?;
                        let mut values = values.into_iter();
                        let route = Self::$name $(($(<$type as table::PathValue>::from_path(values.next()?.1)?),+))?;
                        values.next().is_none().then_some(route)
                    };
                    if let Some(route) = read() {
                        return Some(route);
                    }
                })+
                None
            }
        }

        impl std::fmt::Display for Route {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let path = match self {
                    $(Self::$name $(($($parameter),+))? => {
                        Pattern($pattern).fill(&[$($(table::PathValue::to_path($parameter)),+)?])
                    })+
                };
                f.write_str(&path)
            }
        }
    };
}
pub(super) use routes;
