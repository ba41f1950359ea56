//! What people are told of apps: their list, one of them, its history.

use super::graph;
use crate::http::Refusal;
use crate::operations::apps::OwnAppsError;
use crate::operations::apps::export::ExportError;
use crate::operations::apps::list::ListAppsError;
use crate::operations::apps::names::AppNamesError;
use crate::operations::apps::read::ReadAppError;
use crate::operations::history::{FindStateError, HistoryError};
use app::contract::problem::Problem;
use app::route::Route;

impl From<OwnAppsError> for Problem {
    fn from(error: OwnAppsError) -> Self {
        match error {
            OwnAppsError::Graph(error) => graph::of(&error, "the list of apps"),
            OwnAppsError::Store(error) => error.into(),
        }
    }
}

impl From<ListAppsError> for Problem {
    fn from(error: ListAppsError) -> Self {
        match error {
            ListAppsError::Token(error) => error.into(),
            ListAppsError::Graph(error) => graph::of(&error, "the list of apps"),
            ListAppsError::Own(error) => error.into(),
        }
    }
}

impl From<ExportError> for Refusal {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Token(error) => error.into(),
            ExportError::Graph(error) => graph::of(&error, "the list of apps").into(),
            ExportError::Own(error) => Problem::from(error).into(),
        }
    }
}

impl From<AppNamesError> for Problem {
    fn from(error: AppNamesError) -> Self {
        match error {
            AppNamesError::Token(error) => error.into(),
            AppNamesError::Graph(error) => graph::of(&error, "the chosen apps"),
        }
    }
}

impl From<ReadAppError> for Problem {
    fn from(error: ReadAppError) -> Self {
        match error {
            ReadAppError::Token(error) => error.into(),
            ReadAppError::App(error) => graph::of(&error, "this app"),
            ReadAppError::Owners(error) => graph::of(&error, "the owners of this app"),
            ReadAppError::Store(error) => error.into(),
        }
    }
}

impl From<HistoryError> for Problem {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Token(error) => error.into(),
            HistoryError::App(error) => graph::of(&error, "this app"),
            HistoryError::State(error) => error.into(),
            HistoryError::Store(error) => error.into(),
        }
    }
}

impl From<FindStateError> for Problem {
    fn from(error: FindStateError) -> Self {
        match error {
            FindStateError::NotFound(app) => Self::new(
                404,
                "state-not-found",
                "There is no such state",
                format!("Nothing is kept under this number of the app with object id {app}."),
            )
            .advice("Choose one from the app's history.")
            .link("Open its history", Route::History(app)),
            FindStateError::Store(error) => error.into(),
        }
    }
}
