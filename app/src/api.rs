//! Server functions: each unpacks a form or a query, calls one method of the [`Desk`](crate::desk::Desk), and
//! for forms redirects to the next page, so that every one of them also works as a plain HTML form.

use crate::desk::{
    AppDetail, AppQuery, AppRow, AuditQuery, AuditRow, CertificateView, EvidenceView, Holders, Overview, Page,
    PlanView, Problem, Proof, ProofTarget, Receipt, VaultCertificate, Viewer,
};
use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, MultipartData, MultipartFormData};
#[cfg(feature = "ssr")]
use {
    crate::desk::{Desk, EvidenceRequest, PlanRequest, PushMode},
    crate::query::href,
    crate::route::Route,
    std::sync::Arc,
};

#[cfg(feature = "ssr")]
fn desk() -> Result<Arc<dyn Desk>, Problem> {
    use_context::<Arc<dyn Desk>>().ok_or_else(|| {
        Problem::new(500, "no-desk", "Something failed on the server", "No desk was provided for this request.")
    })
}

#[cfg(feature = "ssr")]
fn parse<T: std::str::FromStr>(what: &str, value: &str) -> Result<T, Problem> {
    value.parse().map_err(|_| {
        Problem::new(
            422,
            "bad-value",
            format!("That is not a valid {what}"),
            format!("“{value}” cannot be read as a {what}."),
        )
        .advice("Go back and choose again.")
    })
}

#[server(name = ReadViewer, input = GetUrl, prefix = "/api", endpoint = "viewer")]
pub async fn viewer() -> Result<Option<Viewer>, Problem> {
    desk()?.viewer().await
}

#[server(name = ReadOverview, input = GetUrl, prefix = "/api", endpoint = "overview")]
pub async fn overview() -> Result<Overview, Problem> {
    desk()?.overview().await
}

#[server(input = GetUrl, prefix = "/api", endpoint = "certificate")]
pub async fn certificate(sha256: String) -> Result<CertificateView, Problem> {
    desk()?.certificate(parse("SHA-256 thumbprint", &sha256)?).await
}

#[server(input = GetUrl, prefix = "/api", endpoint = "apps")]
pub async fn apps(query: AppQuery) -> Result<Page<AppRow>, Problem> {
    desk()?.apps(&query).await
}

/// `ids`: object ids, comma separated.
#[server(input = GetUrl, prefix = "/api", endpoint = "app-names")]
pub async fn app_names(ids: String) -> Result<Vec<(String, String)>, Problem> {
    let ids =
        ids.split(',').filter(|id| !id.is_empty()).map(|id| parse("object id", id)).collect::<Result<Vec<_>, _>>()?;
    Ok(desk()?.app_names(&ids).await?.into_iter().map(|(id, name)| (id.to_string(), name)).collect())
}

#[server(input = GetUrl, prefix = "/api", endpoint = "app")]
pub async fn app(id: String) -> Result<AppDetail, Problem> {
    desk()?.app(parse("object id", &id)?).await
}

#[server(input = GetUrl, prefix = "/api", endpoint = "plan")]
pub async fn plan(id: String) -> Result<PlanView, Problem> {
    desk()?.plan(parse("plan id", &id)?).await
}

#[server(name = ReadReceipt, input = GetUrl, prefix = "/api", endpoint = "receipt")]
pub async fn receipt(id: String) -> Result<Receipt, Problem> {
    desk()?.receipt(parse("receipt id", &id)?).await
}

