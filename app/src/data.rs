//! What the page's script asks for in the worker's name: JSON, or RFC 9457 problems.

use crate::contract::problem::Problem;
use crate::contract::proofs::ProofTarget;
use crate::contract::search::{EvidenceRequest, EvidenceView};
use crate::forms::{parse, problem_json, proofs};
use crate::visit::Visit;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use domain::client_assertion::AssertionAnswer;
use domain::ids::AppId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use views::data::proofs::ProofAttempt;
use views::scene;
use views::workbenches::proof::{Outcome, is_on_its_way};

pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/api/proof-target", get(async |visit: Visit| answer(proof_target(&visit).await)))
        .route("/api/doctor-evidence", get(async |visit: Visit| answer(doctor_evidence(&visit).await)))
        .route("/api/prove", post(async |visit: Visit, Form(order): Form<Order>| answer(prove(&visit, order).await)))
}

fn answer<T: Serialize>(result: Result<T, Problem>) -> Response {
    match result {
        Ok(value) => Json(value).into_response(),
        Err(problem) => problem_json(&problem),
    }
}

/// `?app=` a client id.
async fn proof_target(visit: &Visit) -> Result<ProofTarget, Problem> {
    visit.desk.proof_target(parse("client id", &visit.query().text("app"))?).await
}

/// `?app=` a client id; `?thumbprints=` SHA-1, comma separated; `?certificate=` a SHA-256 thumbprint. Each may be absent.
async fn doctor_evidence(visit: &Visit) -> Result<EvidenceView, Problem> {
    let query = visit.query();
    let text = |name: &str| Some(query.text(name)).filter(|text| !text.is_empty());
    let request = EvidenceRequest {
        app: text("app").map(|app| parse("client id", &app)).transpose()?,
        thumbprints: query
            .text("thumbprints")
            .split(',')
            .filter(|text| !text.is_empty())
            .map(|text| parse("SHA-1 thumbprint", text))
            .collect::<Result<_, _>>()?,
        certificate: text("certificate").map(|sha256| parse("SHA-256 thumbprint", &sha256)).transpose()?,
    };
    visit.desk.doctor_evidence(&request).await
}

/// A signed assertion, to be sent to the token endpoint once.
#[derive(Debug, Deserialize)]
struct Order {
    app: AppId,
    assertion: String,
    /// The first is 1.
    attempt: u32,
}

/// What came of it, judged: the page's worker has no doctor.
async fn prove(visit: &Visit, order: Order) -> Result<ProofAttempt, Problem> {
    let (desk, attempts) = (visit.desk.as_ref(), order.attempt);
    let target = desk.proof_target(order.app).await?;
    proofs::here(&target)?;
    let proof = desk.prove(order.app, &order.assertion).await?;
    if is_on_its_way(&proof, attempts, target.fresh)
        && let AssertionAnswer::Refused { answer, .. } = proof
    {
        return Ok(ProofAttempt::Wait { answer });
    }
    let subject = proofs::known(desk, target).await?;
    let scene = visit.scene(None, visit.here.clone(), None);
    Ok(ProofAttempt::Over { html: scene::render(scene, || view! { <Outcome subject proof attempts/> }) })
}
