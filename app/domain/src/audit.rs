//! What the audit log calls things. Its rows are for good, so that what an older or a newer version called otherwise stays
//! readable: it is kept verbatim.

use crate::inventory::{ItemAct, ViewAct};
use crate::requests::RequestAct;
use crate::rollout::{Outcome, PushMode, Steer};
use crate::settings::SettingAct;
use crate::spelling::as_text;
use std::convert::Infallible;
use std::str::FromStr;

/// What somebody did, or wanted to do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AuditAction {
    /// One app's part of a push: its spelling is the mode's after `push-`.
    Push(PushMode),
    /// A person paused a push.
    PushPaused,
    /// A person let a push go on.
    PushResumed,
    /// A person cancelled a push.
    PushCancelled,
    /// A push paused by itself, because too many apps did not end well.
    PushHalted,
    /// A push paused by itself, because its sign-in had ended.
    PushNeedsSignIn,
    /// Somebody without the role wanted to push.
    PushRefused,
    /// An upload held a private key.
    UploadRefused,
    /// The portal did not do what somebody asked for.
    RequestRefused,
    /// Entra or the portal did not let somebody in.
    SignInRefused,
    /// A client assertion from a browser was relayed to the token endpoint.
    Prove,
    /// The same, signed by a Key Vault.
    ProveWithVault,
    /// A client secret was removed from an app, or was to be.
    SecretRemoved,
    /// What became of a request: its spelling is the act's after `request-`.
    Request(RequestAct),
    /// Somebody says of a change made elsewhere what it was.
    ChangeAcknowledged,
    /// Somebody ended sessions of their own in other browsers.
    SignedOutElsewhere,
    /// Somebody lent the portal their sign-in to read the directory with, until the session ends.
    SignInLent,
    /// The same was taken back before that.
    SignInTakenBack,
    /// Somebody knows of an end, and nobody is reminded of it for a while.
    EndAcknowledged,
    /// The same was taken back.
    EndRemindedAgain,
    /// Somebody made the secret address of their calendar, in place of an earlier one where there was one.
    CalendarMade,
    /// Somebody's calendar has no address any more.
    CalendarRevoked,
    /// An administrator gave apps to teams, or took them back.
    AppsGiven,
    /// Somebody brought an exported log of sign-ins.
    SignInsImported,
    /// What became of a channel for notices: its spelling is the act's after `channel-`.
    Channel(SettingAct),
    /// What became of an approval rule: its spelling is the act's after `rule-`.
    Rule(SettingAct),
    /// What somebody decided about an item that needs somebody: its spelling is the decision's after `item-`.
    Item(ItemAct),
    /// What an administrator did with a view of the inventory that everybody sees: its spelling is the act's after `view-`.
    View(ViewAct),
    /// What this version has no name for.
    Other(String),
}

/// Each action and its one spelling.
macro_rules! spellings {
    ($($action:ident $(($act:path))? = $text:literal,)+) => {
        impl AuditAction {
            /// Its one spelling.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$action $(($act))? => $text,)+
                    Self::Other(text) => text,
                }
            }
        }

        impl FromStr for AuditAction {
            type Err = Infallible;

            fn from_str(text: &str) -> Result<Self, Infallible> {
                Ok(match text {
                    $($text => Self::$action $(($act))?,)+
                    other => Self::Other(other.to_owned()),
                })
            }
        }
    };
}

