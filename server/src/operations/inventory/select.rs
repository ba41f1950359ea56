//! What a selection of the grid comes to: its rows as they are now, what can be done with them, and what is left out, why.

use super::asked;
use crate::operations::{Context, needs};
use crate::person::Person;
use crate::store::{Held, InventoryCredential, InventoryQuery, StoreError};
use app::contract::inventory::{
    GridQuery, GridView, MOST_PICKS, MOST_SELECTED, Pick, PickedCredential, Selection, SelectionView, Which, WhyStays,
};
use domain::credentials::{Subject, SubjectKind};
use domain::ids::{KeyId, ObjectId};
use domain::inventory::filter::Filter;
use std::collections::{BTreeMap, HashSet};

/// Why it is not known what was selected.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SelectError {
    #[error("the directory is not read in the background")]
    Off,
    #[error("nothing was selected")]
    None,
    #[error("{0} rows were picked, and {MOST_PICKS} can be at most")]
    TooManyPicks(usize),
    #[error("the filter finds {0} rows, and a selection has {MOST_SELECTED} at most")]
    TooMany(u64),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A row that was selected: of an object, or of a credential.
pub(crate) struct SelectedRow {
    pub(crate) subject: Subject,
    name: String,
    credential: Option<SelectedCredential>,
}

struct SelectedCredential {
    /// Absent where nothing tells it from others.
    picked: Option<PickedCredential>,
    stays: Option<WhyStays>,
    name: Option<String>,
}

impl SelectedRow {
    fn pick(&self) -> Option<Pick> {
        match &self.credential {
            None => Some(Pick { subject: self.subject, credential: None }),
            Some(credential) => Some(Pick { subject: self.subject, credential: Some(credential.picked.clone()?) }),
        }
    }

    /// `payroll-export, CN=payroll-2025`
    fn words(&self) -> String {
        let of = |name: &str| if name.is_empty() { "No name".to_owned() } else { name.to_owned() };
        match self.credential.as_ref().and_then(|credential| credential.name.as_deref()) {
            Some(name) if !name.is_empty() => format!("{}, {name}", of(&self.name)),
            _ => of(&self.name),
        }
    }
}

pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    selection: &Selection,
) -> Result<SelectionView, SelectError> {
    let every = context.inventory_every.ok_or(SelectError::Off)?;
    // Before the rows: they are as of then, or newer.
    let reading = needs::reading(context.tenant.store.inventory_state().await?, every, context.now());
    let rows = rows(context, person, selection).await?;
    let missing = match &selection.which {
        Which::All => 0,
        Which::These(picks) => number(picks.len().saturating_sub(rows.len())),
    };
    let removals = removals(&rows);
    let mut staying = BTreeMap::new();
    for why in rows.iter().filter_map(|row| row.credential.as_ref()?.stays) {
        *staying.entry(why).or_default() += 1;
    }
    let others = [SubjectKind::ServicePrincipal, SubjectKind::AgentBlueprint].map(|kind| (kind, objects(&rows, kind)));
    Ok(SelectionView {
        reading,
        rows: number(rows.len()),
        missing,
        apps: number(objects(&rows, SubjectKind::Application).len()),
        read_only: others.map(|(kind, of)| (kind, number(of.len()))).into_iter().filter(|(_, n)| *n > 0).collect(),
        removable: number(removals.iter().map(|(_, keys)| keys.len()).sum()),
        losing: number(removals.len()),
        staying: staying.into_iter().collect(),
    })
}

/// The names of what was picked, as far as it is there and the person's to see.
pub(crate) async fn names(
    context: &Context,
    person: &Person,
    picks: &[Pick],
) -> Result<Vec<(Pick, String)>, SelectError> {
    let view =
        if picks.iter().any(|pick| pick.credential.is_some()) { GridView::Credentials } else { GridView::Objects };
    let selection = Selection { query: GridQuery::of(view), which: Which::These(picks.to_vec()) };
    let rows = rows(context, person, &selection).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.pick()?, row.words()))).collect())
}

/// What of it is an app registration, each once.
pub(crate) async fn apps(
    context: &Context,
    person: &Person,
    selection: &Selection,
) -> Result<Vec<ObjectId>, SelectError> {
    Ok(objects(&rows(context, person, selection).await?, SubjectKind::Application))
}

/// The certificates of it that can be removed, by app.
pub(crate) async fn entries(
    context: &Context,
    person: &Person,
    selection: &Selection,
) -> Result<Vec<(ObjectId, Vec<KeyId>)>, SelectError> {
    Ok(removals(&rows(context, person, selection).await?))
}

/// As the inventory has them now. No selection reaches beyond what the person sees.
async fn rows(context: &Context, person: &Person, selection: &Selection) -> Result<Vec<SelectedRow>, SelectError> {
    let asked = narrowed(context, person, selection, MOST_SELECTED + 1).await?;
    let (store, now, mut rows) = (&context.tenant.store, context.now(), vec![]);
    match selection.query.view {
        GridView::Objects => {
            let take = |row: crate::store::InventoryRow| {
                rows.push(SelectedRow { subject: row.object.subject, name: row.object.name, credential: None });
            };
            store.each_in_inventory(&asked, now, take).await?;
        }
        GridView::Credentials => {
            let picked = Picked::of(selection);
            let take = |found: InventoryCredential| {
                if picked.has(&found) {
                    rows.push(credential(found));
                }
            };
            store.each_inventory_credential(&asked, now, take).await?;
        }
    }
    if rows.len() as u64 > MOST_SELECTED {
        let found = match selection.query.view {
            GridView::Objects => store.count_inventory(&asked, now).await?,
            GridView::Credentials => store.count_inventory_credentials(&asked, now).await?,
        };
        return Err(SelectError::TooMany(found));
    }
    Ok(rows)
}

