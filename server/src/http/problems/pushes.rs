//! What people are told of pushes as a whole: why one does not begin, cannot be steered, or stands still.

use super::graph;
use super::requests::bad_words;
use crate::operations::pushes::begin::BeginError;
use crate::operations::pushes::progress::WhyItWaits;
use crate::operations::pushes::receipt::ReceiptError;
use crate::operations::pushes::receipt_of_app::AppReceiptError;
use crate::operations::pushes::steer::SteerError;
use crate::operations::pushes::visible::VisibleError;
use crate::rollout::PauseReason;
use app::contract::problem::Problem;
use app::route::Route;
use domain::rollout::Steer;

impl From<&PauseReason> for Problem {
    fn from(why: &PauseReason) -> Self {
        match why {
            PauseReason::ByPerson { who } => {
                let title = format!("{who} has paused this push");
                Self::new(409, "paused", title, "Apps that were being written were ended first.")
                    .advice("Go on with it, or cancel it.")
            }
            PauseReason::WaveEnded { wave, waves } => Self::new(
                409,
                "wave-ended",
                format!("Wave {wave} of {waves} has ended"),
                "This push waits for a person after each wave.",
            )
            .advice("Look at how these apps do. Then go on with the next wave, or cancel."),
            PauseReason::Halted { ended, halt_at } => Self::new(
                409,
                "too-many-failures",
                "Too many apps have problems",
                format!("{} of {} have; the push halts at more than {halt_at} %.", ended.badly, ended.all),
            )
            .advice("Look at what these apps say. Then go on with the others, or cancel."),
            PauseReason::NeedsSignIn { request_id } => {
                let mut problem = Self::new(
                    401,
                    "push-needs-sign-in",
                    "The sign-in for this push has ended",
                    "Entra no longer renews it. The apps whose turn has not come are as they were.",
                )
                .advice("Sign in, and go on with this push.");
                problem.request_id.clone_from(request_id);
                problem
            }
            PauseReason::Told(told) => told.clone().into(),
        }
    }
}

impl From<&WhyItWaits> for Problem {
    fn from(why: &WhyItWaits) -> Self {
        match why {
            WhyItWaits::Paused(why) => why.into(),
            WhyItWaits::BeingCancelled => Self::new(
                409,
                "being-cancelled",
                "This push is being cancelled",
                "Nothing further is begun; apps that were being written are looked at to the end.",
            ),
            WhyItWaits::Behind { pushes } => {
                let (title, detail) = match pushes {
                    1 => ("It waits behind one other push".to_owned(), "That one began earlier, and is under way"),
                    pushes => {
                        (format!("It waits behind {pushes} other pushes"), "They began earlier, and are under way")
                    }
                };
                let goes_on =
                    "this one waits for its turn, or for an app that is being worked on, and goes on by itself";
                Self::new(409, "waits-behind", title, format!("{detail}: {goes_on}."))
            }
        }
    }
}

impl From<BeginError> for Problem {
    fn from(error: BeginError) -> Self {
        match error {
            BeginError::Preview(error) => error.into(),
            BeginError::Unsuitable(error) => error.into(),
            BeginError::AlreadyPushed { receipt } => {
                let problem = Self::new(
                    409,
                    "already-pushed",
                    "This preview was pushed already",
                    "A preview is pushed once, and this one has a receipt.",
                )
                .advice("Open its receipt. For another push, make a new preview.");
                match receipt {
                    Some(receipt) => problem.link("Open its receipt", Route::Receipt(receipt)),
                    None => problem,
                }
            }
            BeginError::TooManyOpen { most } => Self::new(
                429,
                "too-many-open-pushes",
                "Too many of your pushes have not ended",
                format!("A person may have {most} that run or are paused. Nothing was sent, and this preview stays."),
            )
            .advice("Wait until one has ended, or cancel one that is paused. Then push again."),
            BeginError::NothingToPush => {
                Self::new(422, "nothing-to-push", "There is nothing to push", "No app of this preview can be written.")
                    .advice("See what each app says, and make a new preview.")
            }
            BeginError::NotConfirmed { words } => Self::new(
                422,
                "removal-not-confirmed",
                "Certificates would be removed",
                format!("This push removes certificates, and “{words}” was not typed. Nothing was sent."),
            )
            .advice(format!("Look at what goes, type “{words}”, and push again.")),
            BeginError::NeedsApproval { rules } => {
                let rules = rules.iter().map(|rule| format!("“{rule}”")).collect::<Vec<_>>().join(", ");
                Self::new(
                    403,
                    "needs-approval",
                    "This push needs approval",
                    format!("The rules of this portal say so: {rules}. Nothing was sent."),
                )
                .advice("Ask for approval on the page of the preview. An administrator can go past the rules there, with a reason.")
            }
            BeginError::NotAnAdministrator => Self::new(
                403,
                "not-an-administrator",
                "Only an administrator goes past the rules",
                "It takes the role Thumbprint.Admin. Nothing was sent.",
            )
            .advice("Ask for approval."),
            BeginError::Reason(error) => bad_words(&error),
            BeginError::Facts(error) => error.into(),
            BeginError::Token(error) => error.into(),
            BeginError::Store(error) => error.into(),
        }
    }
}

