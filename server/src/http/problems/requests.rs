//! What people are told of requests: why one is not made, not changed, or not carried out.

use super::graph;
use super::inventory::sentence;
use crate::operations::requests::FactsError;
use crate::operations::requests::ask::AskError;
use crate::operations::requests::change::ChangeError;
use crate::operations::requests::execute::ExecuteError;
use crate::operations::requests::keep_rule::KeepRuleError;
use crate::operations::requests::rules::TryRulesError;
use crate::operations::requests::visible::VisibleError;
use crate::operations::secrets::remove::RemoveSecretError;
use app::contract::problem::Problem;
use app::route::Route;
use domain::requests::{NotStanding, RequestError, RequestState, VoidReason, Words, WordsError};

const NOTHING_SENT: &str = "Nothing was sent to Entra.";

impl From<FactsError> for Problem {
    fn from(error: FactsError) -> Self {
        match error {
            FactsError::Graph { app, error } => graph::of(&error, &format!("“{app}”")),
            FactsError::Gone { app } => Self::new(
                404,
                "app-gone",
                format!("“{app}” is not there any more"),
                "It was deleted since the preview.",
            )
            .advice("Make a new preview without it."),
            FactsError::Token(error) => error.into(),
            FactsError::Store(error) => error.into(),
        }
    }
}

impl From<TryRulesError> for Problem {
    fn from(error: TryRulesError) -> Self {
        let detail = match error {
            TryRulesError::NoSuchApp => "No app that Entra shows you has this name, client id or object id.",
            TryRulesError::NotOne => "More than one app is called so. Take its client id.",
            TryRulesError::TooLong => "No app has so long a name.",
            TryRulesError::Token(error) => return error.into(),
            TryRulesError::Graph(error) => return graph::of(&error, "this app"),
            TryRulesError::Store(error) => return error.into(),
        };
        Self::new(404, "no-such-app", "It is not known which app is meant", detail)
            .advice("Take the client id, the object id or the whole name.")
    }
}

impl From<KeepRuleError> for Problem {
    fn from(error: KeepRuleError) -> Self {
        match error {
            KeepRuleError::Text(_) | KeepRuleError::Rule(_) | KeepRuleError::TooLong | KeepRuleError::Json(_) => {
                Self::new(422, "bad-rule", "The rule cannot be used", format!("{}.", sentence(&error)))
                    .advice("Put it right, and send it again. Nothing was kept.")
            }
            KeepRuleError::Setting(error) => error.into(),
            KeepRuleError::Store(error) => error.into(),
        }
    }
}

impl From<VisibleError> for Problem {
    fn from(error: VisibleError) -> Self {
        match error {
            VisibleError::NoSuchRequest => Self::new(
                404,
                "request-not-found",
                "There is no such request",
                "It does not exist, or it is not yours to see.",
            )
            .advice("See what you asked for, and what waits for you.")
            .link("Open the requests", Route::Requests),
            VisibleError::Store(error) => error.into(),
        }
    }
}

pub(crate) fn bad_words(error: &WordsError) -> Problem {
    let detail = match error {
        WordsError::Empty => "A few words are needed: others read them, and they are kept.".to_owned(),
        WordsError::TooLong(count) => format!("It has {count} characters; {} are taken.", Words::MOST),
    };
    Problem::new(422, "bad-words", "The text cannot be used", detail).advice("Write it anew, and send it again.")
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Preview(error) => error.into(),
            AskError::Pushed { receipt } => {
                Self::new(409, "already-pushed", "This preview was pushed already", "There is nothing to ask for.")
                    .link("Open its receipt", Route::Receipt(receipt))
            }
            AskError::AlreadyAsked { request } => {
                Self::new(409, "already-asked", "This preview is asked for already", "There is a request for it.")
                    .link("Open the request", Route::Request(request))
            }
            AskError::Nothing => Self::new(
                422,
                "nothing-to-ask",
                "There is nothing to ask for",
                "No app would be written by this preview.",
            )
            .advice("See what each app says, and make a new preview."),
            AskError::Secret(error) => error.into(),
            AskError::SecretGone => Self::new(
                409,
                "secret-gone",
                "The secret is not there any more",
                "The app was read again, and has no secret with this key id. Nothing was asked for.",
            )
            .advice("Load the page again."),
            AskError::SecretAsked { request } => Self::new(
                409,
                "already-asked",
                "The removal of this secret is asked for already",
                "There is a request for it that is not over.",
            )
            .advice("Add a comment there, if there is more to say.")
            .link("Open the request", Route::Request(request)),
            AskError::Reason(error) => bad_words(&error),
            AskError::Stale => Self::new(
                409,
                "preview-out-of-date",
                "An app has changed since this preview",
                "What the preview shows is not what would happen now, so nobody could approve it.",
            )
            .advice("Make the preview again, and ask for that."),
            AskError::Over { day } => Self::new(
                422,
                "bad-value",
                "The day by which it is wanted is over",
                format!("It says {day}. Nothing was asked for."),
            )
            .advice("Choose today or a later day, or none."),
            AskError::TooMany { most } => Self::new(
                429,
                "too-many-requests",
                "Too many of your requests wait",
                format!("A person may have {most} that are not over."),
            )
            .advice("Withdraw one that you no longer need.")
            .link("Open your requests", Route::Requests),
            AskError::Facts(error) => error.into(),
            AskError::Change(error) => error.into(),
            AskError::Token(error) => error.into(),
            AskError::Store(error) => error.into(),
        }
    }
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Visible(error) => error.into(),
            ChangeError::Refused(error) => refused(&error),
            ChangeError::Overtaken => Self::new(
                409,
                "request-changed",
                "Somebody else changed this request at the same time",
                "What you sent was not carried out.",
            )
            .advice("Load the page again, and look at it once more."),
            ChangeError::Void(why) => void(why),
            ChangeError::GroupsUnreadable => Self::new(
                503,
                "groups-unreadable",
                "Your groups could not be read",
                "Members of a group in Entra may approve this, and whether you are one is not known.",
            )
            .advice("Nothing was changed. Try again later; if it stays so, tell who runs the portal."),
            ChangeError::Facts(error) => error.into(),
            ChangeError::Token(error) => error.into(),
            ChangeError::Store(error) => error.into(),
        }
    }
}

