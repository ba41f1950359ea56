//! A push's progress as server-sent events, for who may see its receipt.

use super::{AppState, Refusal, RequestDesk};
use crate::shares::Share;
use app::contract::people::PeoplePort as _;
use app::contract::problem::Problem;
use app::contract::pushes::Progress;
use app::contract::pushes::PushesPort as _;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use domain::ids::ObjectId;
use futures_util::stream;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tower_sessions::Session;
use tower_sessions::session::Id;
use uuid::Uuid;

/// Between two events at least.
const BREATH: Duration = Duration::from_millis(200);
/// After this, without news, the database is asked for what other processes did.
const POLL: Duration = Duration::from_millis(800);
/// Proxies close what is silent for a minute.
const ALIVE: Duration = Duration::from_secs(15);

/// `GET /receipts/{id}/events`: [`Progress`] as JSON whenever it has changed. The stream ends with the one that is over,
/// when the session ends, or when the portal stops; a browser then comes again.
pub async fn receipt(
    State(app): State<AppState>,
    session: Session,
    Path(id): Path<Uuid>,
) -> Result<impl IntoResponse, Refusal> {
    let desk = RequestDesk::new(Arc::clone(&app.desk), app.person(&session).await?);
    let who = desk.viewer().await?.ok_or_else(Problem::signed_out)?.object_id;
    let most = app.desk.quotas().event_streams;
    let share = app.event_streams.take(who, most).ok_or_else(|| too_many(most))?;
    // Whoever may not see it is told so in the usual way.
    desk.progress(id).await?;
    let session = session.id().ok_or_else(Problem::signed_out)?;
    let changes = app.desk.notifier().changes();
    let follower = Follower { app: app.clone(), desk, session, id, changes, last: None, over: false, _share: share };
    let events = stream::unfold(follower, async |mut follower| {
        let event = follower.next().await?;
        Some((Ok::<_, Infallible>(event), follower))
    });
    // nginx would collect them before it passes them on.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(([unbuffered], Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE))))
}

fn too_many(most: usize) -> Problem {
    let detail = format!("You follow pushes on {most} pages already, which is the most.");
    Problem::new(429, "too-many-streams", "Too many pages follow pushes", detail).advice("Close some of them.")
}

async fn news(changes: &mut watch::Receiver<u64>) {
    tokio::time::sleep(BREATH).await;
    // Closed never: the notifier outlives its followers.
    let _ = tokio::time::timeout(POLL, changes.changed()).await;
}

struct Follower {
    app: AppState,
    desk: RequestDesk,
    session: Id,
    id: Uuid,
    changes: watch::Receiver<u64>,
    last: Option<Progress>,
    over: bool,
    _share: Share<ObjectId>,
}

impl Follower {
    async fn next(&mut self) -> Option<Event> {
        if self.over {
            return None;
        }
        loop {
            if self.last.is_some() {
                tokio::select! {
                    () = self.app.desk.notifier().stopped() => return None,
                    () = news(&mut self.changes) => {}
                }
            }
            self.changes.mark_unchanged();
            let progress = self.progress().await.inspect_err(|problem| tracing::debug!(%problem, "events end")).ok()?;
            if self.last.as_ref() == Some(&progress) {
                continue;
            }
            self.over = progress.is_over();
            let event = Event::default().json_data(&progress).ok()?;
            self.last = Some(progress);
            return Some(event);
        }
    }

    async fn progress(&self) -> Result<Progress, Problem> {
        // Whoever signed out meanwhile sees nothing more. Looking is no request: it does not keep a session from ending.
        let signed_in = self.app.sessions.tokens(&self.session).await?.is_some();
        if !signed_in {
            return Err(Problem::signed_out());
        }
        self.desk.progress(self.id).await
    }
}
