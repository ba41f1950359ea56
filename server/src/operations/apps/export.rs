//! The list of apps as CSV: all that it finds and not a page, a line for each credential.

use crate::graph::{GraphError, ListedApplication};
use crate::operations::Context;
use crate::operations::apps::{AppSearch, OwnAppsError};
use crate::person::{Person, TokenError};
use app::contract::apps::AppQuery;
use domain::credentials::KeyUsage;
use domain::csv::Table;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Apps in one file. A directory with more is searched in parts.
const MOST: usize = 100_000;

const COLUMNS: [&str; 10] =
    ["client_id", "app", "object_id", "secrets", "key_id", "entry", "usage", "thumbprint", "start", "end"];

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Graph(#[from] GraphError),
    #[error(transparent)]
    Own(#[from] OwnAppsError),
}

/// `query`: the list's own; its page counts for nothing.
pub(crate) async fn handle(context: &Context, person: &Person, query: &AppQuery) -> Result<String, ExportError> {
    let token = person.tokens.graph_token().await?;
    let graph = &context.tenant.graph;
    let mut table = Table::new(&COLUMNS);
    match AppSearch::read(query) {
        AppSearch::Own(own) => {
            let apps = own.sorted(context, person, &token, query.descending).await?;
            for own in &apps {
                lines(&mut table, &own.app);
            }
        }
        AppSearch::ById(id) => {
            let found = graph.find_application(&token, id).await?;
            if let Some(app) = &found {
                lines(&mut table, app);
            }
        }
        AppSearch::Listed(needle) => {
            let mut count = 0;
            let take = |app: ListedApplication| {
                lines(&mut table, &app);
                count += 1;
                count < MOST
            };
            graph.each_application(&token, &needle, query.descending, take).await?;
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
