//! For whoever watches over the portal.

use super::{AppState, Refusal};
use crate::store::SettingKind;
use app::contract::problem::Problem;
use axum::extract::State;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// Who asks again within this time hears the same: a check writes to the disk.
const FRESH: Duration = Duration::from_secs(1);
/// A database that takes longer is not ready.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is due and is not sent for longer than this stands still.
const STALLED: time::Duration = time::Duration::minutes(10);

/// When it was found out, and what.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, bool)>>);

/// The process answers.
pub async fn live() -> &'static str {
    "alive\n"
}

/// The database can be written. Entra and Graph are not asked: a portal behind a balancer should not vanish with them.
/// Notices that are not being sent are told in a second line: that is no reason to send people elsewhere.
pub async fn ready(State(app): State<AppState>) -> Result<String, Refusal> {
    let mut last = app.readiness.0.lock().await;
    let is_ready = match *last {
        Some((at, known)) if at.elapsed() < FRESH => known,
        _ => writes(&app).await,
    };
    *last = Some((Instant::now(), is_ready));
    drop(last);
    if is_ready {
        return Ok(format!("ready\n{}", stalled(&app).await));
    }
    Err(Problem::new(503, "not-ready", "Not ready", "The database cannot be written.").into())
}

async fn stalled(app: &AppState) -> String {
    let now = app.clock.now();
    let waits = async {
        let is_on = app.config.notices.is_on() || app.store.has_settings(SettingKind::Channel).await?;
        if is_on { app.store.outbox_waits_since(now).await } else { Ok(None) }
    };
    match timeout(PATIENCE, waits).await {
        Ok(Ok(Some(since))) if now - since > STALLED => {
            format!("notices have waited for {} minutes\n", (now - since).whole_minutes())
        }
        Ok(Ok(_)) => String::new(),
        Ok(Err(_)) | Err(_) => "notices: not known\n".to_owned(),
    }
}

async fn writes(app: &AppState) -> bool {
    match timeout(PATIENCE, app.store.check_writes(app.clock.now())).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the database cannot be written");
            false
        }
        Err(_) => {
            tracing::error!(seconds = PATIENCE.as_secs(), "the database cannot be written in time");
            false
        }
    }
}
