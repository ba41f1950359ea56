//! Where the end of a credential stands, as it is counted day by day.

use crate::credentials::CredentialKind;
use crate::spelling::spelled;

spelled! {
    /// Where the end of a credential stands at some time.
    pub enum EndStanding ("standing of an end") {
        /// It lies before.
        Ended = "ended",
        /// It is still to come.
        Ahead = "ahead",
        /// There is none: federated credentials never end.
        Never = "never",
        /// Graph told none that could be read.
        Unknown = "unknown",
    }
}

impl EndStanding {
    /// Those that a credential of this kind can be in.
    pub const fn of(kind: CredentialKind) -> &'static [Self] {
        match kind {
            CredentialKind::Certificate | CredentialKind::Secret => &[Self::Ended, Self::Ahead, Self::Unknown],
            CredentialKind::Federated => &[Self::Never],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::holds;

    #[test]
    fn each_has_one_spelling_and_a_kind_that_can_be_in_it() {
        holds(&[
            (EndStanding::Ended, "ended"),
            (EndStanding::Ahead, "ahead"),
            (EndStanding::Never, "never"),
            (EndStanding::Unknown, "unknown"),
        ]);
        for standing in EndStanding::ALL {
            let of = |kind: &&CredentialKind| EndStanding::of(**kind).contains(standing);
            let never = *standing == EndStanding::Never;
            assert_eq!(CredentialKind::ALL.iter().filter(of).count(), if never { 1 } else { 2 }, "{standing}");
        }
    }
}
