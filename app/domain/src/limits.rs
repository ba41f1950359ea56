//! How many entries an application holds, as far as anybody has said. Sources disagree; here they stand side by side, and
//! nothing else in the program has a number of its own.

/// What a source says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How many.
    pub entries: usize,
    /// What is counted.
    pub counts: &'static str,
    /// Where it is said.
    pub source: &'static str,
}

/// The least first.
pub const LIMITS: [Limit; 3] = [
    Limit {
        entries: 600,
        counts: "key credentials of one object, seen refused with Directory_ResourceSizeExceeded; reported of service principals",
        source: "https://github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/21469",
    },
    Limit {
        entries: 1_000,
        counts: "values of all collections of one object together, in Microsoft Graph",
        source: "https://learn.microsoft.com/graph/api/application-update",
    },
    Limit {
        entries: 1_200,
        counts: "entries of all kinds in an app manifest",
        source: "https://learn.microsoft.com/entra/identity/users/directory-service-limits-restrictions",
    },
];

/// From so many credentials on, a preview warns.
pub const MANY: usize = 500;

/// How near to the least limit an app would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// Fewer than [`MANY`].
    Far,
    /// From [`MANY`] on.
    Near,
    /// At the least of [`LIMITS`], or above it: Graph has been seen to refuse this.
    Reached,
}

/// `credentials`: certificates and client secrets that would be on the app.
pub fn nearness(credentials: usize) -> Nearness {
    match credentials {
        count if count >= LIMITS[0].entries => Nearness::Reached,
        count if count >= MANY => Nearness::Near,
        _ => Nearness::Far,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_comes_before_the_least_limit() {
        assert!(LIMITS.is_sorted_by_key(|limit| limit.entries));
        assert_eq!(
            [499, 500, 599, 600, 641].map(nearness),
            [Nearness::Far, Nearness::Near, Nearness::Near, Nearness::Reached, Nearness::Reached]
        );
    }
}
