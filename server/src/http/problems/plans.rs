//! What people are told of previews: why there is none, and why one plans nothing for an app.

use super::graph;
use super::store::store_failed;
use crate::operations::plans::draft::DraftError;
use crate::operations::plans::draft::add::{AddError, MOST_CERTIFICATES};
use crate::operations::plans::draft::again::AgainError;
use crate::operations::plans::draft::change_builder::ChangeBuilderError;
use crate::operations::plans::draft::chosen::ChooseError;
use crate::operations::plans::draft::copy::CopyError;
use crate::operations::plans::draft::restore::RestoreError;
use crate::operations::plans::draft::table::{LineFault, TableError};
use crate::operations::plans::read::FindPlanError;
use crate::plan_refusal::{MergeRefusal, PlanRefusal};
use app::contract::plans::MAX_APPS_PER_PLAN;
use app::contract::problem::Problem;
use app::route::Route;
use domain::key_credential::MAX_DISPLAY_NAME;

/// Bad lines of a table that are named one by one.
const MOST_NAMED: usize = 50;

impl From<FindPlanError> for Problem {
    fn from(error: FindPlanError) -> Self {
        match error {
            FindPlanError::NotFound => Self::new(
                404,
                "plan-not-found",
                "There is no such preview",
                "It does not exist, or someone else made it: a preview is only for its maker.",
            )
            .advice("Choose the certificate and the apps again.")
            .link("Upload or choose a certificate", Route::Upload),
            FindPlanError::Store(error) => error.into(),
        }
    }
}

impl From<DraftError> for Problem {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::Token(error) => error.into(),
            DraftError::Add(error) => error.into(),
            DraftError::TooManyAtOnce { most } => Self::new(
                429,
                "too-many-drafts",
                "Your other previews are still being made",
                format!("A person may have {most} made at the same time."),
            )
            .advice("Wait until one of them is there, and try again."),
            DraftError::TooLarge { most } => Self::new(
                422,
                "preview-too-large",
                "This preview is too large",
                format!("It would take more than {} MiB: the certificates are in each app.", most / (1024 * 1024)),
            )
            .advice("Choose fewer apps or fewer certificates, and push them in parts."),
            DraftError::NoEntries => {
                Self::new(422, "no-entries", "No entry was chosen", "Removing needs at least one.")
                    .advice("Choose an entry on the app's page.")
            }
            DraftError::NoneRemovable => Self::new(
                422,
                "none-removable",
                "Nothing of the selection can be removed here",
                "What can be removed is certificates of app registrations. Secrets, federated credentials, and what service principals and agent blueprints have, stay.",
            )
            .advice("Select certificates of apps in the inventory."),
            DraftError::Choose(error) => error.into(),
            DraftError::Table(error) => error.into(),
            DraftError::Again(error) => error.into(),
            DraftError::ChangeBuilder(error) => error.into(),
            DraftError::SignedOut => Self::signed_out(),
            DraftError::Policies(error) => graph::of(&error, "the app management policies"),
            DraftError::Store(error) => error.into(),
        }
    }
}

impl From<AddError> for Problem {
    fn from(error: AddError) -> Self {
        match error {
            AddError::NoCertificates => {
                Self::new(422, "no-certificates", "No certificate was chosen", "A preview needs one.")
                    .advice("Upload or choose a certificate.")
            }
            AddError::TooMany(many) => Self::new(
                422,
                "too-many-certificates",
                "Too many certificates were chosen",
                format!("{many} certificates were chosen; one push adds at most {MOST_CERTIFICATES}."),
            )
            .advice("Push them in parts."),
            AddError::OneNameForMany { certificates, name } => Self::new(
                422,
                "display-name",
                "The display name cannot be used",
                format!("{certificates} certificates cannot all have the name “{name}”."),
            )
            .advice("Leave it empty: each certificate then goes by its subject."),
            AddError::BadMode(_) => Self::new(
                422,
                "bad-mode",
                "That cannot be done with certificates",
                "Certificates are added, put in the others' place, or rotated in.",
            )
            .advice("Go back and choose again."),
        }
    }
}