spellings! {
    Push(PushMode::Append) = "push-append",
    Push(PushMode::Replace) = "push-replace",
    Push(PushMode::Rotate) = "push-rotate",
    Push(PushMode::Retire) = "push-retire",
    Push(PushMode::Copy) = "push-copy",
    Push(PushMode::Restore) = "push-restore",
    Push(PushMode::RestoreExactly) = "push-restore-exactly",
    Push(PushMode::Table) = "push-table",
    PushPaused = "push-paused",
    PushResumed = "push-resumed",
    PushCancelled = "push-cancelled",
    PushHalted = "push-halted",
    PushNeedsSignIn = "push-needs-sign-in",
    PushRefused = "push-refused",
    UploadRefused = "upload-refused",
    RequestRefused = "request-refused",
    SignInRefused = "sign-in-refused",
    Prove = "prove",
    ProveWithVault = "prove-with-vault",
    SecretRemoved = "secret-removed",
    Request(RequestAct::Asked) = "request-asked",
    Request(RequestAct::Edited) = "request-edited",
    Request(RequestAct::Approved) = "request-approved",
    Request(RequestAct::Rejected) = "request-rejected",
    Request(RequestAct::Withdrawn) = "request-withdrawn",
    Request(RequestAct::Expired) = "request-expired",
    Request(RequestAct::Voided) = "request-voided",
    Request(RequestAct::Begun) = "request-begun",
    Request(RequestAct::Ended) = "request-ended",
    Request(RequestAct::Commented) = "request-commented",
    Request(RequestAct::ApprovedByRule) = "request-approved-by-rule",
    Request(RequestAct::Escalated) = "request-escalated",
    Request(RequestAct::Reconsidered) = "request-reconsidered",
    Request(RequestAct::PassedOver) = "request-passed-over",
    ChangeAcknowledged = "change-acknowledged",
    SignedOutElsewhere = "signed-out-elsewhere",
    SignInLent = "sign-in-lent",
    SignInTakenBack = "sign-in-taken-back",
    EndAcknowledged = "end-acknowledged",
    EndRemindedAgain = "end-reminded-again",
    CalendarMade = "calendar-made",
    CalendarRevoked = "calendar-revoked",
    AppsGiven = "apps-given",
    SignInsImported = "sign-ins-imported",
    Channel(SettingAct::Added) = "channel-added",
    Channel(SettingAct::Changed) = "channel-changed",
    Channel(SettingAct::SwitchedOff) = "channel-switched-off",
    Channel(SettingAct::SwitchedOn) = "channel-switched-on",
    Channel(SettingAct::Removed) = "channel-removed",
    Rule(SettingAct::Added) = "rule-added",
    Rule(SettingAct::Changed) = "rule-changed",
    Rule(SettingAct::SwitchedOff) = "rule-switched-off",
    Rule(SettingAct::SwitchedOn) = "rule-switched-on",
    Rule(SettingAct::Removed) = "rule-removed",
    Item(ItemAct::Assigned) = "item-assigned",
    Item(ItemAct::Snoozed) = "item-snoozed",
    Item(ItemAct::Accepted) = "item-accepted",
    Item(ItemAct::Reopened) = "item-reopened",
    View(ViewAct::Shared) = "view-shared",
    View(ViewAct::Renamed) = "view-renamed",
    View(ViewAct::Removed) = "view-removed",
}

/// A person's order to a push, once it is carried out.
impl From<Steer> for AuditAction {
    fn from(steer: Steer) -> Self {
        match steer {
            Steer::Pause => Self::PushPaused,
            Steer::Resume => Self::PushResumed,
            Steer::Cancel => Self::PushCancelled,
        }
    }
}

as_text!(AuditAction);

/// What came of it: [`AuditAction`]'s other half.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AuditOutcome {
    /// As an app of a push ends. What never got as far as a push has one of these too: a sign-in that was refused, a proof
    /// that Entra confirmed (verified), refused, or did not answer (failed). A push that a person cancelled is cancelled.
    Ended(Outcome),
    /// A push stands still.
    Paused,
    /// A push goes on.
    Resumed,
    /// It happened, and there was nothing to end well or badly.
    Recorded,
    /// What this version has no name for.
    Other(String),
}

impl AuditOutcome {
    /// Its one spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ended(outcome) => outcome.as_str(),
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Recorded => "recorded",
            Self::Other(text) => text,
        }
    }
}

impl From<Outcome> for AuditOutcome {
    fn from(outcome: Outcome) -> Self {
        Self::Ended(outcome)
    }
}

/// What an order leads to, once it is carried out.
impl From<Steer> for AuditOutcome {
    fn from(steer: Steer) -> Self {
        match steer {
            Steer::Pause => Self::Paused,
            Steer::Resume => Self::Resumed,
            Steer::Cancel => Self::Ended(Outcome::Cancelled),
        }
    }
}

impl FromStr for AuditOutcome {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "paused" => Self::Paused,
            "resumed" => Self::Resumed,
            "recorded" => Self::Recorded,
            other => other.parse().map_or_else(|_| Self::Other(other.to_owned()), Self::Ended),
        })
    }
}