fn void(why: VoidReason) -> Problem {
    let why = match why {
        VoidReason::AppChanged => "An app no longer has what it had when this was asked for.",
        VoidReason::AppGone => "An app of it is not there any more.",
        VoidReason::PlanChanged => "What would be sent is not what was asked for.",
        VoidReason::CertificateUnsuitable => "A certificate of it can no longer be used.",
    };
    Problem::new(409, "request-void", "This request is void", format!("{why} {NOTHING_SENT}"))
        .advice("Whoever asked looks at the apps as they are, and asks again.")
}

fn refused(error: &RequestError) -> Problem {
    let (status, code, title, advice) = match error {
        RequestError::WrongState(state) => return wrong_state(*state),
        RequestError::Expired => (409, "request-expired", "This request has expired", "Ask again, with a new preview."),
        RequestError::NotExpired => {
            (409, "request-not-expired", "This request has not expired", "Load the page again to see where it is.")
        }
        RequestError::NotDue | RequestError::NotAutomatic | RequestError::NothingNew => {
            (409, "request-not-due", "It is too early for this", "Load the page again to see where it is.")
        }
        RequestError::NotTheirs => {
            (403, "not-your-request", "Only who asked may do this", "Write a comment for who asked.")
        }
        RequestError::OwnRequest => (
            403,
            "own-request",
            "Nobody approves their own request",
            "Wait for one of those whom the request names, or ask them.",
        ),
        RequestError::NotAReviewer => {
            (403, "not-a-reviewer", "You are not one of those who approve this", "The request says who is.")
        }
        RequestError::NotWhatWasSeen => (
            409,
            "request-changed",
            "The request has changed since you looked at it",
            "Load the page again, look at what would be sent now, and decide anew.",
        ),
        RequestError::NotAPreview => (
            409,
            "not-a-preview",
            "One request cannot take the place of this",
            "Withdraw the one for the secret, and ask anew.",
        ),
        RequestError::OtherApproval => {
            (409, "other-approval", "The approval is not of this request as it is", "Load the page again.")
        }
    };
    Problem::new(status, code, title, format!("{error}. Nothing was changed.")).advice(advice)
}

fn wrong_state(state: RequestState) -> Problem {
    Problem::new(
        409,
        "request-not-waiting",
        "It is too late, or too early, for this",
        format!("The request is {state}."),
    )
    .advice("Load the page again to see where it is.")
}

impl From<ExecuteError> for Problem {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::Change(error) => error.into(),
            ExecuteError::NotStanding(why) => not_standing(&why),
            ExecuteError::MayNotWrite { app } => Self::new(
                403,
                "not-an-executor",
                format!("You may not change “{app}” in Entra"),
                format!("A write is made with your own sign-in, and Entra would refuse it. {NOTHING_SENT}"),
            )
            .advice("Ask one of its owners, or somebody with a directory role for applications, to carry this out."),
            ExecuteError::Secret(error) => error.into(),
            ExecuteError::CutOff => RemoveSecretError::CutOff.into(),
            ExecuteError::NotConfirmed { words } => Self::new(
                422,
                "removal-not-confirmed",
                "Something would be removed",
                format!("This takes credentials away, and “{words}” was not typed. {NOTHING_SENT}"),
            )
            .advice(format!("Look at what goes, type “{words}”, and carry it out again.")),
            ExecuteError::TooManyOpen { most } => Self::new(
                429,
                "too-many-open-pushes",
                "Too many of your pushes have not ended",
                format!("A person may have {most} that run or are paused. {NOTHING_SENT}"),
            )
            .advice("Wait until one has ended, or cancel one that is paused."),
            ExecuteError::TooLarge => Self::new(
                422,
                "preview-too-large",
                "This request is too large",
                format!("Its preview takes more than the portal keeps by now. {NOTHING_SENT}"),
            )
            .advice("Ask for it in parts."),
            ExecuteError::Store(error) => error.into(),
        }
    }
}

fn not_standing(why: &NotStanding) -> Problem {
    match why {
        NotStanding::NotApproved(state) => wrong_state(*state),
        NotStanding::Expired => refused(&RequestError::Expired),
        NotStanding::Unmet { missing } => Problem::new(
            409,
            "approvals-missing",
            "The rules ask for more approvals by now",
            format!("{missing} more are needed. {NOTHING_SENT}"),
        )
        .advice("Ask the people whom the request names. It can still be approved."),
        NotStanding::PlanMoved => void(VoidReason::PlanChanged),
        NotStanding::StateMoved => void(VoidReason::AppChanged),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_says_what_to_do() {
        for why in VoidReason::ALL {
            let problem = void(*why);
            assert!(problem.advice.is_some() && problem.detail.ends_with(NOTHING_SENT), "{problem:?}");
        }
        let own = refused(&RequestError::OwnRequest);
        assert_eq!((own.status, own.code.as_str()), (403, "own-request"));
        let missing = not_standing(&NotStanding::Unmet { missing: 2 });
        assert!(missing.detail.starts_with("2 more are needed"), "{missing:?}");
    }
}
