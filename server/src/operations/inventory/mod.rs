//! The inventory as a grid: a page of it, and all of it as a file, by one and the same question to the store.

pub(crate) mod acknowledge;
pub(crate) mod charts;
pub(crate) mod decide;
pub(crate) mod export;
pub(crate) mod group;
pub(crate) mod import_sign_ins;
pub(crate) mod last_use;
mod lines;
pub(crate) mod list;
pub(crate) mod object;
pub(crate) mod select;
pub(crate) mod use_sources;

use crate::operations::Context;
use crate::operations::sight::Sight;
use crate::person::Person;
use crate::store::{Decided, InventoryQuery, InventorySort, Ownership, Within};
use app::contract::inventory::{GridQuery, GridSort};
use domain::inventory::filter::{DecidedWord, OwnerFilter, OwnerWord, Word};

/// What the person may see of what they ask for: no filter widens it.
async fn asked(context: &Context, person: &Person, query: &GridQuery, skip: u64, take: u64) -> InventoryQuery {
    let filter = &query.filter;
    let within = match filter.owner {
        Some(OwnerFilter::Word(OwnerWord::Me)) => Some(Within::of(person.viewer.object_id)),
        _ => Sight::of(context, person).await.within().cloned(),
    };
    InventoryQuery {
        within,
        kind: filter.holder,
        credential: filter.kind,
        ends: filter.ends,
        ownership: match filter.owner {
            Some(OwnerFilter::Word(OwnerWord::Nobody)) => Some(Ownership::Nobody),
            Some(OwnerFilter::Word(OwnerWord::Unknown)) => Some(Ownership::Unknown),
            Some(OwnerFilter::Word(OwnerWord::Me) | OwnerFilter::Is(_)) | None => None,
        },
        owner: match filter.owner {
            Some(OwnerFilter::Is(id)) => Some(id),
            _ => None,
        },
        certificate: filter.certificate,
        issuer: filter.issuer.clone(),
        attention: filter.needs,
        decided: filter.decided.map(|decided| match decided {
            DecidedWord::Assigned => Decided::Assigned,
            DecidedWord::Mine => Decided::AssignedTo(person.viewer.object_id),
            DecidedWord::Snoozed => Decided::Snoozed,
            DecidedWord::Accepted => Decided::Accepted,
        }),
        only: None,
        words: filter.words.iter().map(Word::as_str).map(str::to_owned).collect(),
        sort: match query.sort {
            GridSort::End => InventorySort::End,
            GridSort::EndDescending => InventorySort::EndDescending,
            GridSort::Name => InventorySort::Name,
            GridSort::NameDescending => InventorySort::NameDescending,
            GridSort::Newest => InventorySort::Newest,
        },
        skip,
        take,
    }
}