as_text!(AuditOutcome);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::holds;

    #[test]
    fn spellings() {
        holds(&[
            (AuditAction::Push(PushMode::Append), "push-append"),
            (AuditAction::Push(PushMode::Replace), "push-replace"),
            (AuditAction::Push(PushMode::Rotate), "push-rotate"),
            (AuditAction::Push(PushMode::Retire), "push-retire"),
            (AuditAction::Push(PushMode::Copy), "push-copy"),
            (AuditAction::Push(PushMode::Restore), "push-restore"),
            (AuditAction::Push(PushMode::RestoreExactly), "push-restore-exactly"),
            (AuditAction::Push(PushMode::Table), "push-table"),
            (AuditAction::PushPaused, "push-paused"),
            (AuditAction::PushResumed, "push-resumed"),
            (AuditAction::PushCancelled, "push-cancelled"),
            (AuditAction::PushHalted, "push-halted"),
            (AuditAction::PushNeedsSignIn, "push-needs-sign-in"),
            (AuditAction::PushRefused, "push-refused"),
            (AuditAction::UploadRefused, "upload-refused"),
            (AuditAction::RequestRefused, "request-refused"),
            (AuditAction::SignInRefused, "sign-in-refused"),
            (AuditAction::Prove, "prove"),
            (AuditAction::ProveWithVault, "prove-with-vault"),
            (AuditAction::SecretRemoved, "secret-removed"),
            (AuditAction::ChangeAcknowledged, "change-acknowledged"),
            (AuditAction::SignedOutElsewhere, "signed-out-elsewhere"),
            (AuditAction::SignInLent, "sign-in-lent"),
            (AuditAction::SignInTakenBack, "sign-in-taken-back"),
            (AuditAction::EndAcknowledged, "end-acknowledged"),
            (AuditAction::EndRemindedAgain, "end-reminded-again"),
            (AuditAction::CalendarMade, "calendar-made"),
            (AuditAction::CalendarRevoked, "calendar-revoked"),
            (AuditAction::AppsGiven, "apps-given"),
            (AuditAction::SignInsImported, "sign-ins-imported"),
            (AuditAction::Channel(SettingAct::SwitchedOn), "channel-switched-on"),
            (AuditAction::Rule(SettingAct::Removed), "rule-removed"),
            (AuditAction::Item(ItemAct::Assigned), "item-assigned"),
            (AuditAction::Item(ItemAct::Snoozed), "item-snoozed"),
            (AuditAction::Item(ItemAct::Accepted), "item-accepted"),
            (AuditAction::Item(ItemAct::Reopened), "item-reopened"),
            (AuditAction::View(ViewAct::Shared), "view-shared"),
            (AuditAction::View(ViewAct::Renamed), "view-renamed"),
            (AuditAction::View(ViewAct::Removed), "view-removed"),
            (AuditAction::Other("push-elsewhere".into()), "push-elsewhere"),
        ]);
        holds(&[
            (AuditOutcome::Ended(Outcome::Verified), "verified"),
            (AuditOutcome::Ended(Outcome::Cancelled), "cancelled"),
            (AuditOutcome::Paused, "paused"),
            (AuditOutcome::Resumed, "resumed"),
            (AuditOutcome::Recorded, "recorded"),
            (AuditOutcome::Other("unheard-of".into()), "unheard-of"),
        ]);
    }

    #[test]
    fn actions_are_named_after_the_mode() {
        for mode in PushMode::ALL {
            assert_eq!(AuditAction::Push(*mode).as_str(), format!("push-{mode}"));
        }
        for act in RequestAct::ALL {
            assert_eq!(AuditAction::Request(*act).as_str(), format!("request-{act}"));
            assert_eq!(format!("request-{act}").parse(), Ok(AuditAction::Request(*act)));
        }
        for act in SettingAct::ALL {
            assert_eq!(AuditAction::Channel(*act).as_str(), format!("channel-{act}"));
            assert_eq!(AuditAction::Rule(*act).as_str(), format!("rule-{act}"));
        }
        for outcome in Outcome::ALL {
            assert_eq!(AuditOutcome::from(*outcome).as_str(), outcome.as_str());
        }
        for steer in Steer::ALL {
            // As the rows always had it: `push-paused` came to `paused`.
            let (action, outcome) = (AuditAction::from(*steer), AuditOutcome::from(*steer));
            assert_eq!(action.as_str(), format!("push-{outcome}"));
        }
    }
}
