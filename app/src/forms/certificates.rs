use super::{Done, Fields};
use crate::contract::Desk;
use crate::contract::problem::Problem;
use domain::ids::ObjectId;
use domain::thumbprint::Sha256Thumbprint;
use views::query::href;
use views::route::Route;

/// `file` or `text`: a certificate; `app`: the object id of the app that it is for.
pub async fn keep(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let sha256 = desk.keep_certificate(fields.content()).await?;
    Ok(Done::Go(certificate_url(sha256, &fields.text("app"))))
}

pub fn certificate_url(sha256: Sha256Thumbprint, app: &str) -> String {
    let app = app.parse::<ObjectId>().map(|id| id.to_string()).unwrap_or_default();
    href(&Route::Certificate(sha256).to_string(), [("app", app.as_str())])
}