impl From<ChooseError> for Problem {
    fn from(error: ChooseError) -> Self {
        match error {
            ChooseError::None => no_apps(),
            ChooseError::TooMany(many) => Self::new(
                422,
                "too-many-apps",
                "Too many apps were chosen",
                format!("{many} apps or more were chosen; one push takes at most {MAX_APPS_PER_PLAN}."),
            )
            .advice("Choose fewer, and push the rest afterwards."),
            ChooseError::Graph(error) => graph::of(&error, "the list of apps"),
            ChooseError::Teams => store_failed(),
            ChooseError::Selected(error) => error.into(),
            ChooseError::NoAppSelected => Self::new(
                422,
                "no-apps",
                "No app registration was selected",
                "Service principals and agent blueprints are read-only here, and nothing else was selected.",
            )
            .advice("Select apps in the inventory."),
        }
    }
}

fn no_apps() -> Problem {
    Problem::new(422, "no-apps", "No app was chosen", "A preview needs at least one app.").advice("Choose an app.")
}

impl From<AgainError> for Problem {
    fn from(error: AgainError) -> Self {
        match error {
            AgainError::NoSuchReceipt => Self::new(
                404,
                "receipt-not-found",
                "There is no such receipt",
                "It does not exist, or it is of someone else's push: only who made a push can make it again.",
            )
            .advice("Choose the certificate and the apps anew."),
            AgainError::NothingLeft => {
                Self::new(422, "nothing-left", "Nothing is left to do", "That push ended well on every app.")
                    .advice("Look at its receipt.")
            }
            AgainError::OldPlan => Self::new(
                422,
                "old-plan",
                "That push is from an earlier version",
                "It does not say in full what was wanted.",
            )
            .advice("Choose the certificate and the apps anew."),
            AgainError::Store(error) => error.into(),
        }
    }
}

impl From<ChangeBuilderError> for Problem {
    fn from(error: ChangeBuilderError) -> Self {
        match error {
            ChangeBuilderError::Certificate(error) => error.into(),
            ChangeBuilderError::Unsuitable(error) => error.into(),
            ChangeBuilderError::DisplayName(error) => {
                Self::new(422, "display-name", "The display name cannot be used", format!("{error}.")).advice(format!(
                    "Choose a name of at most {MAX_DISPLAY_NAME} characters, or leave it empty for the certificate's subject."
                ))
            }
            ChangeBuilderError::NotCopied(error) => {
                Self::new(422, "cannot-copy", "This entry cannot be copied", format!("{error}."))
            }
            ChangeBuilderError::Copy(error) => error.into(),
            ChangeBuilderError::Restore(error) => error.into(),
        }
    }
}

impl From<CopyError> for Problem {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::Graph(error) => graph::of(&error, "the app to copy from"),
            CopyError::NoSuchEntry { app, key_id } => Self::new(
                422,
                "no-such-entry",
                "An entry to copy is not there",
                format!("“{app}” has no entry with keyId {key_id} any more."),
            )
            .advice("Open the app again and choose from what is there."),
            CopyError::NoCertificate { entry } => Self::new(
                422,
                "cannot-copy",
                "An entry cannot be copied",
                format!("Graph does not show the certificate of “{entry}”."),
            )
            .advice("Upload the certificate instead.")
            .link("Upload it", Route::Upload),
            CopyError::Nothing { app } => Self::new(
                422,
                "nothing-to-copy",
                "There is nothing to copy",
                format!("“{app}” has no certificate that could be used on another app."),
            )
            .advice("Upload the certificate instead.")
            .link("Upload it", Route::Upload),
            CopyError::Unsuitable(error) => error.into(),
        }
    }
}

impl From<RestoreError> for Problem {
    fn from(error: RestoreError) -> Self {
        match error {
            RestoreError::NoApp => no_apps(),
            RestoreError::State(error) => error.into(),
            RestoreError::Store(error) => error.into(),
        }
    }
}

impl From<TableError> for Problem {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Unreadable(error) => {
                Self::new(422, "bad-table", "The table cannot be read", format!("{error}.")).advice(error.advice())
            }
            TableError::BadLines(lines) => {
                bad_lines(lines.into_iter().map(|line| (line.number, fault(&line.fault))).collect())
            }
            TableError::Parser(error) => error.into(),
            TableError::Choose(error) => error.into(),
            TableError::Apps(error) => graph::of(&error, "the apps of the table"),
            TableError::Keep(error) => error.into(),
            TableError::Store(error) => error.into(),
        }
    }
}

