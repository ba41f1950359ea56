//! What administrators are told of what they keep in the portal beside its configuration.

use crate::operations::settings::SettingError;
use app::contract::problem::Problem;

impl From<SettingError> for Problem {
    fn from(error: SettingError) -> Self {
        match error {
            SettingError::Overtaken => Self::new(
                409,
                "changed-meanwhile",
                "That was changed meanwhile",
                format!("It is not what you saw: {error}."),
            )
            .advice("Load the page again, and look at it once more. Nothing of yours was kept."),
            SettingError::Full(most) => Self::new(
                422,
                "too-many-settings",
                "There are too many",
                format!("{most} are kept here beside those of the configuration."),
            )
            .advice("Remove one before you add another."),
            SettingError::Store(error) => error.into(),
        }
    }
}
