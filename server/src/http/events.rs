//! A push's progress as server-sent events, for who may see its receipt: as JSON, and as the parts of its page that change.

use super::{AppState, Refusal, RequestDesk};
use crate::shares::Share;
use app::contract::people::PeoplePort as _;
use app::contract::people::Viewer;
use app::contract::problem::Problem;
use app::contract::pushes::PushesPort as _;
use app::contract::pushes::{Progress, ReceiptQuery};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderName, HeaderValue};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use domain::ids::ObjectId;
use futures_util::stream;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tower_sessions::Session;
use tower_sessions::session::Id;
use uuid::Uuid;
use views::pages::receipt::{apps_part, progress_parts, query};
use views::query::Query;
use views::scene::Scene;

/// Between two events at least.
const BREATH: Duration = Duration::from_millis(200);
/// After this, without news, the database is asked for what other processes did.
const POLL: Duration = Duration::from_millis(800);
/// Proxies close what is silent for a minute.
const ALIVE: Duration = Duration::from_secs(15);
/// The list of apps is not read more often than this.
const LIST_REST: Duration = Duration::from_millis(1_500);
/// Of events with HTML: elements with ids, which take the place of those on the page.
const HTML: &str = "html";
/// The last event; its data says what the page does.
const OVER: &str = "over";

/// `GET /receipts/{id}/events`, with the query of the receipt's page. Whenever something has changed: [`Progress`] as JSON,
/// without a name, and `html`. Of a push that is over, `over` comes last. The stream also ends when the session does, or
/// when the portal stops; a browser then comes again.
pub async fn receipt(
    State(app): State<AppState>,
    session: Session,
    Path(id): Path<Uuid>,
    RawQuery(page): RawQuery,
) -> Result<impl IntoResponse, Refusal> {
    let desk = RequestDesk::new(Arc::clone(&app.desk), app.person(&session).await?);
    let who = desk.viewer().await?.ok_or_else(Problem::signed_out)?.object_id;
    let most = app.desk.quotas().event_streams;
    let share = app.event_streams.take(who, most).ok_or_else(|| too_many(most))?;
    // Whoever may not see it is told so in the usual way.
    desk.progress(id).await?;
    let viewer = desk.viewer().await?;
    let session = session.id().ok_or_else(Problem::signed_out)?;
    let changes = app.desk.notifier().changes();
    let query = query(&Query::parse(page.as_deref().unwrap_or_default()));
    let follower = Follower {
        app: app.clone(),
        desk,
        session,
        viewer,
        id,
        query,
        changes,
        waiting: VecDeque::new(),
        last: None,
        list_is_old: true,
        list_read: None,
        _share: share,
    };
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
    viewer: Option<Viewer>,
    id: Uuid,
    query: ReceiptQuery,
    changes: watch::Receiver<u64>,
    /// To be sent.
    waiting: VecDeque<Event>,
    last: Option<Progress>,
    /// Something has changed since the list of apps was sent.
    list_is_old: bool,
    list_read: Option<Instant>,
    _share: Share<ObjectId>,
}

impl Follower {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if self.last.as_ref().is_some_and(Progress::is_over) {
                return None;
            }
            if self.last.is_some() {
                tokio::select! {
                    () = self.app.desk.notifier().stopped() => return None,
                    () = news(&mut self.changes) => {}
                }
            }
            self.changes.mark_unchanged();
            self.look().await.inspect_err(|problem| tracing::debug!(%problem, "events end")).ok()?;
        }
    }

    /// Puts what has changed into the events that wait.
    async fn look(&mut self) -> Result<(), Problem> {
        let progress = self.progress().await?;
        if self.last.as_ref() != Some(&progress) {
            let data = serde_json::to_string(&progress).unwrap_or_default();
            self.waiting.push_back(Event::default().data(data));
            self.list_is_old = true;
            if progress.is_over() {
                // What is over has another page.
                self.waiting.push_back(Event::default().event(OVER).data("reload"));
            } else {
                let html = progress_parts(self.scene(), self.id, self.query.clone(), progress.clone());
                self.waiting.push_back(in_html(&html));
            }
            self.last = Some(progress);
        }
        let rested = self.list_read.is_none_or(|at| at.elapsed() >= LIST_REST);
        if self.list_is_old && rested && !self.last.as_ref().is_some_and(Progress::is_over) {
            let apps = self.desk.receipt(self.id, &self.query).await?.apps;
            self.waiting.push_back(in_html(&apps_part(self.scene(), self.id, self.query.clone(), apps)));
            (self.list_is_old, self.list_read) = (false, Some(Instant::now()));
        }
        Ok(())
    }

    /// Of the receipt's page.
    fn scene(&self) -> Scene {
        Scene {
            now: self.app.clock.now(),
            here: views::pages::receipt::path(self.id, &self.query),
            viewer: self.viewer.clone(),
            theme: None,
            authority: None,
            waiting: 0,
            refusal: None,
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

/// An event takes no carriage return, and HTML needs none.
fn in_html(html: &str) -> Event {
    Event::default().event(HTML).data(html.replace('\r', " "))
}
