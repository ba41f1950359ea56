//! `trustedCertificateSubjects`: a Microsoft-internal property, in the beta only and not in every cloud.

use super::url::BETA;
use super::{Consistency, Graph};
use domain::ids::ObjectId;
use reqwest::Method;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(default)]
    trusted_certificate_subjects: Option<Vec<TrustedSubject>>,
}

/// Whose certificates count for the app, whatever is registered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrustedSubject {
    #[serde(default)]
    pub authority_id: String,
    #[serde(default)]
    pub subject_name: String,
}

impl Graph {
    /// Empty also where the beta does not answer: nothing that works depends on this property, and its absence must
    /// not take the page with it.
    pub async fn trusted_subjects(&self, bearer: &str, id: ObjectId) -> Vec<TrustedSubject> {
        let options = [("$select", "id,trustedCertificateSubjects")];
        let url = self.url(BETA, &["applications", &id.to_string()], &options);
        let read = self.send(bearer, Method::GET, url, Consistency::Default, None).await;
        let wire = read
            .and_then(|answer| answer.map(|value| serde_json::from_value::<Wire>(value).map_err(|e| e.to_string())));
        match wire {
            Ok(answer) => answer.value.trusted_certificate_subjects.unwrap_or_default(),
            Err(error) => {
                tracing::debug!(%error, %id, "trustedCertificateSubjects could not be read");
                vec![]
            }
        }
    }
}
