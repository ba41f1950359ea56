//! What people are told of the inventory's objects and files.

use super::store_failed;
use crate::operations::inventory::acknowledge::AcknowledgeError;
use crate::operations::inventory::decide::DecideError;
use crate::operations::inventory::export::{ExportError, MOST, MOST_IN_WORKBOOK};
use crate::operations::inventory::import_sign_ins::ImportError;
use crate::operations::inventory::object::ObjectError;
use crate::operations::inventory::select::SelectError;
use crate::operations::views::ViewError;
use app::contract::inventory::{MOST_PICKS, MOST_SELECTED};
use app::contract::problem::Problem;
use app::route::Route;
use domain::inventory::{MOST_VIEWS, ReasonError};
use domain::sign_in_log::{LogCounts, LogError};
use views::pages::inventory::AskedError;
use views::pages::last_use::bad_row;

impl From<ObjectError> for Problem {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::Off => Self::new(
                404,
                "inventory-off",
                "The directory is not read here",
                "This page needs the inventory, which is off.",
            )
            .advice("Ask whoever runs the portal to switch it on."),
            ObjectError::NotThere => Self::new(
                404,
                "no-such-object",
                "There is no such object for you",
                "The inventory has none with this id, or you do not own it.",
            )
            .advice("What was made a moment ago is there after the next reading of the directory."),
            ObjectError::Store(error) => error.into(),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Off => ObjectError::Off.into(),
            ImportError::UnderWay => {
                Self::new(409, "import-under-way", "You are bringing another log", "It is read to its end first.")
                    .advice("Wait until it is read, and bring this one then. Nothing of it was kept.")
            }
            ImportError::Log(error) => bad_log(&error),
            ImportError::Parser(error) => error.into(),
            ImportError::Store(error) => error.into(),
        }
    }
}

fn bad_log(error: &LogError) -> Problem {
    let detail = match error {
        LogError::NoSignIn(counts) => format!("{error}: {}.", what_there_is(counts)),
        _ => format!("{error}."),
    };
    let advice = match error {
        LogError::TooLarge | LogError::TooManyRows | LogError::TooManyKeys => {
            "Bring it in parts, for instance day by day."
        }
        LogError::Compressed => "Unpack it, and bring what is in it.",
        LogError::Charset => "Save it as UTF-8.",
        LogError::BrokenOff => "Download it again: a part of it is missing.",
        LogError::NoColumns(_) => "Choose JSON when you download it, or the CSV as the admin center in English has it.",
        LogError::Empty | LogError::NoSignIn(_) => {
            "Choose the sign-ins of service principals, and days on which there were some."
        }
        LogError::NoJson(_) | LogError::RowTooLong(_) => "Bring it as it was downloaded.",
    };
    let status = if *error == LogError::TooLarge { 413 } else { 422 };
    Problem::new(status, "bad-log", "The log cannot be used", detail).advice(format!("{advice} Nothing was kept."))
}

fn what_there_is(counts: &LogCounts) -> String {
    let named = counts.first_bad.iter().map(|(row, why)| format!("row {row}, {}", bad_row(*why)));
    let named: Vec<_> = named.collect();
    let bad = if named.is_empty() { String::new() } else { format!(" ({})", named.join("; ")) };
    format!("{} of {} are others’, and {} are not understood{bad}", counts.others, counts.rows, counts.bad)
}

impl From<DecideError> for Problem {
    fn from(error: DecideError) -> Self {
        let refused =
            |code, title: &str, detail: String| Self::new(422, code, title, detail).advice("Nothing was changed.");
        match error {
            DecideError::Object(error) => error.into(),
            DecideError::Reason(error) => bad_reason(error),
            DecideError::Snooze(error) => {
                refused("bad-day", "It cannot be put off until then", format!("{}.", sentence(&error)))
            }
            DecideError::NoSuchPerson => refused(
                "not-an-owner",
                "It cannot be given to that person",
                "Only who owns the object, and you, can be given it: nobody else may see it.".into(),
            ),
            DecideError::NotSo => Self::new(
                409,
                "not-so-any-more",
                "That is not so any more",
                "The object does not need somebody for this reason now.",
            )
            .advice("Load the page again to see what it needs. Nothing was changed."),
            DecideError::Store(error) => error.into(),
        }
    }
}

impl From<AcknowledgeError> for Problem {
    fn from(error: AcknowledgeError) -> Self {
        match error {
            AcknowledgeError::Object(error) => error.into(),
            AcknowledgeError::Reason(error) => bad_reason(error),
            AcknowledgeError::NoneOpen => Self::new(
                409,
                "none-open",
                "Nothing is open here",
                "Somebody has said what these changes were, or they are another object’s.",
            )
            .advice("Load the page again. Nothing was changed."),
            AcknowledgeError::Store(error) => error.into(),
        }
    }
}

