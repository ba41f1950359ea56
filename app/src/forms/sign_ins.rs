use super::{Done, is_too_long, unreadable};
use crate::contract::Desk;
use crate::contract::problem::Problem;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest as _, Multipart, Request};
use domain::sign_in_log::{LogError, MAX_BYTES};
use views::query::href;
use views::route::Route;

/// `file`, handed on as it comes. Who may is asked before anything of it is read.
pub async fn import(desk: &dyn Desk, request: Request) -> Result<Done, Problem> {
    let mut import = desk.begin_sign_in_import().await?;
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| unreadable(error.body_text()))?;
    while let Some(mut field) = form.next_field().await.map_err(|error| broken(&error))? {
        if field.name() != Some("file") {
            continue;
        }
        let file = field.file_name().map(str::to_owned).filter(|name| !name.is_empty());
        while let Some(piece) = field.chunk().await.map_err(|error| broken(&error))? {
            import.read(&piece).await?;
        }
        let number = import.finish(file.as_deref()).await?.to_string();
        return Ok(Done::Go(href(&Route::LastUse.to_string(), [("import", number.as_str())])));
    }
    Err(unreadable("It has no file.".to_owned()))
}

fn broken(error: &MultipartError) -> Problem {
    if is_too_long(error) { too_large() } else { unreadable(error.body_text()) }
}

fn too_large() -> Problem {
    let why = format!("{}.", LogError::TooLarge);
    Problem::new(413, "log-too-large", "The log is too large", why).advice(format!(
        "Bring it in parts of up to {} MiB, for instance day by day. Nothing was kept.",
        MAX_BYTES / 1024 / 1024
    ))
}
