//! The entries of the navigation, and which of them a page belongs to.

use super::{Audience, Pattern, Route};
use crate::glyph::Glyph;

/// An entry of the bar on top, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Overview,
    Apps,
    Inventory,
    Retirements,
    Upload,
    Make,
    Vaults,
    Doctor,
    Requests,
    Audit,
}

impl Section {
    pub const ALL: [Self; 10] = [
        Self::Overview,
        Self::Apps,
        Self::Inventory,
        Self::Upload,
        Self::Make,
        Self::Vaults,
        Self::Retirements,
        Self::Requests,
        Self::Doctor,
        Self::Audit,
    ];

    /// The page that its entry leads to.
    pub fn route(self) -> Route {
        match self {
            Self::Overview => Route::Home,
            Self::Apps => Route::Apps,
            Self::Inventory => Route::Inventory,
            Self::Retirements => Route::Retirements,
            Self::Upload => Route::Upload,
            Self::Make => Route::MakeCertificate,
            Self::Vaults => Route::Vaults,
            Self::Doctor => Route::Doctor,
            Self::Requests => Route::Requests,
            Self::Audit => Route::Audit,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Apps => "Apps",
            Self::Inventory => "Inventory",
            Self::Retirements => "Retirements",
            Self::Upload => "Upload",
            Self::Make => "Make",
            Self::Vaults => "Key Vault",
            Self::Doctor => "Doctor",
            Self::Requests => "Requests",
            Self::Audit => "Audit",
        }
    }

    pub fn glyph(self) -> Glyph {
        match self {
            Self::Overview => Glyph::Home,
            Self::Apps => Glyph::Apps,
            Self::Inventory => Glyph::Table,
            Self::Retirements => Glyph::Clock,
            Self::Upload => Glyph::Upload,
            Self::Make => Glyph::Key,
            Self::Vaults => Glyph::Vault,
            Self::Doctor => Glyph::Doctor,
            Self::Requests => Glyph::Person,
            Self::Audit => Glyph::Audit,
        }
    }

    pub fn audience(self) -> Audience {
        match self {
            Self::Doctor => Audience::Anybody,
            Self::Upload | Self::Make => Audience::Pushers,
            Self::Overview
            | Self::Apps
            | Self::Inventory
            | Self::Retirements
            | Self::Vaults
            | Self::Requests
            | Self::Audit => Audience::Members,
        }
    }
}

/// Which entry a path belongs to: that of its row, or of a row that begins alike.
pub fn section_of(path: &str) -> Option<Section> {
    let of = |fits: &dyn Fn(Pattern) -> bool| Route::TABLE.iter().find(|row| fits(row.pattern)).map(|row| row.section);
    let first = path.strip_prefix('/')?.split('/').next()?;
    of(&|pattern| pattern.values(path).is_some()).or_else(|| of(&|pattern| pattern.first() == first)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_belongs_to_an_entry() {
        assert_eq!(section_of("/certificates/new"), Some(Section::Upload));
        assert_eq!(section_of("/plans/1"), Some(Section::Upload));
        assert_eq!(section_of("/receipts/1"), Some(Section::Audit));
        assert_eq!(section_of("/apps/1"), Some(Section::Apps));
        assert_eq!(section_of("/retirements"), Some(Section::Retirements));
        assert_eq!(section_of("/table"), Some(Section::Upload));
        assert_eq!(section_of("/inventory"), Some(Section::Inventory));
        assert_eq!(section_of("/vaults"), Some(Section::Vaults));
        assert_eq!(section_of("/certificates/make"), Some(Section::Make));
        assert_eq!(section_of("/doctor/AADSTS700027"), Some(Section::Doctor));
        assert_eq!(section_of("/"), Some(Section::Overview));
        assert_eq!(section_of("/search"), None, "the search beside the navigation has it");
        assert_eq!(section_of("/signed-out"), None);
    }
}
