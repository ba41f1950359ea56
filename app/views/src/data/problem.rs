//! What went wrong, as a person reads it.

use crate::route::Route;
use serde::{Deserialize, Serialize};

/// What went wrong, in the shape of RFC 9457 with a cure added. Every failure that reaches a person is one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{title}: {detail}")]
pub struct Problem {
    /// HTTP status that fits: 401 signed out, 403 refused, 404, 409 conflict, 422 bad input, 502 Graph failed.
    pub status: u16,
    /// Stable machine-readable name in kebab-case, for instance `changed-since-preview`.
    pub code: String,
    /// What happened, in a few words.
    pub title: String,
    /// Why.
    pub detail: String,
    /// What the person can do now.
    pub advice: Option<String>,
    /// Where the advice can be followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    /// A sign-in that helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<SignInFor>,
    /// Graph's or Entra's `request-id`, for support.
    pub request_id: Option<String>,
}

domain::spelled! {
    /// What a sign-in is for, beside being signed in: it leads back, and what was to be sent is there again.
    pub enum SignInFor ("purpose of a sign-in") {
        /// The person shows once more that it is them.
        Confirmation = "confirmation",
        /// The person, or Entra, agrees that the portal writes in their name.
        Writing = "writing",
    }
}

/// A page of the portal that helps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// `Open its receipt`
    pub words: String,
    /// Of the portal.
    pub path: String,
}

const SIGNED_OUT: &str = "signed-out";

impl Problem {
    /// Without advice and request-id.
    pub fn new(status: u16, code: &str, title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            title: title.into(),
            detail: detail.into(),
            advice: None,
            link: None,
            sign_in: None,
            request_id: None,
        }
    }

    /// Adds what the person can do.
    #[must_use]
    pub fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// Adds the page on which the advice can be followed.
    #[must_use]
    pub fn link(mut self, words: &str, route: Route) -> Self {
        self.link = Some(Link { words: words.into(), path: route.to_string() });
        self
    }

    /// Adds the sign-in that helps.
    #[must_use]
    pub fn sign_in(mut self, purpose: SignInFor) -> Self {
        self.sign_in = Some(purpose);
        self
    }

    /// It is [`Self::signed_out`].
    #[must_use]
    pub fn is_signed_out(&self) -> bool {
        self.status == 401 && self.code == SIGNED_OUT
    }

    /// The person has no session, or it ended.
    pub fn signed_out() -> Self {
        Self::new(401, SIGNED_OUT, "You are signed out", "This page needs a signed-in person.")
            .advice("Sign in and try again; nothing was changed.")
    }
}
