//! Signing in with Entra, and the tokens that follow from it.

use crate::config::StepUpReason;
use crate::entra::{EntraError, EntraErrorKind};
use crate::http::Refusal;
use crate::http::sign_in::{CallbackError, NotRemembered};
use crate::person::TokenError;
use app::contract::problem::{Problem, SignInFor};

impl From<EntraError> for Problem {
    fn from(error: EntraError) -> Self {
        let words = error.words();
        let problem = match &error.kind {
            EntraErrorKind::Unreachable => Self::new(502, "entra-unreachable", "Microsoft Entra did not answer", "The portal could not reach the sign-in service.")
                .advice("Try again in a moment. If it stays like this, the portal's administrator finds the reason in its log."),
            EntraErrorKind::Busy { status, retry_after } => {
                let wait = retry_after.map_or("a minute".to_owned(), |seconds| format!("{seconds} seconds"));
                Self::new(503, "entra-busy", "Microsoft Entra is busy", format!("The sign-in service answered {status}. You are still signed in, and nothing was changed."))
                    .advice(format!("Try again in {wait}."))
            }
            EntraErrorKind::Malformed => Self::new(502, "entra-malformed", "Microsoft Entra's answer made no sense", words)
                .advice("Try again. If it stays like this, the portal's administrator should check the tenant id and the cloud in its configuration."),
            EntraErrorKind::Refused(_) if error.declined() => Self::new(403, "sign-in-declined", "You were not signed in", words)
                .advice("Sign in again and accept what Entra asks. If your organization needs an administrator's approval, ask for it."),
            EntraErrorKind::Refused(_) if error.is_about_the_clock() => {
                Self::new(502, "portal-clock", "Microsoft Entra does not accept the portal's time", words)
                    .advice("Tell the portal's administrator: the clock of the portal's machine is wrong by minutes or more. Then try again.")
            }
            EntraErrorKind::Refused(_) if error.refuses_the_portal() => {
                Self::new(502, "portal-refused", "Microsoft Entra did not accept this portal", words)
                    .advice("Tell the portal's administrator: the portal's certificate must be on its own app registration, and valid.")
            }
            EntraErrorKind::Refused(_) => Self::new(403, "sign-in-refused", "Microsoft Entra refused the sign-in", words)
                .advice("Sign in again. If it happens again, give the code and the request-id to your administrator."),
            EntraErrorKind::IdToken => Self::new(403, "id-token", "The sign-in could not be verified", "What came back from Microsoft Entra does not belong to this sign-in, or is not for this portal.")
                .advice("Sign in again. If it happens again, tell the portal's administrator."),
            EntraErrorKind::Portal => Self::new(500, "internal", "Something failed on the server", "The request to Microsoft Entra could not be made.")
                .advice("Try again. If it stays like this, the portal's administrator finds the reason in its log."),
        };
        Self { request_id: error.request_id, ..problem }
    }
}

impl From<CallbackError> for Problem {
    fn from(error: CallbackError) -> Self {
        match error {
            CallbackError::NoCookie => Self::new(403, "no-cookie", "Your browser did not send the portal's cookie", "Without it, the sign-in cannot be told from a forged one.")
                .advice("Allow cookies for this site and sign in again. Safari refuses secure cookies on plain http, also on your own machine: use another browser there."),
            CallbackError::UnknownState => Self::new(403, "unknown-sign-in", "This sign-in is not under way", "It was used already, is older than ten minutes, or was started in another browser.")
                .advice("Sign in again from this page."),
            CallbackError::Empty => Self::new(400, "empty-callback", "The sign-in came back empty", "Microsoft Entra sent neither a code nor an error.").advice("Sign in again."),
            CallbackError::NotConfirmed => Self::new(403, "not-confirmed", "You did not confirm that it is you", "Microsoft Entra says that your sign-in there is older, or does not say when it was. Nothing was changed, and you are still signed in here.")
                .advice("Go back, and sign in when Microsoft Entra asks for it. If it does not ask, tell the portal's administrator."),
            CallbackError::Entra(error) => error.into(),
            CallbackError::Session(_) | CallbackError::Tokens(_) => NotRemembered.into(),
        }
    }
}

impl From<NotRemembered> for Problem {
    fn from(_: NotRemembered) -> Self {
        Self::new(503, "storage", "The portal cannot keep your sign-in", "Its database did not answer.")
            .advice("Try again in a moment. Nothing was changed.")
    }
}

/// The database does not say who is signed in. The log has the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the session could not be read")]
pub(crate) struct NotReadable;

impl From<NotReadable> for Refusal {
    fn from(_: NotReadable) -> Self {
        let problem =
            Problem::new(503, "storage", "The portal cannot read your sign-in", "Its database did not answer.")
                .advice("Try again in a moment. Nothing was changed.");
        Self::about_sign_in(problem)
    }
}

