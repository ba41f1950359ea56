//! How a delivery stands.

use crate::spelling::spelled;

spelled! {
    /// How the delivery of a notice over one channel stands.
    pub enum DeliveryState ("state of a delivery") {
        /// It is to be sent, for the first time or again.
        Waiting = "waiting",
        /// The receiver took it.
        Delivered = "delivered",
        /// Somebody in between took it; whether it arrived is not known. Teams' Workflows say no more, nor does SMTP.
        Accepted = "accepted",
        /// It was tried as often as there are attempts, or refused for good.
        GivenUp = "given-up",
        /// The channel is switched off.
        Disabled = "disabled",
        /// When it was to be sent, nothing of it held any more, or it was not for this person any more.
        Lapsed = "lapsed",
    }
}

impl DeliveryState {
    /// Nothing more happens by itself.
    pub fn has_ended(self) -> bool {
        self != Self::Waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::holds;

    #[test]
    fn spellings() {
        holds(&[
            (DeliveryState::Waiting, "waiting"),
            (DeliveryState::Delivered, "delivered"),
            (DeliveryState::Accepted, "accepted"),
            (DeliveryState::GivenUp, "given-up"),
            (DeliveryState::Disabled, "disabled"),
            (DeliveryState::Lapsed, "lapsed"),
        ]);
        assert_eq!(DeliveryState::ALL.iter().filter(|state| !state.has_ended()).count(), 1);
    }
}
