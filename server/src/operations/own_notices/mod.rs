//! What a person is told, and when: what ends of what they see, their hours, their calendar.

pub(crate) mod acknowledge;
pub(crate) mod calendar;
pub(crate) mod feed;
pub(crate) mod hours;
pub(crate) mod overview;
pub(crate) mod remind;

use super::notices::NoticeContext;
use crate::store::StoreError;
use domain::inventory::InventoryObject;
use domain::notices::EndingApp;
use time::OffsetDateTime;

/// Nothing of it ends soon, or has ended lately, that has nothing in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nothing of the object ends that people are reminded of")]
pub(crate) struct NothingEnds;

/// What of the object people are reminded of.
fn ending(object: &InventoryObject, now: OffsetDateTime) -> Result<EndingApp, NothingEnds> {
    EndingApp::of(object, now).ok_or(NothingEnds)
}

/// Why a calendar's address was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CalendarError {
    #[error("the configuration has no calendars")]
    Off,
    #[error(transparent)]
    Store(#[from] StoreError),
}
