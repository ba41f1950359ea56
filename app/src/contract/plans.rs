//! Previews: what would be sent, before anything is.

pub use views::data::plans::*;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait PlansPort: Send + Sync {
    /// Reads every app, works out what would be sent, keeps it, answers its id.
    async fn draft_plan(&self, request: &PlanRequest) -> Result<Uuid, Problem>;
    /// `page`: of its apps, from 1.
    async fn plan(&self, id: Uuid, page: u32) -> Result<PlanView, Problem>;
}

/// `GET /api/plan`: `page` of its apps, from 1.
#[server(input = GetUrl, prefix = "/api", endpoint = "plan")]
pub async fn plan(id: String, page: u32) -> Result<PlanView, Problem> {
    desk()?.plan(parse("plan id", &id)?, page).await
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

pub(super) async fn draft(request: &PlanRequest) -> Result<(), Problem> {
    let id = desk()?.draft_plan(request).await?;
    leptos_axum::redirect(&Route::Plan(id).to_string());
    Ok(())
}

fn chosen(app: &[String], all: &str, scope: &str, search: String) -> Result<Chosen, Problem> {
    if all != "on" {
        return parse_all("object id", app).map(Chosen::These);
    }
    let scope = if scope == "mine" { Scope::Mine } else { Scope::All };
    Ok(Chosen::Found(AppQuery { scope, search, page: 1, descending: false }))
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
