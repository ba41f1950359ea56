//! The search over every app's credentials, and what the doctor asks of the directory.

pub use views::data::search::*;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait SearchPort: Send + Sync {
    /// Searches every app's credentials: a thumbprint in any spelling, a keyId, a name.
    async fn find_holders(&self, words: &str) -> Result<Holders, Problem>;
    /// What the directory and the portal know about what was pasted.
    async fn doctor_evidence(&self, request: &EvidenceRequest) -> Result<EvidenceView, Problem>;
}

/// Who holds it: a thumbprint in any spelling, a keyId, a name.
#[server(input = GetUrl, prefix = "/api", endpoint = "find-holders")]
pub async fn find_holders(words: String) -> Result<Holders, Problem> {
    desk()?.find_holders(&words).await
}

/// `app`: a client id or empty; `thumbprints`: SHA-1 in hexadecimal, comma separated; `certificate`: the SHA-256 of an
/// uploaded one or empty. Nothing else of what a person pasted is ever sent.
#[server(input = GetUrl, prefix = "/api", endpoint = "doctor-evidence")]
pub async fn doctor_evidence(
    #[server(default)] app: String,
    #[server(default)] thumbprints: String,
    #[server(default)] certificate: String,
) -> Result<EvidenceView, Problem> {
    let request = EvidenceRequest {
        app: if app.is_empty() { None } else { Some(parse("client id", &app)?) },
        thumbprints: thumbprints
            .split(',')
            .filter(|text| !text.is_empty())
            .map(|text| parse("SHA-1 thumbprint", text))
            .collect::<Result<_, _>>()?,
        certificate: if certificate.is_empty() { None } else { Some(parse("SHA-256 thumbprint", &certificate)?) },
    };
    desk()?.doctor_evidence(&request).await
}
