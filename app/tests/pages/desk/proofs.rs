//! A token endpoint that knows one certificate.

use super::{OLD, SampleDesk, id};
use app::contract::ports::ProofsPort;
use app::contract::problem::Problem;
use app::contract::proofs::ProofTarget;
use domain::client_assertion::AssertionAnswer;
use domain::ids::{AppId, ObjectId};
use domain::upload;
use serde_json::json;

/// The client id of an app that was written to a moment ago.
pub const FRESH: u128 = 0xf5e5;
/// An assertion whose certificate is not on the app.
pub const UNKNOWN: &str = "of.an.unknown";

#[async_trait::async_trait]
impl ProofsPort for SampleDesk {
    async fn proof_target(&self, app: AppId) -> Result<ProofTarget, Problem> {
        let viewer = self.known()?;
        let old = upload::read_public(OLD.as_bytes()).expect("a certificate").leaf;
        Ok(ProofTarget {
            app: Some(ObjectId::new(id(1))),
            app_id: app,
            display_name: "Payroll export".into(),
            tenant_id: viewer.tenant_id,
            token_endpoint: format!("http://127.0.0.1:3411/{}/oauth2/v2.0/token", viewer.tenant_id),
            scope: "https://graph.microsoft.com/.default".into(),
            registered: vec![old.sha1()],
            fresh: app == AppId::new(id(FRESH)),
        })
    }

    async fn prove(&self, _: AppId, assertion: &str) -> Result<AssertionAnswer, Problem> {
        self.known()?;
        if assertion == UNKNOWN {
            let answer =
                "AADSTS700027: The certificate is not registered on application. [Reason - The key was not found.]";
            return Ok(AssertionAnswer::Refused { answer: answer.into(), codes: vec![700_027], request_id: None });
        }
        Ok(AssertionAnswer::Issued {
            claims: json!({"aud": "https://graph.microsoft.com"}).to_string(),
            expires_in: 3599,
            request_id: None,
        })
    }

    async fn prove_with_vault(&self, app: AppId, _: &str, _: &str, _: &str) -> Result<AssertionAnswer, Problem> {
        self.prove(app, "").await
    }
}
