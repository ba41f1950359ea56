use super::{Done, Fields, bad_selection};
use crate::contract::Desk;
use crate::contract::apps::{AppQuery, Scope};
use crate::contract::inventory::Selection;
use crate::contract::plans::{Chosen, PlanRequest};
use crate::contract::problem::Problem;
use domain::rollout::PushMode;
use views::pages::inventory::Asked;
use views::route::Route;

async fn draft(desk: &dyn Desk, request: &PlanRequest) -> Result<Done, Problem> {
    Ok(Route::Plan(desk.draft_plan(request).await?).into())
}

/// `certificate[]`: SHA-256 thumbprints; which apps; `mode`: `append`, `replace` or `rotate`; `display_name`;
/// `overlap_days`.
pub async fn add(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let request = PlanRequest::Add {
        certificates: fields.all("certificate[]", "SHA-256 thumbprint")?,
        apps: chosen(fields)?,
        mode: match fields.raw("mode") {
            "replace" => PushMode::Replace,
            "rotate" => PushMode::Rotate,
            _ => PushMode::Append,
        },
        display_name: fields.raw("display_name").to_owned(),
        overlap_days: fields.parsed_or("overlap_days", "number of days", 0)?,
    };
    draft(desk, &request).await
}

/// `csv`.
pub async fn table(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    draft(desk, &PlanRequest::Table { csv: fields.raw("csv").to_owned() }).await
}

/// `receipt`.
pub async fn again(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    draft(desk, &PlanRequest::Again { receipt: fields.parsed("receipt", "receipt id")? }).await
}

/// `app`, `key_id[]`.
pub async fn retire(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let request =
        PlanRequest::Retire { app: fields.parsed("app", "object id")?, key_ids: fields.all("key_id[]", "keyId")? };
    draft(desk, &request).await
}

/// `thumbprint`: SHA-1; `app[]`.
pub async fn retire_certificate(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let apps = Chosen::These(fields.all("app[]", "object id")?);
    let thumbprint = fields.parsed("thumbprint", "SHA-1 thumbprint")?;
    draft(desk, &PlanRequest::RetireCertificate { thumbprint, apps }).await
}

/// A selection of the inventory.
pub async fn retire_selected(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    draft(desk, &PlanRequest::RetireSelected(selection(fields)?)).await
}

/// `from`: an object id; `key_id[]`; which apps.
pub async fn copy(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let request = PlanRequest::Copy {
        from: fields.parsed("from", "object id")?,
        key_ids: fields.all("key_id[]", "keyId")?,
        apps: chosen(fields)?,
    };
    draft(desk, &request).await
}

/// `app`, `state`; `exactly` is `on` or absent.
pub async fn restore(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let (app, state) = (fields.parsed("app", "object id")?, fields.parsed("state", "state")?);
    draft(desk, &PlanRequest::Restore { app, state, exactly: fields.is_on("exactly") }).await
}

/// Adds one certificate to one app: `app`; `text`: a certificate, or `certificate`: the SHA-256 thumbprint of one that is
/// kept.
pub async fn register(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let app = fields.parsed("app", "object id")?;
    let certificate = if fields.content().is_empty() {
        fields.parsed("certificate", "SHA-256 thumbprint")?
    } else {
        desk.keep_certificate(fields.content()).await?
    };
    let request = PlanRequest::Add {
        certificates: vec![certificate],
        apps: Chosen::These(vec![app]),
        mode: PushMode::Append,
        display_name: String::new(),
        overlap_days: 0,
    };
    draft(desk, &request).await
}

/// `view`, `q`, and `pick[]` or `all=on`.
fn selection(fields: &Fields) -> Result<Selection, Problem> {
    Asked::read(fields.query()).selection().map_err(|error| bad_selection(&error))
}

/// `app[]`, or all that a search finds: `all=on`, `scope`, `search`; or with `of=inventory` a selection of it.
fn chosen(fields: &Fields) -> Result<Chosen, Problem> {
    if fields.raw("of") == "inventory" {
        return selection(fields).map(Chosen::Selected);
    }
    if !fields.is_on("all") {
        return fields.all("app[]", "object id").map(Chosen::These);
    }
    let scope = if fields.raw("scope") == "mine" { Scope::Mine } else { Scope::All };
    Ok(Chosen::Found(AppQuery { scope, search: fields.raw("search").to_owned(), page: 1, descending: false }))
}
