//! Certificates that people uploaded.

pub use views::data::certificates::*;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait CertificatesPort: Send + Sync {
    /// Reads a certificate by content, keeps it, and answers its SHA-256. Refuses a body that holds a private key.
    async fn keep_certificate(&self, bytes: &[u8]) -> Result<Sha256Thumbprint, Problem>;
    /// One that anybody of this tenant has uploaded.
    async fn certificate(&self, sha256: Sha256Thumbprint) -> Result<CertificateView, Problem>;
}

/// `GET /api/certificate`: `sha256` in hexadecimal.
#[server(input = GetUrl, prefix = "/api", endpoint = "certificate")]
pub async fn certificate(sha256: String) -> Result<CertificateView, Problem> {
    desk()?.certificate(parse("SHA-256 thumbprint", &sha256)?).await
}

/// Takes a certificate as text: PEM, PKCS#7 PEM, or base64 DER. The browser sends what it read from a file this way
/// too, so that a private key beside the certificate never travels.
///
/// `app`: the object id of an app that the certificate is meant for, or empty; it stays chosen on the way.
#[server(prefix = "/api", endpoint = "keep-certificate")]
pub async fn keep_certificate(text: String, #[server(default)] app: String) -> Result<(), Problem> {
    let sha256 = desk()?.keep_certificate(text.as_bytes()).await?;
    leptos_axum::redirect(&certificate_url(sha256, &app));
    Ok(())
}

pub(super) fn certificate_url(sha256: Sha256Thumbprint, app: &str) -> String {
    let app = app.parse::<domain::ids::ObjectId>().map(|id| id.to_string()).unwrap_or_default();
    href(&Route::Certificate(sha256).to_string(), [("app", app.as_str())])
}

/// Takes a certificate as a file, for browsers without WebAssembly.
#[server(input = MultipartFormData, prefix = "/api", endpoint = "upload-certificate")]
pub async fn upload_certificate(data: MultipartData) -> Result<(), Problem> {
    let unreadable =
        |e: String| Problem::new(422, "bad-form", "The upload could not be read", e).advice("Choose the file again.");
    let mut form = data.into_inner().ok_or_else(|| unreadable("It was not a form with a file.".into()))?;
    let mut bytes = Vec::new();
    let mut app = String::new();
    while let Some(field) = form.next_field().await.map_err(|e| unreadable(e.to_string()))? {
        let for_app = field.name() == Some("app");
        let content = field.bytes().await.map_err(|e| unreadable(e.to_string()))?;
        if for_app {
            app = String::from_utf8_lossy(&content).into_owned();
        } else if !content.is_empty() && bytes.is_empty() {
            // The form has a file field and a paste field; whichever is filled counts.
            bytes = content.to_vec();
        }
    }
    let sha256 = desk()?.keep_certificate(&bytes).await?;
    leptos_axum::redirect(&certificate_url(sha256, &app));
    Ok(())
}
