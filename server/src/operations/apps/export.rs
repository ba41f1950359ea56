//! The list of apps as CSV: all that it finds and not a page, a line for each credential.

use crate::graph::{ListedApplication, Needle};
use crate::http::problems;
use crate::operations::apps::list::{matches, sort};
use crate::operations::{DeskState, RequestDesk};
use crate::person::Person;
use app::contract::apps::{AppQuery, Scope};
use app::contract::problem::Problem;
use domain::credentials::KeyUsage;
use domain::csv::Table;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// Apps in one file. A directory with more is searched in parts.
const MOST: usize = 100_000;

const COLUMNS: [&str; 10] =
    ["client_id", "app", "object_id", "secrets", "key_id", "entry", "usage", "thumbprint", "start", "end"];

impl RequestDesk {
    /// `query`: the list's own; its page counts for nothing.
    pub async fn apps_csv(&self, query: &AppQuery) -> Result<String, Problem> {
        handle(&self.state, self.entered()?, query).await
    }
}

async fn handle(state: &DeskState, person: &Person, query: &AppQuery) -> Result<String, Problem> {
    let token = state.token(person).await?;
    let search = query.search.trim();
    let id = Uuid::parse_str(search).ok();
    let problem = |e: crate::graph::GraphError| problems::graph::of(&e, "the list of apps");
    let mut table = Table::new(&COLUMNS);
    match (query.scope, id) {
        (Scope::Mine, _) => {
            let mut apps = state.graph.owned_applications(&token).await.map_err(problem)?;
            apps.retain(|app| matches(app, search, id));
            sort(&mut apps, query.descending);
            for app in &apps {
                lines(&mut table, app);
            }
        }
        (Scope::All, Some(id)) => {
            let found = state.graph.find_application(&token, id).await.map_err(problem)?;
            if let Some(app) = found {
                lines(&mut table, &app);
            }
        }
        (Scope::All, None) => {
            let needle = if search.is_empty() { Needle::All } else { Needle::Name(search.to_owned()) };
            let mut count = 0;
            let take = |app: ListedApplication| {
                lines(&mut table, &app);
                count += 1;
                count < MOST
            };
            state.graph.each_application(&token, &needle, query.descending, take).await.map_err(problem)?;
        }
    }
    Ok(table.into_text())
}

fn lines(table: &mut Table, app: &ListedApplication) {
    let (app_id, object_id, secrets) = (app.app_id.to_string(), app.id.to_string(), app.secrets.to_string());
    let begin = [app_id.as_str(), app.display_name.as_str(), object_id.as_str(), secrets.as_str()];
    if app.key_credentials.is_empty() {
        table.row(begin.into_iter().chain([""; 6]));
    }
    for entry in &app.key_credentials {
        let key_id = entry.key_id().map(|id| id.to_string()).unwrap_or_default();
        let thumbprint = entry.thumbprint().map(|thumbprint| thumbprint.hex()).unwrap_or_default();
        let (start, end) = (date(entry.start()), date(entry.end()));
        let entry = [
            key_id.as_str(),
            entry.display_name().unwrap_or_default(),
            entry.usage().map_or("", KeyUsage::as_str),
            thumbprint.as_str(),
            start.as_str(),
            end.as_str(),
        ];
        table.row(begin.into_iter().chain(entry));
    }
}

fn date(at: Option<OffsetDateTime>) -> String {
    at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default()
}
