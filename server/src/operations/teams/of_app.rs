//! Which teams look after an app that was just read.

use crate::graph::Application;
use crate::operations::Context;
use crate::operations::sight::{memberships, with_given};
use crate::person::Person;
use crate::store::StoreError;
use app::contract::teams::TeamOfApp;
use domain::app_selector::AppFacts;
use domain::credentials::{Subject, SubjectKind};
use domain::ids::ObjectId;
use domain::teams::{Membership, Team};

/// `ownerless`: it has no owner at all. What the read did not show, such as its tags, is as the inventory has it.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    app: &Application,
    ownerless: bool,
) -> Result<Vec<TeamOfApp>, StoreError> {
    let teams = memberships(context, person).await;
    if teams.is_empty() {
        return Ok(vec![]);
    }
    let (teams, memberships): (Vec<&Team>, Vec<Membership>) = teams.into_iter().unzip();
    let teams = with_given(context, teams).await;
    let read = AppFacts { ownerless: Some(ownerless), ..app.facts() };
    let kept = kept(context, app.id).await?;
    let has = |team: &Team| {
        let selector = team.selector();
        selector.has(&read) || kept.as_ref().is_some_and(|kept| selector.has(kept))
    };
    let teams = teams.iter().zip(memberships).filter(|(team, _)| has(team));
    let view = |(team, membership): (&Team, Membership)| TeamOfApp {
        name: team.name.to_string(),
        technical: team.technical.as_ref().map(ToString::to_string),
        business: team.business.as_ref().map(ToString::to_string),
        mine: membership == Membership::Member,
    };
    Ok(teams.map(view).collect())
}

/// As the inventory has the app.
async fn kept(context: &Context, id: ObjectId) -> Result<Option<AppFacts>, StoreError> {
    let row = context.tenant.store.inventory_object(Subject { kind: SubjectKind::Application, id }).await?;
    Ok(row.filter(|row| row.gone_at.is_none()).and_then(|row| row.object.app_facts()))
}
