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

/// More at once are refused.
const MOST_CERTIFICATES: usize = 50;

/// `certificate[]`: certificates; `app`: the object id of the app that they are for. The choice of apps comes next.
pub async fn keep_all(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let texts: Vec<String> = fields.all("certificate[]", "certificate")?;
    if texts.is_empty() || texts.len() > MOST_CERTIFICATES {
        let why = format!("It is one to {MOST_CERTIFICATES} certificates at once, and there are {}.", texts.len());
        return Err(
            Problem::new(422, "bad-value", "That is not a list of certificates", why).advice("Choose the files again.")
        );
    }
    let mut kept = Vec::new();
    for text in texts {
        kept.push(desk.keep_certificate(text.as_bytes()).await?);
    }
    let Some((first, others)) = kept.split_first() else { return Ok(Route::Upload.into()) };
    let app = fields.text("app").parse::<ObjectId>().map(|id| id.to_string()).unwrap_or_default();
    let others: Vec<_> = others.iter().map(Sha256Thumbprint::hex).collect();
    let pairs = others.iter().map(|sha256| ("certificate[]", sha256.as_str())).chain([("app[]", app.as_str())]);
    Ok(Done::Go(href(&Route::ChooseApps(*first).to_string(), pairs)))
}

pub fn certificate_url(sha256: Sha256Thumbprint, app: &str) -> String {
    let app = app.parse::<ObjectId>().map(|id| id.to_string()).unwrap_or_default();
    href(&Route::Certificate(sha256).to_string(), [("app", app.as_str())])
}
