//! Where the pages' forms are sent.

use super::Route;
use serde::{Deserialize, Serialize};

macro_rules! forms {
    ($($(#[$doc:meta])* $name:ident = $path:literal;)+) => {
        /// A form of the pages: a POST that leads on to another page, or back with the reason why not.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Form {
            $($(#[$doc])* $name,)+
        }

        impl Form {
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The address of its `action`.
            pub fn path(self) -> &'static str {
                match self {
                    $(Self::$name => $path,)+
                }
            }
        }
    };
}

forms! {
    /// `text`: one certificate as PEM; `app`: the object id of the app that it is for.
    KeepCertificate = "/api/keep-certificate";
    /// `certificate[]`: each one certificate as PEM; `app`: the object id of the app that they are for.
    KeepCertificates = "/api/keep-certificates";
    /// Multipart: `file`, or `text`; `app`.
    UploadCertificate = "/api/upload-certificate";
    /// `certificate[]`, and what [`crate::pages::choose_apps`] chooses.
    DraftPlan = "/api/draft-plan";
    /// `csv`.
    DraftTable = "/api/draft-table";
    /// `receipt`.
    DraftAgain = "/api/draft-again";
    /// `app`, `key_id[]`.
    DraftRetire = "/api/draft-retire";
    /// `thumbprint`, `app[]`.
    DraftRetireCertificate = "/api/draft-retire-certificate";
    /// A selection of the inventory: `view`, `q`, `pick[]` or `all`.
    DraftRetireSelected = "/api/draft-retire-selected";
    /// `name`, and of the inventory's grid `view`, `q`, `sort`; `shared`.
    SaveView = "/api/save-view";
    /// `saved`: which view; `name`.
    RenameView = "/api/rename-view";
    /// `saved`: which view.
    RemoveView = "/api/remove-view";
    /// `from`, `key_id[]`, and which apps.
    DraftCopy = "/api/draft-copy";
    /// `app`, `state`, `exactly`.
    DraftRestore = "/api/draft-restore";
    /// `app`, `text` or `certificate`.
    Register = "/api/register";
    /// `plan`, `typed`, and in which waves.
    Push = "/api/push";
    /// As of `Push`, and `reason`.
    PushPastRules = "/api/push-past-rules";
    /// `plan`, `reason`, `wanted_on`, `instead`.
    AskForApproval = "/api/ask";
    /// `app`, `key_id`, `reason`, `wanted_on`.
    AskForRemoval = "/api/ask-removal";
    /// `request`, `revision`, `verdict`, `reason`.
    ReviewRequest = "/api/review-request";
    /// `request`.
    WithdrawRequest = "/api/withdraw-request";
    /// `request`, `words`.
    CommentRequest = "/api/comment-request";
    /// `request`, `typed`.
    ExecuteRequest = "/api/execute-request";
    /// `receipt`, `steer`.
    Steer = "/api/steer";
    /// `vault`, `name`, `version`.
    ImportFromVault = "/api/import-from-vault";
    /// `app`, `vault`, `name`, `version`.
    ProveWithVault = "/api/prove-with-vault";
    /// `app`, `key_id`, `typed`, `reason`.
    RemoveSecret = "/api/remove-secret";
    /// `channel`.
    TestChannel = "/api/test-channel";
    /// `channel`.
    FreeChannel = "/api/free-channel";
    /// `name`, `version`, `kind`, `tells[]`, `url`, `to`, `secrets`, `private_keys`.
    KeepChannel = "/api/keep-channel";
    /// `channel`, `version`, `on`.
    SwitchChannel = "/api/switch-channel";
    /// `channel`, `version`.
    RemoveChannel = "/api/remove-channel";
    /// `version`, and the fields of [`domain::requests::RuleText`].
    KeepRule = "/api/keep-rule";
    /// `rule`, `version`, `on`.
    SwitchRule = "/api/switch-rule";
    /// `rule`, `version`.
    RemoveRule = "/api/remove-rule";
    /// `notice`, `channel`.
    ReplayNotice = "/api/replay-notice";
    /// `csv`.
    PreviewGivenApps = "/api/preview-given-apps";
    /// `csv`, `seen`.
    GiveApps = "/api/give-apps";
    /// Multipart: `file`. Read as it comes, for it may be large.
    ImportSignIns = "/api/import-sign-ins";
    /// `kind`, `object`, `ends`, `until`, `reason`.
    AcknowledgeEnd = "/api/acknowledge-end";
    /// `kind`, `object`.
    RemindAgain = "/api/remind-again";
    /// `zone`, `morning`, `quiet_from`, `quiet_until`.
    SetNoticeHours = "/api/notice-hours";
    MakeCalendar = "/api/make-calendar";
    RevokeCalendar = "/api/revoke-calendar";
    /// `kind`, `object`, `needs`, `person`.
    AssignItem = "/api/assign-item";
    /// `kind`, `object`, `needs`, `until`, `reason`.
    SnoozeItem = "/api/snooze-item";
    /// `kind`, `object`, `needs`, `reason`.
    AcceptItem = "/api/accept-item";
    /// `kind`, `object`, `needs`.
    ReopenItem = "/api/reopen-item";
    /// `kind`, `object`, `change[]`, `reason`.
    AcknowledgeChanges = "/api/acknowledge-changes";
    /// `session`.
    EndSession = "/api/end-session";
    /// `pushes`.
    EndOtherSessions = "/api/end-other-sessions";
    LendReading = "/api/lend-reading";
    EndLending = "/api/end-lending";
    /// `theme`, `back`.
    SetTheme = "/api/theme";
    /// `zone`.
    SetZone = "/api/zone";
}

impl Form {
    /// The page that it is on, where its answer is a page of its own: such a page has no address to come back to.
    pub fn answered_from(self) -> Option<Route> {
        match self {
            Self::PreviewGivenApps => Some(Route::Teams),
            Self::MakeCalendar => Some(Route::OwnNotices),
            _ => None,
        }
    }

    /// What a field of it says may be kept for when the person comes back to it. What is secret is typed again.
    pub fn keeps(self, field: &str) -> bool {
        self != Self::KeepChannel || !["url", "to", "secrets", "private_keys"].contains(&field)
    }

    /// A log comes with it, which may be large.
    pub fn brings_log(self) -> bool {
        self == Self::ImportSignIns
    }

    /// A certificate comes with it, to be read.
    pub fn brings_certificate(self) -> bool {
        matches!(
            self,
            Self::KeepCertificate
                | Self::KeepCertificates
                | Self::UploadCertificate
                | Self::Register
                | Self::DraftTable
        )
    }
}
