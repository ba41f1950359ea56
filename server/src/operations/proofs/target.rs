//! Where an app's client assertion has to go.

use crate::http::problems;
use crate::operations::DeskState;
use crate::person::Person;
use app::contract::problem::Problem;
use app::contract::proofs::ProofTarget;
use domain::ids::AppId;
use domain::key_credential::KeyCredential;
use domain::suitability::{Validity, validity};
use time::{Duration, OffsetDateTime};

/// Reports of delays after a write reach from 4 seconds to some minutes; there is no promise.
const PROPAGATION: Duration = Duration::minutes(15);

pub(crate) async fn handle(state: &DeskState, person: &Person, app_id: AppId) -> Result<ProofTarget, Problem> {
    let token = state.token(person).await?;
    let (app, service) =
        tokio::join!(state.graph.application_of(&token, app_id), state.graph.service_principal_of(&token, app_id));
    let app = app.map_err(|e| problems::graph::of(&e, "this app"))?;
    // It only adds what it has: the app can be proved without it.
    let service = service.ok().flatten();
    let (tenant, now) = (person.viewer.tenant_id, state.clock.now());
    let Some(display_name) =
        app.as_ref().map(|a| a.display_name.clone()).or_else(|| service.as_ref().map(|s| s.display_name.clone()))
    else {
        return Err(Problem::new(
            404,
            "app-not-found",
            "This directory has no such app",
            format!(
                "It has neither an app registration nor a service principal with the application (client) id {app_id}."
            ),
        )
        .advice("Check the id. If the app is of another directory, sign in there."));
    };
    let mut fresh = false;
    if let Some(app) = &app {
        state.observed(tenant, app.id, app.app_id, &app.display_name, &app.key_credentials).await;
        let pushes = state.store.of(tenant).pushes_to(app.id).await?;
        fresh = pushes.first().is_some_and(|push| now - push.at <= PROPAGATION);
    }
    let entries = app
        .iter()
        .flat_map(|app| app.key_credentials.iter())
        .chain(service.iter().flat_map(|service| service.key_credentials.iter()));
    let mut registered: Vec<_> =
        entries.filter(|entry| in_force(entry, now)).filter_map(KeyCredential::thumbprint).collect();
    registered.sort_unstable();
    registered.dedup();
    Ok(ProofTarget {
        app: app.map(|app| app.id),
        app_id,
        display_name,
        tenant_id: tenant,
        token_endpoint: state.token_endpoint.url(tenant),
        scope: state.token_endpoint.scope().to_owned(),
        registered,
        fresh,
    })
}

fn in_force(entry: &KeyCredential, now: OffsetDateTime) -> bool {
    entry.is_for_sign_in() && matches!(validity(entry.start(), entry.end(), now), Validity::Valid | Validity::EndsSoon)
}