/// What is wrong with each line of a table, by its number.
pub(super) fn bad_lines(mut told: Vec<(u64, String)>) -> Problem {
    told.sort();
    let mut named: Vec<String> =
        told.iter().take(MOST_NAMED).map(|(number, why)| format!("Line {number}: {why}")).collect();
    if told.len() > MOST_NAMED {
        named.push(format!("and {} more", told.len() - MOST_NAMED));
    }
    let title = match told.len() {
        1 => "A line of the table cannot be used".to_owned(),
        many => format!("{many} lines of the table cannot be used"),
    };
    Problem::new(422, "bad-table", title, named.join("\n"))
        .advice("Nothing was taken of it. Put these lines right and send the table again.")
}

/// After `Line 7: `.
fn fault(fault: &LineFault) -> String {
    match fault {
        LineFault::Unreadable(why) => why.clone(),
        LineFault::SeveralApps(name) => format!("several apps are called “{name}”; write the client id."),
        LineFault::NoApp(name) => format!("there is no app “{name}” that you may see."),
        LineFault::NoCertificate(sha256) => {
            format!("Nobody uploaded a certificate with the SHA-256 thumbprint {}.", sha256.hex())
        }
        LineFault::NoCertificateBySha1(sha1) => {
            format!("nobody uploaded a certificate with the thumbprint {}.", sha1.hex())
        }
        LineFault::SeveralCertificates(sha1) => {
            format!("several certificates have the SHA-1 thumbprint {}; write the SHA-256.", sha1.hex())
        }
        LineFault::Unsuitable(unsuitable) => format!("its certificate cannot be used: {}", unsuitable.0.title()),
        LineFault::DisplayName(error) => format!("{error}."),
        LineFault::Repeated => "it says the same as an earlier line.".into(),
    }
}

impl From<&PlanRefusal> for Problem {
    fn from(refusal: &PlanRefusal) -> Self {
        match refusal {
            PlanRefusal::Unread { error } => graph::of(error, "this app"),
            PlanRefusal::NotRead => {
                Self::new(500, "internal", "The app could not be read", "The portal failed while reading it.")
            }
            PlanRefusal::NoPlan => {
                Self::new(500, "internal", "The preview is incomplete", "It has no plan for this app.")
            }
            PlanRefusal::CannotMerge { kind, why } => {
                let (code, advice) = match kind {
                    MergeRefusal::EncryptsTokens => (
                        "encrypts-tokens",
                        "Have the app encrypt its tokens with another certificate first (tokenEncryptionKeyId), then remove this one.",
                    ),
                    MergeRefusal::CannotRestore => (
                        "cannot-restore",
                        "Bring back what is missing instead: it leaves out what cannot be restored, and says so.",
                    ),
                    MergeRefusal::Other => (
                        "cannot-merge",
                        "Look at the app's entries in the Entra admin center and clear this up there first.",
                    ),
                };
                Self::new(409, code, "Nothing can safely be written to this app", format!("{why}.")).advice(advice)
            }
            PlanRefusal::WouldBeRefused { title, why, advice } => {
                Self::new(403, "would-be-refused", title.clone(), why.clone()).advice(advice.clone())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::plans::draft::table::BadLine;

    #[test]
    fn bad_lines_are_named_in_order_and_not_without_end() {
        let lines: Vec<BadLine> =
            (2..=60).rev().map(|number| BadLine { number, fault: LineFault::Unreadable("no.".into()) }).collect();
        let problem = Problem::from(TableError::BadLines(lines));
        let lines: Vec<&str> = problem.detail.lines().collect();
        assert_eq!((lines.len(), lines[0], lines[50]), (51, "Line 2: no.", "and 9 more"));
        assert_eq!(problem.title, "59 lines of the table cannot be used");
    }

    #[test]
    fn each_refusal_to_choose_has_its_code() {
        let code = |error: DraftError| Problem::from(error).code;
        assert_eq!(code(ChooseError::None.into()), "no-apps");
        assert_eq!(code(ChooseError::TooMany(1_001).into()), "too-many-apps");
        assert_eq!(code(AddError::NoCertificates.into()), "no-certificates");
        assert_eq!(code(AddError::OneNameForMany { certificates: 2, name: "x".into() }.into()), "display-name");
        assert_eq!(code(AddError::BadMode(domain::rollout::PushMode::Retire).into()), "bad-mode");
    }
}
