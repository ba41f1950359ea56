//! What one request takes of the limits.

use reqwest::Method;
use url::Url;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::graph) struct Cost {
    /// Resource units.
    pub(in crate::graph) units: u32,
    pub(in crate::graph) writes: u32,
    /// Of these, to apps that admit personal Microsoft accounts.
    pub(in crate::graph) personal_writes: u32,
    pub(in crate::graph) key_reads: u32,
}

/// Collections of which a page costs 2 units.
const LISTS: [&str; 3] = ["applications", "servicePrincipals", "microsoft.graph.application"];

impl Cost {
    pub(in crate::graph) const WRITE: Self = Self { units: 1, writes: 1, personal_writes: 0, key_reads: 0 };

    /// As documented: 1 unit, 2 for a list; one less with `$select`, one less with a `$top` below 20, one more with
    /// `$expand`, never less than 1. A write is 1 unit and a write. Graph's answer says what it really was.
    pub(in crate::graph) fn of(method: &Method, url: &Url) -> Self {
        if method != Method::GET {
            return Self::WRITE;
        }
        let mut units = 1_u32;
        if url.path_segments().and_then(|mut path| path.next_back()).is_some_and(|last| LISTS.contains(&last)) {
            units += 1;
        }
        let mut key_reads = 0;
        let mut less = 0_u32;
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "$select" => {
                    less += 1;
                    key_reads = u32::from(value.split(',').any(|property| property.trim() == "keyCredentials"));
                }
                "$top" if value.parse::<u32>().is_ok_and(|top| top < 20) => less += 1,
                "$expand" => units += 1,
                _ => {}
            }
        }
        Self { units: units.saturating_sub(less).max(1), key_reads, ..Self::default() }
    }

    /// Reads that go in one `$batch`: each counts as if it were sent alone.
    pub(in crate::graph) fn of_all(urls: &[Url]) -> Self {
        urls.iter().map(|url| Self::of(&Method::GET, url)).fold(Self::default(), |sum, one| Self {
            units: sum.units + one.units,
            key_reads: sum.key_reads + one.key_reads,
            ..sum
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str) -> (u32, u32) {
        let url = Url::parse(&format!("https://graph.example/v1.0/{path}")).unwrap_or_else(|e| panic!("{path}: {e}"));
        let cost = Cost::of(&Method::GET, &url);
        (cost.units, cost.key_reads)
    }

    #[test]
    fn costs_are_the_documented_ones() {
        assert_eq!(get("applications"), (2, 0));
        assert_eq!(get("applications?$select=id,keyCredentials&$top=999"), (1, 1));
        assert_eq!(get("applications?$top=5"), (1, 0));
        assert_eq!(get("applications/0217d1ec-08bd-4eca-a088-827c380963ae"), (1, 0));
        assert_eq!(get("applications/0217d1ec-08bd-4eca-a088-827c380963ae?$select=id,keyCredentials"), (1, 1));
        assert_eq!(get("me/ownedObjects/microsoft.graph.application"), (2, 0));
        let patch = Url::parse("https://graph.example/v1.0/applications/x").map(|url| Cost::of(&Method::PATCH, &url));
        assert_eq!(patch, Ok(Cost { units: 1, writes: 1, ..Cost::default() }));
    }
}
