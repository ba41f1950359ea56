//! What people are told of the inventory's files.

use super::store_failed;
use crate::operations::inventory::export::{ExportError, MOST};
use app::contract::problem::Problem;
use app::route::Route;
use domain::inventory::filter::FilterError;

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
pub(crate) fn not_understood(error: &FilterError) -> Problem {
    Problem::new(400, "filter", "The filter is not understood", format!("{error}."))
        .advice("Put the filter right on the inventory's page.")
        .link("To the inventory", Route::Inventory)
}