pub(super) fn bad_reason(error: ReasonError) -> Problem {
    Problem::new(422, "bad-reason", "The reason cannot be kept", format!("{}.", sentence(&error)))
        .advice("Write it in a sentence. Nothing was changed.")
}

/// With a capital.
pub(super) fn sentence(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

impl From<ViewError> for Problem {
    fn from(error: ViewError) -> Self {
        let refused = |status, code, title: &str, detail: String| {
            Self::new(status, code, title, detail).advice("Nothing was changed.")
        };
        match error {
            ViewError::Name(error) => {
                refused(422, "bad-name", "The view cannot be called so", format!("{}.", sentence(&error)))
            }
            ViewError::NotAdmin => refused(
                403,
                "not-an-admin",
                "Only administrators share views",
                "What everybody sees is made, renamed and removed by administrators.".into(),
            )
            .advice("Save it for yourself."),
            ViewError::Full => refused(
                422,
                "too-many-views",
                "There are too many views",
                format!("A person may save {MOST_VIEWS} views, and all together may share as many."),
            )
            .advice("Remove one that nobody needs any more."),
            ViewError::NameTaken => refused(
                409,
                "name-taken",
                "Another view is called so",
                "Two views of the same person, or of all, cannot have one name.".into(),
            )
            .advice("Choose another name, or remove the other view first."),
            ViewError::NotThere => refused(
                404,
                "no-such-view",
                "There is no such view",
                "It was removed, or it is somebody else’s.".into(),
            ),
            ViewError::Store(error) => error.into(),
        }
    }
}

impl From<SelectError> for Problem {
    fn from(error: SelectError) -> Self {
        match error {
            SelectError::Off => ObjectError::Off.into(),
            SelectError::None => {
                Self::new(422, "none-selected", "Nothing is selected", "A selection has at least one row.")
                    .advice("Select rows of the inventory, or all that its filter finds.")
                    .link("To the inventory", Route::Inventory)
            }
            SelectError::TooManyPicks(picks) => Self::new(
                422,
                "too-many-picks",
                "Too many rows were selected one by one",
                format!("{picks} were selected, and {MOST_PICKS} can be at most."),
            )
            .advice("Narrow the filter, and select all that it finds.")
            .link("To the inventory", Route::Inventory),
            SelectError::TooMany(found) => Self::new(
                422,
                "too-many-rows",
                "That is too much for one selection",
                format!("The filter finds {found} rows, and a selection has {MOST_SELECTED} at most."),
            )
            .advice("Take it in parts: by kind, by what has it, or by when it ends.")
            .link("To the inventory", Route::Inventory),
            SelectError::Store(error) => error.into(),
        }
    }
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Off => Self::new(
                404,
                "inventory-off",
                "The directory is not read here",
                "This file needs the inventory, which is off.",
            )
            .advice("Ask whoever runs the portal to switch it on."),
            ExportError::TooMany(found) => Self::new(
                422,
                "too-many-rows",
                "That is too much for one file",
                format!(
                    "The filter finds {found} rows, and a file has {MOST} at most. A part of them would look like all."
                ),
            )
            .advice("Take it in parts: by kind, by what has it, or by when it ends.")
            .link("To the inventory", Route::Inventory),
            ExportError::Select(error) => error.into(),
            ExportError::TooManyForWorkbook(found) => Self::new(
                422,
                "too-many-rows",
                "That is too much for one workbook",
                format!("There are {found} rows, and a workbook has {MOST_IN_WORKBOOK} at most."),
            )
            .advice("Take CSV or JSON, or take it in parts.")
            .link("To the inventory", Route::Inventory),
            ExportError::Interrupted => store_failed(),
            ExportError::Workbook(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a workbook could not be written");
                store_failed()
            }
            ExportError::Store(error) => error.into(),
            ExportError::Json(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a row of the inventory could not be written"
                );
                store_failed()
            }
        }
    }
}

/// In the address of a file: a page says it beside the filter.
pub(crate) fn not_understood(error: &AskedError) -> Problem {
    let title = match error {
        AskedError::Filter(_) => "The filter is not understood",
        AskedError::Pick(_) => "The selection is not understood",
    };
    Problem::new(400, "filter", title, format!("{error}."))
        .advice("Put the filter right on the inventory's page.")
        .link("To the inventory", Route::Inventory)
}