impl From<VisibleError> for Problem {
    fn from(error: VisibleError) -> Self {
        match error {
            VisibleError::NoSuchReceipt => Self::new(
                404,
                "receipt-not-found",
                "There is no such receipt",
                "It does not exist, or it is of someone else's push.",
            )
            .advice("Look for the push in the audit log.")
            .link("Open the audit log", Route::Audit),
            VisibleError::Store(error) => error.into(),
        }
    }
}

impl From<ReceiptError> for Problem {
    fn from(error: ReceiptError) -> Self {
        match error {
            ReceiptError::Visible(error) => error.into(),
            ReceiptError::NoSuchOutcome(name) => {
                Self::new(422, "bad-value", "That is no outcome", format!("No app of a push ends as “{name}”."))
            }
            ReceiptError::Store(error) => error.into(),
        }
    }
}

impl From<AppReceiptError> for Problem {
    fn from(error: AppReceiptError) -> Self {
        match error {
            AppReceiptError::Token(error) => error.into(),
            AppReceiptError::App(error) => graph::of(&error, "this app"),
            AppReceiptError::Visible(error) => error.into(),
            AppReceiptError::Store(error) => error.into(),
        }
    }
}

impl From<SteerError> for Problem {
    fn from(error: SteerError) -> Self {
        match error {
            SteerError::Visible(error) => error.into(),
            SteerError::NotTheirs { who } => Self::new(
                403,
                "not-your-push",
                "Only who began this push can go on with it",
                format!("It writes in the name of {who}, with their sign-in."),
            )
            .advice("Ask them, or cancel it and preview the rest again."),
            SteerError::TooLate(steer) => {
                let (title, detail) = match steer {
                    Steer::Pause => ("This push does not run", "It is paused already, or over."),
                    Steer::Resume => ("This push is not paused", "It runs, or is over."),
                    Steer::Cancel => ("This push is over", "There is nothing left to cancel."),
                };
                Self::new(409, "too-late", title, detail).advice("Load the page again to see where it is.")
            }
            SteerError::Token(error) => error.into(),
            SteerError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::problems::push_results::PageText;
    use crate::rollout::AuditText as _;
    use domain::rollout::Ended;

    #[test]
    fn why_a_push_stands_still() {
        for (why, expected) in [
            (
                PauseReason::ByPerson { who: "Owen Carter".into() },
                (409, "paused", "Owen Carter has paused this push", "Apps that were being written were ended first."),
            ),
            (
                PauseReason::WaveEnded { wave: 1, waves: 3 },
                (409, "wave-ended", "Wave 1 of 3 has ended", "This push waits for a person after each wave."),
            ),
            (
                PauseReason::Halted { ended: Ended { all: 9, badly: 4 }, halt_at: 20 },
                (
                    409,
                    "too-many-failures",
                    "Too many apps have problems",
                    "4 of 9 have; the push halts at more than 20 %.",
                ),
            ),
            (
                PauseReason::NeedsSignIn { request_id: Some("r-1".into()) },
                (
                    401,
                    "push-needs-sign-in",
                    "The sign-in for this push has ended",
                    "Entra no longer renews it. The apps whose turn has not come are as they were.",
                ),
            ),
        ] {
            let problem = Problem::from(&why);
            let found = (problem.status, problem.code.as_str(), problem.title.as_str(), problem.detail.as_str());
            assert_eq!(found, expected);
            assert!(problem.advice.is_some());
            assert_eq!(problem.request_id.is_some(), matches!(why, PauseReason::NeedsSignIn { .. }));
            assert_eq!(PageText.pause(&why), format!("{}: {}", expected.2, expected.3));
        }
    }
}