#[server(input = GetUrl, prefix = "/api", endpoint = "audit")]
pub async fn audit(query: AuditQuery) -> Result<Page<AuditRow>, Problem> {
    desk()?.audit(&query).await
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

#[cfg(feature = "ssr")]
fn certificate_url(sha256: domain::thumbprint::Sha256Thumbprint, app: &str) -> String {
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

/// Makes a preview. `mode` is `append` or `replace`; an empty `display_name` means the certificate's subject.
#[server(prefix = "/api", endpoint = "draft-plan")]
pub async fn draft_plan(
    certificate: String,
    #[server(default)] app: Vec<String>,
    #[server(default)] mode: String,
    #[server(default)] display_name: String,
) -> Result<(), Problem> {
    let request = PlanRequest {
        certificate: parse("SHA-256 thumbprint", &certificate)?,
        apps: app.iter().map(|id| parse("object id", id)).collect::<Result<_, _>>()?,
        mode: if mode == "replace" { PushMode::Replace } else { PushMode::Append },
        display_name,
    };
    let id = desk()?.draft_plan(&request).await?;
    leptos_axum::redirect(&Route::Plan(id).to_string());
    Ok(())
}

/// Pushes a preview once. `confirm_removal` is `on` where the person ticked that entries will go.
#[server(prefix = "/api", endpoint = "push")]
pub async fn push(plan: String, #[server(default)] confirm_removal: String) -> Result<(), Problem> {
    let id = desk()?.push(parse("plan id", &plan)?, confirm_removal == "on").await?;
    leptos_axum::redirect(&Route::Receipt(id).to_string());
    Ok(())
}

/// From the doctor's verdict to a preview in one step: keeps the certificate where it is sent along as `text`, and makes
/// a preview that adds it to the app with this object id. `certificate`: the SHA-256 of one that was kept before.
#[server(prefix = "/api", endpoint = "register")]
pub async fn register(
    app: String,
    #[server(default)] text: String,
    #[server(default)] certificate: String,
) -> Result<(), Problem> {
    let desk = desk()?;
    let app = parse("object id", &app)?;
    let certificate = if text.is_empty() {
        parse("SHA-256 thumbprint", &certificate)?
    } else {
        desk.keep_certificate(text.as_bytes()).await?
    };
    let request = PlanRequest { certificate, apps: vec![app], mode: PushMode::Append, display_name: String::new() };
    let id = desk.draft_plan(&request).await?;
    leptos_axum::redirect(&Route::Plan(id).to_string());
    Ok(())
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

/// `app`: a client id.
#[server(name = ReadProofTarget, input = GetUrl, prefix = "/api", endpoint = "proof-target")]
pub async fn proof_target(app: String) -> Result<ProofTarget, Problem> {
    desk()?.proof_target(parse("client id", &app)?).await
}

/// Relays an assertion that the browser has signed.
#[server(prefix = "/api", endpoint = "prove")]
pub async fn prove(app: String, assertion: String) -> Result<Proof, Problem> {
    desk()?.prove(parse("client id", &app)?, &assertion).await
}

#[server(prefix = "/api", endpoint = "prove-with-vault")]
pub async fn prove_with_vault(
    app: String,
    vault: String,
    name: String,
    #[server(default)] version: String,
) -> Result<Proof, Problem> {
    desk()?.prove_with_vault(parse("client id", &app)?, &vault, &name, &version).await
}

#[server(input = GetUrl, prefix = "/api", endpoint = "vault-certificates")]
pub async fn vault_certificates(vault: String) -> Result<Vec<VaultCertificate>, Problem> {
    desk()?.vault_certificates(&vault).await
}

#[server(prefix = "/api", endpoint = "import-from-vault")]
pub async fn import_from_vault(vault: String, name: String, #[server(default)] version: String) -> Result<(), Problem> {
    let sha256 = desk()?.import_from_vault(&vault, &name, &version).await?;
    leptos_axum::redirect(&certificate_url(sha256, ""));
    Ok(())
}

/// Keeps the person's choice of theme in a cookie, for browsers without WebAssembly. `theme` is `light`, `dark` or
/// `system`; `back` is the path to return to.
#[allow(clippy::unused_async, reason = "a server function has to be async")]
#[server(prefix = "/api", endpoint = "theme")]
pub async fn set_theme(theme: String, #[server(default)] back: String) -> Result<(), Problem> {
    let cookie = crate::browser::THEME_COOKIE;
    let cookie = match theme.as_str() {
        "light" | "dark" => format!("{cookie}={theme}; Path=/; Max-Age=31536000; SameSite=Lax"),
        _ => format!("{cookie}=; Path=/; Max-Age=0; SameSite=Lax"),
    };
    if let (Some(response), Ok(cookie)) =
        (use_context::<leptos_axum::ResponseOptions>(), axum::http::HeaderValue::from_str(&cookie))
    {
        response.append_header(axum::http::header::SET_COOKIE, cookie);
    }
    // Only a path of this portal: `//host` and `/\host` would leave it.
    let own = back.starts_with('/') && !back[1..].starts_with(['/', '\\']) && back.chars().all(|c| !c.is_control());
    leptos_axum::redirect(if own && back.is_ascii() { &back } else { "/" });
    Ok(())
}
