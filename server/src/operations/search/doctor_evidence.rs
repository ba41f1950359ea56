//! What the directory knows about a refusal: the app's and its service principal's credentials, who else has the
//! certificate, what was there and went, and when it came.

use crate::graph::{Application, GraphError, ServicePrincipal};
use crate::http::problems;
use crate::operations::DeskState;
use crate::operations::certificates;
use crate::person::Person;
use crate::store::{PastPush, StoredCertificate};
use app::contract::certificates::CertificateSummary;
use app::contract::problem::Problem;
use app::contract::search::{EvidenceRequest, EvidenceView, Holding};
use domain::diff::DiffKind;
use domain::doctor::cloud::Cloud;
use domain::doctor::evidence::{Evidence, Holder, Removed};
use domain::ids::TenantId;
use domain::key_credential::KeyCredentials;
use domain::suitability::validity;
use domain::thumbprint::Thumbprint;
use std::sync::Arc;
use time::OffsetDateTime;

/// A paste names few thumbprints.
const MOST_THUMBPRINTS: usize = 20;

pub(crate) async fn handle(
    state: &Arc<DeskState>,
    person: &Person,
    request: &EvidenceRequest,
) -> Result<EvidenceView, Problem> {
    let tenant = person.viewer.tenant_id;
    let now = state.clock.now();
    let chosen = match request.certificate {
        Some(sha256) => Some(certificates::read::find(state, person, sha256).await?),
        None => None,
    };
    let mut thumbprints: Vec<Thumbprint> = request.thumbprints.iter().copied().take(MOST_THUMBPRINTS).collect();
    thumbprints.extend(chosen.as_ref().map(|stored| stored.certificate.sha1()));
    thumbprints.sort_unstable();
    thumbprints.dedup();

    let Read { app, service, trusted } = read(state, person, request).await?;
    let mut evidence = Evidence::at(now);
    evidence.app_id = request.app;
    evidence.app_name = app
        .as_ref()
        .map(|app| app.display_name.clone())
        .or_else(|| service.as_ref().map(|service| service.display_name.clone()));
    evidence.tenant = Some(tenant.to_string());
    evidence.cloud = state.token_endpoint.host().and_then(Cloud::of_host);
    evidence.certificate = chosen.as_ref().map(|stored| stored.certificate.clone());
    evidence.trusted_certificate_subjects = trusted;
    evidence.holders = holders(state, person, &thumbprints, app.as_ref()).await?;
    if let Some(app) = &app {
        let pushes = state.store.of(tenant).pushes_to(app.id).await?;
        evidence.removed = removed(state, tenant, app, &pushes, now).await?;
        evidence.registered_at = registered_at(&pushes, &thumbprints);
    }
    let at_hand = at_hand(state, tenant, &thumbprints, now).await?;
    let found = app.as_ref().map(|app| (app.id, app.app_id, app.display_name.clone()));
    evidence.service_principal_credentials = service.map(|service| service.key_credentials);
    evidence.app_credentials = app.map(|app| app.key_credentials);
    Ok(EvidenceView { evidence, app: found, at_hand })
}

#[derive(Default)]
struct Read {
    app: Option<Application>,
    service: Option<ServicePrincipal>,
    trusted: Option<bool>,
}

/// What the person may not see is not there for them; the doctor says less then, but it says it.
async fn read(state: &DeskState, person: &Person, request: &EvidenceRequest) -> Result<Read, Problem> {
    let Some(app_id) = request.app else { return Ok(Read::default()) };
    let token = state.token(person).await?;
    let (app, service) =
        tokio::join!(state.graph.application_of(&token, app_id), state.graph.service_principal_of(&token, app_id));
    let app = seen(app, "this app")?;
    let service = seen(service, "this service principal")?;
    let mut trusted = None;
    if let Some(app) = &app {
        state.observed(person.viewer.tenant_id, app.id, app.app_id, &app.display_name, &app.key_credentials).await;
        // An empty answer can also mean that the beta did not answer, so that only a full one says something.
        trusted = Some(state.graph.trusted_subjects(&token, app.id).await)
            .filter(|subjects| !subjects.is_empty())
            .map(|_| true);
    }
    Ok(Read { app, service, trusted })
}