/// The question to the store, of so many rows where it is not of picked ones. Of picked credentials it finds all that their objects have: [`Picked`] has those that are
/// meant.
pub(super) async fn narrowed(
    context: &Context,
    person: &Person,
    selection: &Selection,
    take: u64,
) -> Result<InventoryQuery, SelectError> {
    if context.inventory_every.is_none() {
        return Err(SelectError::Off);
    }
    match &selection.which {
        Which::All => Ok(asked(context, person, &selection.query, 0, take).await),
        Which::These(picks) => {
            if picks.is_empty() {
                return Err(SelectError::None);
            }
            if picks.len() > MOST_PICKS {
                return Err(SelectError::TooManyPicks(picks.len()));
            }
            let whatever = GridQuery { filter: Filter::default(), ..selection.query.clone() };
            let mut seen = HashSet::new();
            let only = picks.iter().map(|pick| pick.subject).filter(|subject| seen.insert(*subject)).collect();
            Ok(InventoryQuery { only: Some(only), ..asked(context, person, &whatever, 0, u64::MAX).await })
        }
    }
}

/// Which credentials of what was found are meant.
pub(super) enum Picked<'s> {
    All,
    These(HashSet<&'s Pick>),
}

impl<'s> Picked<'s> {
    pub(super) fn of(selection: &'s Selection) -> Self {
        match &selection.which {
            Which::All => Self::All,
            Which::These(picks) => Self::These(picks.iter().collect()),
        }
    }

    pub(super) fn has(&self, found: &InventoryCredential) -> bool {
        match self {
            Self::All => true,
            Self::These(picks) => picked(found).is_some_and(|credential| {
                picks.contains(&Pick { subject: found.row.object.subject, credential: Some(credential) })
            }),
        }
    }
}

fn picked(found: &InventoryCredential) -> Option<PickedCredential> {
    match &found.held {
        Held::Certificate(held) => held.key_id.map(PickedCredential::Certificate),
        Held::Secret(held) => held.key_id.map(PickedCredential::Secret),
        Held::Federated(trust) => PickedCredential::federated(&trust.name),
    }
}

fn credential(found: InventoryCredential) -> SelectedRow {
    let (subject, picked) = (found.row.object.subject, picked(&found));
    let is_app = subject.kind == SubjectKind::Application;
    let stays = match (&found.held, &picked) {
        _ if !is_app => Some(WhyStays::ReadOnly),
        (Held::Secret(_), _) => Some(WhyStays::Secret),
        (Held::Federated(_), _) => Some(WhyStays::Federated),
        (Held::Certificate(_), None) => Some(WhyStays::NoKeyId),
        (Held::Certificate(_), Some(_)) => None,
    };
    let name = match found.held {
        Held::Certificate(held) => held.name,
        Held::Secret(held) => held.name,
        Held::Federated(trust) => Some(trust.name),
    };
    SelectedRow { subject, name: found.row.object.name, credential: Some(SelectedCredential { picked, stays, name }) }
}

/// Each once, in the rows' order.
fn objects(rows: &[SelectedRow], kind: SubjectKind) -> Vec<ObjectId> {
    let mut seen = HashSet::new();
    let of = rows.iter().map(|row| row.subject).filter(|subject| subject.kind == kind);
    of.map(|subject| subject.id).filter(|id| seen.insert(*id)).collect()
}

fn removals(rows: &[SelectedRow]) -> Vec<(ObjectId, Vec<KeyId>)> {
    let mut by_app: Vec<(ObjectId, Vec<KeyId>)> =
        objects(rows, SubjectKind::Application).into_iter().map(|app| (app, vec![])).collect();
    let places: BTreeMap<ObjectId, usize> = by_app.iter().enumerate().map(|(at, (app, _))| (*app, at)).collect();
    for row in rows {
        let Some(SelectedCredential { picked: Some(PickedCredential::Certificate(key)), stays: None, .. }) =
            &row.credential
        else {
            continue;
        };
        if let Some(at) = places.get(&row.subject.id)
            && !by_app[*at].1.contains(key)
        {
            by_app[*at].1.push(*key);
        }
    }
    by_app.retain(|(_, keys)| !keys.is_empty());
    by_app
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn row(kind: SubjectKind, app: u128, picked: Option<PickedCredential>, stays: Option<WhyStays>) -> SelectedRow {
        let subject = Subject { kind, id: ObjectId::new(Uuid::from_u128(app)) };
        SelectedRow { subject, name: String::new(), credential: Some(SelectedCredential { picked, stays, name: None }) }
    }

    #[test]
    fn what_goes_is_certificates_of_apps_by_app_each_once() {
        let key = |n| KeyId::new(Uuid::from_u128(n));
        let app = |app, n| row(SubjectKind::Application, app, Some(PickedCredential::Certificate(key(n))), None);
        let rows = [
            app(1, 10),
            app(2, 20),
            app(1, 11),
            app(1, 10),
            row(SubjectKind::Application, 3, Some(PickedCredential::Secret(key(30))), Some(WhyStays::Secret)),
            // The same object id says nothing without its kind.
            row(
                SubjectKind::ServicePrincipal,
                2,
                Some(PickedCredential::Certificate(key(21))),
                Some(WhyStays::ReadOnly),
            ),
        ];
        let id = |n| ObjectId::new(Uuid::from_u128(n));
        assert_eq!(removals(&rows), [(id(1), vec![key(10), key(11)]), (id(2), vec![key(20)])]);
        assert_eq!(objects(&rows, SubjectKind::Application), [id(1), id(2), id(3)]);
    }
}
