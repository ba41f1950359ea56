//! Server functions: each unpacks a form or a query, calls one method of the [`Desk`](crate::desk::Desk), and
//! for forms redirects to the next page, so that every one of them also works as a plain HTML form.

#![allow(clippy::too_many_arguments, reason = "a server function takes the fields of its form")]

use crate::desk::{
    AppDetail, AppQuery, AppRow, AuditQuery, AuditRow, CertificateView, EvidenceView, Holders, Overview, Page,
    PlanView, Problem, Progress, Proof, ProofTarget, Receipt, ReceiptQuery, Retirement, StateComparison, StateRow,
    VaultCertificate, Viewer,
};
use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, MultipartData, MultipartFormData};
#[cfg(feature = "ssr")]
use {
    crate::desk::{Chosen, Desk, EvidenceRequest, Pace, PlanRequest, PushMode, Scope, Steer},
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
pub async fn plan(id: String, page: u32) -> Result<PlanView, Problem> {
    desk()?.plan(parse("plan id", &id)?, page).await
}

#[server(name = ReadReceipt, input = GetUrl, prefix = "/api", endpoint = "receipt")]
pub async fn receipt(id: String, query: ReceiptQuery) -> Result<Receipt, Problem> {
    desk()?.receipt(parse("receipt id", &id)?, &query).await
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

/// Makes a preview that adds certificates. `mode` is `append`, `replace` or `rotate`; an empty `display_name` means the
/// certificate's subject. `all` is `on` where everything that `scope` and `search` find is meant, not `app`.
#[server(prefix = "/api", endpoint = "draft-plan")]
pub async fn draft_plan(
    certificate: Vec<String>,
    #[server(default)] app: Vec<String>,
    #[server(default)] all: String,
    #[server(default)] scope: String,
    #[server(default)] search: String,
    #[server(default)] mode: String,
    #[server(default)] display_name: String,
    #[server(default)] overlap_days: String,
) -> Result<(), Problem> {
    draft(&PlanRequest::Add {
        certificates: parse_all("SHA-256 thumbprint", &certificate)?,
        apps: chosen(&app, &all, &scope, search)?,
        mode: match mode.as_str() {
            "replace" => PushMode::Replace,
            "rotate" => PushMode::Rotate,
            _ => PushMode::Append,
        },
        display_name,
        overlap_days: if overlap_days.is_empty() { 0 } else { parse("number of days", &overlap_days)? },
    })
    .await
}

/// Makes a preview out of a table: text, or a file that the browser has read into the same field.
#[server(prefix = "/api", endpoint = "draft-table")]
pub async fn draft_table(csv: String) -> Result<(), Problem> {
    draft(&PlanRequest::Table { csv }).await
}

/// Makes a preview of what a push was to do, for the apps on which it did not end well.
#[server(prefix = "/api", endpoint = "draft-again")]
pub async fn draft_again(receipt: String) -> Result<(), Problem> {
    draft(&PlanRequest::Again { receipt: parse("receipt id", &receipt)? }).await
}

/// Makes a preview that removes entries of one app.
#[server(prefix = "/api", endpoint = "draft-retire")]
pub async fn draft_retire(app: String, #[server(default)] key_id: Vec<String>) -> Result<(), Problem> {
    draft(&PlanRequest::Retire { app: parse("object id", &app)?, key_ids: parse_all("keyId", &key_id)? }).await
}

/// Makes a preview that removes one certificate from many apps.
#[server(prefix = "/api", endpoint = "draft-retire-certificate")]
pub async fn draft_retire_certificate(thumbprint: String, #[server(default)] app: Vec<String>) -> Result<(), Problem> {
    let apps = Chosen::These(parse_all("object id", &app)?);
    draft(&PlanRequest::RetireCertificate { thumbprint: parse("SHA-1 thumbprint", &thumbprint)?, apps }).await
}

/// Makes a preview that adds certificates which another app has.
#[server(prefix = "/api", endpoint = "draft-copy")]
pub async fn draft_copy(
    from: String,
    #[server(default)] key_id: Vec<String>,
    #[server(default)] app: Vec<String>,
    #[server(default)] all: String,
    #[server(default)] scope: String,
    #[server(default)] search: String,
) -> Result<(), Problem> {
    let apps = chosen(&app, &all, &scope, search)?;
    draft(&PlanRequest::Copy { from: parse("object id", &from)?, key_ids: parse_all("keyId", &key_id)?, apps }).await
}

/// Makes a preview that brings back an earlier state. `exactly` is `on` where later entries are to go.
#[server(prefix = "/api", endpoint = "draft-restore")]
pub async fn draft_restore(app: String, state: String, #[server(default)] exactly: String) -> Result<(), Problem> {
    let (app, state) = (parse("object id", &app)?, parse("state", &state)?);
    draft(&PlanRequest::Restore { app, state, exactly: exactly == "on" }).await
}

#[cfg(feature = "ssr")]
async fn draft(request: &PlanRequest) -> Result<(), Problem> {
    let id = desk()?.draft_plan(request).await?;
    leptos_axum::redirect(&Route::Plan(id).to_string());
    Ok(())
}

#[cfg(feature = "ssr")]
fn parse_all<T: std::str::FromStr>(what: &str, values: &[String]) -> Result<Vec<T>, Problem> {
    values.iter().map(|value| parse(what, value)).collect()
}

#[cfg(feature = "ssr")]
fn chosen(app: &[String], all: &str, scope: &str, search: String) -> Result<Chosen, Problem> {
    if all != "on" {
        return parse_all("object id", app).map(Chosen::These);
    }
    let scope = if scope == "mine" { Scope::Mine } else { Scope::All };
    Ok(Chosen::Found(AppQuery { scope, search, page: 1, descending: false }))
}

/// Begins a push, once per preview. `typed`: the words that the preview asks for where entries will go.
#[server(prefix = "/api", endpoint = "push")]
pub async fn push(
    plan: String,
    #[server(default)] typed: String,
    #[server(default)] canary: String,
    #[server(default)] second: String,
    #[server(default)] ask_between: String,
    #[server(default)] halt_at: String,
) -> Result<(), Problem> {
    fn number<T: std::str::FromStr>(what: &str, value: &str, absent: T) -> Result<T, Problem> {
        if value.is_empty() { Ok(absent) } else { parse(what, value) }
    }
    let usual = Pace::default();
    let pace = Pace {
        canary: number("number of apps", &canary, usual.canary)?,
        second: number("percentage", &second, usual.second)?,
        ask_between: ask_between == "on",
        halt_at: number("percentage", &halt_at, usual.halt_at)?,
    };
    let id = desk()?.push(parse("plan id", &plan)?, &typed, pace).await?;
    leptos_axum::redirect(&Route::Receipt(id).to_string());
    Ok(())
}

/// `steer` is `pause`, `resume` or `cancel`.
#[server(name = SteerPush, prefix = "/api", endpoint = "steer")]
pub async fn steer(receipt: String, steer: String) -> Result<(), Problem> {
    let receipt = parse("receipt id", &receipt)?;
    let steer = match steer.as_str() {
        "pause" => Steer::Pause,
        "resume" => Steer::Resume,
        "cancel" => Steer::Cancel,
        other => {
            let why = format!("“{other}” is none of pause, resume and cancel.");
            return Err(Problem::new(422, "bad-value", "That is not a valid order", why));
        }
    };
    desk()?.steer(receipt, steer).await?;
    leptos_axum::redirect(&Route::Receipt(receipt).to_string());
    Ok(())
}

#[server(name = ReadProgress, input = GetUrl, prefix = "/api", endpoint = "progress")]
pub async fn progress(receipt: String) -> Result<Progress, Problem> {
    desk()?.progress(parse("receipt id", &receipt)?).await
}

#[server(name = ReadStates, input = GetUrl, prefix = "/api", endpoint = "states")]
pub async fn states(app: String, page: u32) -> Result<Page<StateRow>, Problem> {
    desk()?.states(parse("object id", &app)?, page).await
}

/// `newer`: empty for the app as it is now.
#[server(name = ReadStateComparison, input = GetUrl, prefix = "/api", endpoint = "compare-states")]
pub async fn compare_states(
    app: String,
    older: String,
    #[server(default)] newer: String,
) -> Result<StateComparison, Problem> {
    let newer = if newer.is_empty() { None } else { Some(parse("state", &newer)?) };
    desk()?.compare_states(parse("object id", &app)?, parse("state", &older)?, newer).await
}

#[server(name = ReadRetirements, input = GetUrl, prefix = "/api", endpoint = "retirements")]
pub async fn retirements(page: u32) -> Result<Page<Retirement>, Problem> {
    desk()?.retirements(page).await
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
    draft(&PlanRequest::Add {
        certificates: vec![certificate],
        apps: Chosen::These(vec![app]),
        mode: PushMode::Append,
        display_name: String::new(),
        overlap_days: 0,
    })
    .await
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