fn seen<T>(read: Result<Option<T>, GraphError>, what: &str) -> Result<Option<T>, Problem> {
    match read {
        Err(GraphError::Denied(_)) => Ok(None),
        other => other.map_err(|error| problems::graph::of(&error, what)),
    }
}

async fn holders(
    state: &Arc<DeskState>,
    person: &Person,
    thumbprints: &[Thumbprint],
    app: Option<&Application>,
) -> Result<Vec<Holder>, Problem> {
    if thumbprints.is_empty() {
        return Ok(vec![]);
    }
    let now = state.clock.now();
    // The app itself is not another holder; its service principal is, since that is another object.
    let other = |holding: &Holding| app.is_none_or(|app| app.id != holding.object_id);
    let searched = state
        .look(
            person,
            |index| -> Vec<Holding> {
                thumbprints.iter().flat_map(|sha1| index.holders(*sha1, now)).filter(other).collect()
            },
            |found| !found.is_empty(),
        )
        .await?;
    let mut holders: Vec<Holder> = vec![];
    for holding in searched.value {
        if holders.iter().all(|known| known.object_id != Some(holding.object_id)) {
            holders.push(Holder {
                name: holding.display_name,
                app_id: holding.app_id,
                object_id: Some(holding.object_id),
                is_service_principal: holding.on_service_principal,
            });
        }
    }
    Ok(holders)
}

/// From the portal's own pushes, which know who, and from what earlier reads showed, which do not.
async fn removed(
    state: &DeskState,
    tenant: TenantId,
    app: &Application,
    pushes: &[PastPush],
    now: OffsetDateTime,
) -> Result<Vec<Removed>, Problem> {
    let has = |thumbprint| has(&app.key_credentials, thumbprint);
    let mut removed: Vec<Removed> = vec![];
    for push in pushes {
        let rows = push.result.iter().filter_map(|result| result.diff.as_ref()).flat_map(|diff| &diff.rows);
        for row in rows.filter(|row| row.kind == DiffKind::Removed) {
            let Some(thumbprint) = row.thumbprint else { continue };
            if !has(thumbprint) && removed.iter().all(|known| known.thumbprint != thumbprint) {
                let by = Some(push.who.clone());
                removed.push(Removed { thumbprint, key_id: row.key_id, at: push.at, by });
            }
        }
    }
    for gone in state.store.of(tenant).gone(app.id, &app.key_credentials).await? {
        if removed.iter().all(|known| known.thumbprint != gone.thumbprint) {
            let at = gone.at.unwrap_or(now);
            removed.push(Removed { thumbprint: gone.thumbprint, key_id: gone.key_id, at, by: None });
        }
    }
    Ok(removed)
}

fn has(keys: &KeyCredentials, thumbprint: Thumbprint) -> bool {
    keys.iter().any(|entry| entry.thumbprint() == Some(thumbprint))
}

/// When one of these was last pushed to the app from here.
fn registered_at(pushes: &[PastPush], thumbprints: &[Thumbprint]) -> Option<OffsetDateTime> {
    let of_these = |push: &&PastPush| push.thumbprints.iter().any(|thumbprint| thumbprints.contains(thumbprint));
    pushes.iter().filter(of_these).map(|push| push.at).max()
}

async fn at_hand(
    state: &DeskState,
    tenant: TenantId,
    thumbprints: &[Thumbprint],
    now: OffsetDateTime,
) -> Result<Vec<CertificateSummary>, Problem> {
    let mut found = vec![];
    for thumbprint in thumbprints {
        let stored = state.store.of(tenant).certificates_with(*thumbprint).await?;
        found.extend(stored.iter().map(|one| summary(one, now)));
    }
    Ok(found)
}

fn summary(stored: &StoredCertificate, now: OffsetDateTime) -> CertificateSummary {
    let facts = stored.certificate.facts();
    CertificateSummary {
        sha256: facts.sha256,
        sha1: facts.sha1,
        subject: facts.subject.clone(),
        not_after: facts.not_after,
        validity: validity(Some(facts.not_before), Some(facts.not_after), now),
        uploaded_at: stored.uploaded_at,
    }
}