impl From<NotRemembered> for Refusal {
    fn from(error: NotRemembered) -> Self {
        Self::about_sign_in(error.into())
    }
}

impl From<EntraError> for Refusal {
    fn from(error: EntraError) -> Self {
        // What the portal did wrong, no new sign-in mends.
        let ours = matches!(error.kind, EntraErrorKind::Portal);
        let problem = Problem::from(error);
        if ours { problem.into() } else { Self::about_sign_in(problem) }
    }
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Entra { entra } => entra.into(),
            error => Problem::from(error).into(),
        }
    }
}

impl From<CallbackError> for Refusal {
    fn from(error: CallbackError) -> Self {
        match error {
            CallbackError::Entra(error) => error.into(),
            error @ CallbackError::NotConfirmed => Problem::from(error).into(),
            error => Self::about_sign_in(error.into()),
        }
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::SignedOut { request_id } => Self { request_id, ..Self::signed_out() },
            TokenError::ConsentNeeded { resource, entra } => {
                let problem = Self::new(
                    403,
                    "consent-needed",
                    "This portal may not act for you there yet",
                    format!("Nobody has agreed that this portal uses {resource} in your name. Entra says: {}", entra.words()),
                )
                .advice("Ask who runs this portal to add the delegated permission user_impersonation of Azure Key Vault to the portal's app registration and to consent to it for the organisation. Everything else here works without it.");
                Self { request_id: entra.request_id, ..problem }
            }
            TokenError::MayNotWrite { entra } => {
                let problem = Self::new(
                    403,
                    "may-not-write-yet",
                    "This portal may not write in your name yet",
                    format!("You signed in to look. A push needs the permission to write, and Microsoft Entra does not give it without you: {}", entra.words()),
                )
                .advice("Nothing was sent. Sign in for writing: you come back here, and what you entered is kept. If Microsoft Entra then asks for an administrator's approval, ask who runs this portal.")
                .sign_in(SignInFor::Writing);
                Self { request_id: entra.request_id, ..problem }
            }
            TokenError::NotConfirmed { why, minutes } => Self::new(
                403,
                "not-confirmed",
                "Confirm that it is you",
                format!(
                    "{} For that, your sign-in may be {minutes} minutes old at most. Nothing was sent.",
                    heavy(why)
                ),
            )
            .advice("Sign in to Microsoft Entra once more: you come back here, and what you entered is kept.")
            .sign_in(SignInFor::Confirmation),
            TokenError::Entra { entra } => entra.into(),
            TokenError::Unreadable => Self::new(
                500,
                "internal",
                "Something failed on the server",
                "Your sign-in could not be read from the portal's storage.",
            )
            .advice("Try again in a moment. Nothing was changed."),
            TokenError::NotKept => super::store_failed(),
            TokenError::NotForThisPush { resource } => Self::new(
                403,
                "not-for-this-push",
                "This push has no token for that",
                format!("It was given a token for Microsoft Graph, and none for {resource}."),
            ),
            TokenError::NotHandedOn => Self::new(
                403,
                "not-for-this-push",
                "A push hands no sign-in on",
                "What it was given is for itself alone.",
            ),
        }
    }
}

fn heavy(why: StepUpReason) -> String {
    match why {
        StepUpReason::ManyApps { apps, over } => format!("This push writes {apps} apps, which is more than {over}."),
        StepUpReason::Removal => "This push takes entries away, or puts others in their place.".into(),
        StepUpReason::Request => "This carries out what somebody else asked for.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESCRIPTION: &str = "AADSTS50105: Your administrator has configured the application to block users. Trace ID: 8a6f0e5c-1111-4222-8333-444444444444 Correlation ID: 0b1c2d3e-5555-4666-8777-888888888888 Timestamp: 2026-11-24 20:00:00Z";

    #[test]
    fn a_sign_in_that_was_declined_says_so_in_entras_words() {
        let problem = Problem::from(EntraError::refused("access_denied", DESCRIPTION));
        assert_eq!((problem.status, problem.code.as_str()), (403, "sign-in-declined"));
        assert!(problem.detail.starts_with("AADSTS50105: Your administrator"));
    }

    #[test]
    fn a_portal_that_entra_does_not_accept_is_told_apart() {
        let client = EntraError::refused("invalid_client", "AADSTS700027: not registered");
        assert_eq!(Problem::from(client).code, "portal-refused");
        let clock =
            EntraError::refused("invalid_client", "AADSTS700024: Client assertion is not within its valid time range.");
        assert_eq!(Problem::from(clock).code, "portal-clock");
    }
}
