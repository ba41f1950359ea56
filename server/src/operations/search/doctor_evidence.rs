//! What the directory knows about a refusal: the app's and its service principal's credentials, who else has the
//! certificate, what was there and went, and when it came.

use crate::graph::{Application, GraphError, ServicePrincipal};
use crate::index::{Index, LookError};
use crate::operations::Context;
use crate::operations::certificates::read::{FindCertificateError, find, summary};
use crate::person::{Person, TokenError};
use crate::store::{PastPush, StoreError, StoredCertificate};
use app::contract::certificates::CertificateSummary;
use app::contract::search::{EvidenceRequest, EvidenceView, Holding};
use domain::diff::DiffKind;
use domain::doctor::cloud::Cloud;
use domain::doctor::evidence::{Evidence, Holder, NoApp, Removed};
use domain::ids::{AppId, ObjectId};
use domain::key_credential::KeyCredentials;
use domain::thumbprint::Thumbprint;
use std::collections::{BTreeSet, HashSet};
use time::OffsetDateTime;

/// A paste names few thumbprints.
const MOST_THUMBPRINTS: usize = 20;

/// Why the directory was not asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EvidenceError {
    #[error(transparent)]
    Certificate(#[from] FindCertificateError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("the app could not be read: {0}")]
    App(GraphError),
    #[error("the service principal could not be read: {0}")]
    ServicePrincipal(GraphError),
    #[error(transparent)]
    Look(#[from] LookError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    request: &EvidenceRequest,
) -> Result<EvidenceView, EvidenceError> {
    let tenant = &context.tenant;
    let chosen = match request.certificate {
        Some(sha256) => Some(find(context, person, sha256).await?),
        None => None,
    };
    let thumbprints = thumbprints(request, chosen.as_ref());
    let found_app = read(context, person, request).await?;
    let mut evidence = Evidence::at(context.now());
    evidence.app_id = found_app.app_id();
    evidence.app_name = found_app.name().map(str::to_owned);
    let FoundApp { app, service, trusted, no_app } = found_app;
    evidence.no_app = no_app;
    evidence.tenant = Some(tenant.id.to_string());
    evidence.cloud = tenant.token_endpoint.host().and_then(Cloud::of_host);
    evidence.certificate = chosen.as_ref().map(|stored| stored.certificate.clone());
    evidence.trusted_certificate_subjects = trusted;
    evidence.holders = holders(context, person, &thumbprints, app.as_ref()).await?;
    if let Some(app) = &app {
        let pushes = tenant.store.pushes_to(app.id).await?;
        evidence.removed = removed(context, app, &pushes).await?;
        evidence.registered_at = registered_at(&pushes, &thumbprints);
    }
    let at_hand = at_hand(context, &thumbprints).await?;
    let found = app.as_ref().map(|app| (app.id, app.app_id, app.display_name.clone()));
    evidence.service_principal_credentials = service.map(|service| service.key_credentials);
    evidence.app_credentials = app.map(|app| app.key_credentials);
    Ok(EvidenceView { evidence, app: found, at_hand })
}

/// Those in the paste and that of the chosen certificate, each once.
fn thumbprints(request: &EvidenceRequest, chosen: Option<&StoredCertificate>) -> Vec<Thumbprint> {
    let pasted = request.thumbprints.iter().copied().take(MOST_THUMBPRINTS);
    let all: BTreeSet<Thumbprint> = pasted.chain(chosen.map(|stored| stored.certificate.sha1())).collect();
    all.into_iter().collect()
}

#[derive(Default)]
struct FoundApp {
    app: Option<Application>,
    service: Option<ServicePrincipal>,
    trusted: Option<bool>,
    no_app: Option<NoApp>,
}

impl FoundApp {
    fn app_id(&self) -> Option<AppId> {
        self.app.as_ref().map(|app| app.app_id).or(self.service.as_ref().map(|service| service.app_id))
    }

    fn name(&self) -> Option<&str> {
        let of_service = || self.service.as_ref().map(|service| service.display_name.as_str());
        self.app.as_ref().map(|app| app.display_name.as_str()).or_else(of_service)
    }
}

/// What the person may not see is not there for them; the doctor says less then, but it says it.
async fn read(context: &Context, person: &Person, request: &EvidenceRequest) -> Result<FoundApp, EvidenceError> {
    let Some(app_id) = request.app else { return Ok(FoundApp::default()) };
    let token = person.tokens.graph_token().await?;
    let tenant = &context.tenant;
    let (app, service) =
        tokio::join!(tenant.graph.application_of(&token, app_id), tenant.graph.service_principal_of(&token, app_id));
    // Refused is not absent.
    let absent = matches!((&app, &service), (Ok(None), Ok(None)));
    let app = seen(app).map_err(EvidenceError::App)?;
    let service = seen(service).map_err(EvidenceError::ServicePrincipal)?;
    let mut trusted = None;
    if let Some(app) = &app {
        tenant.directory.observed(app).await;
        // An empty answer can also mean that the beta did not answer, so that only a full one says something.
        trusted = Some(tenant.graph.trusted_subjects(&token, app.id).await)
            .filter(|subjects| !subjects.is_empty())
            .map(|_| true);
    }
    let no_app = if absent {
        Some(NoApp { id: app_id, object_of: object(context, &token, ObjectId::new(app_id.uuid())).await? })
    } else {
        None
    };
    Ok(FoundApp { app, service, trusted, no_app })
}

/// What has this object id, which is easily taken for a client id.
async fn object(context: &Context, token: &str, id: ObjectId) -> Result<Option<Holder>, EvidenceError> {
    let graph = &context.tenant.graph;
    let app = match graph.application_without_keys(token, id).await {
        Ok(answer) => Some(answer.value),
        Err(GraphError::NotFound(_) | GraphError::Denied(_)) => None,
        Err(error) => return Err(EvidenceError::App(error)),
    };
    let holder =
        |name, app_id, is_service_principal| Holder { name, app_id, object_id: Some(id), is_service_principal };
    if let Some(app) = app {
        return Ok(Some(holder(app.display_name, app.app_id, false)));
    }
    let service = seen(graph.service_principal(token, id).await).map_err(EvidenceError::ServicePrincipal)?;
    Ok(service.map(|service| holder(service.display_name, service.app_id, true)))
}

fn seen<T>(read: Result<Option<T>, GraphError>) -> Result<Option<T>, GraphError> {
    match read {
        Err(GraphError::Denied(_)) => Ok(None),
        other => other,
    }
}

async fn holders(
    context: &Context,
    person: &Person,
    thumbprints: &[Thumbprint],
    app: Option<&Application>,
) -> Result<Vec<Holder>, EvidenceError> {
    if thumbprints.is_empty() {
        return Ok(vec![]);
    }
    let (now, token) = (context.now(), person.tokens.graph_token().await?);
    // The app itself is not another holder; its service principal is, since that is another object.
    let other = |holding: &Holding| app.is_none_or(|app| app.id != holding.object_id);
    let found = |index: &Index| -> Vec<Holding> {
        thumbprints.iter().flat_map(|sha1| index.holders(*sha1, now)).filter(other).collect()
    };
    let directory = &context.tenant.directory;
    let searched = directory.look(&token, person.viewer.object_id, found, |found| !found.is_empty()).await?;
    let mut seen = HashSet::new();
    let first = searched.value.into_iter().filter(|holding| seen.insert(holding.object_id));
    Ok(first.map(holder).collect())
}

fn holder(holding: Holding) -> Holder {
    Holder {
        name: holding.display_name,
        app_id: holding.app_id,
        object_id: Some(holding.object_id),
        is_service_principal: holding.on_service_principal,
    }
}

/// From the portal's own pushes, which know who, and from what earlier reads showed, which do not.
async fn removed(context: &Context, app: &Application, pushes: &[PastPush]) -> Result<Vec<Removed>, StoreError> {
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
    for gone in context.tenant.store.gone(app.id, &app.key_credentials).await? {
        if removed.iter().all(|known| known.thumbprint != gone.thumbprint) {
            let at = gone.at.unwrap_or_else(|| context.now());
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

async fn at_hand(context: &Context, thumbprints: &[Thumbprint]) -> Result<Vec<CertificateSummary>, StoreError> {
    let now = context.now();
    let mut found = vec![];
    for thumbprint in thumbprints {
        let stored = context.tenant.store.certificates_with(*thumbprint).await?;
        found.extend(stored.iter().map(|one| summary(one, now)));
    }
    Ok(found)
}
