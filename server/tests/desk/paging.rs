//! Long lists: Graph may give fewer rows than were asked for, and goes on with links.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use server::graph::{Graph, GraphError, ListQuery, Needle};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use uuid::Uuid;

const ROWS: usize = 61;
const ROWS_PER_ANSWER: usize = 10;

#[derive(Clone)]
struct Fake {
    base: String,
    queries: Arc<Mutex<Vec<String>>>,
    /// Where links lead.
    links: String,
}

async fn answer(State(fake): State<Fake>, RawQuery(query): RawQuery, headers: HeaderMap) -> Json<Value> {
    assert_eq!(headers["authorization"], "Bearer secret");
    let query = query.unwrap_or_default();
    fake.queries.lock().unwrap().push(query.clone());
    let from: usize = query.split_once("$skiptoken=").map_or(0, |(_, token)| token.parse().unwrap());
    let rows: Vec<_> = (from..ROWS.min(from + ROWS_PER_ANSWER))
        .map(|n| {
            json!({"id": Uuid::from_u128(n as u128), "appId": Uuid::from_u128(n as u128 + 1000), "displayName": format!("app-{n:02}"),
                "keyCredentials": [], "passwordCredentials": []})
        })
        .collect();
    let mut body = json!({"value": rows});
    if from == 0 {
        body["@odata.count"] = json!(ROWS);
    }
    if from + ROWS_PER_ANSWER < ROWS {
        let next = from + ROWS_PER_ANSWER;
        body["@odata.nextLink"] = json!(format!("{}/v1.0/applications?$skiptoken={next}", fake.links));
    }
    Json(body)
}

async fn start(links: Option<&str>) -> (Graph, Fake) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let links = links.map_or_else(|| base.clone(), str::to_owned);
    let fake = Fake { base, queries: Arc::default(), links };
    let router = Router::new()
        .route("/v1.0/applications", get(answer))
        .route("/v1.0/me/ownedObjects/microsoft.graph.application", get(answer))
        .with_state(fake.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (Graph::new(reqwest::Client::new(), fake.base.parse().unwrap()), fake)
}

#[tokio::test]
async fn pages_are_cut_from_as_many_answers_as_it_takes() {
    let (graph, fake) = start(None).await;
    let mut names = vec![];
    for page in 0..3 {
        let query = ListQuery { needle: Needle::All, descending: false, skip: page * 25, take: 25 };
        let listing = graph.list_applications("secret", &query).await.unwrap();
        assert_eq!((listing.more, listing.total), (page < 2, Some(61)));
        names.extend(listing.rows.into_iter().map(|row| row.display_name));
    }
    assert_eq!(names, (0..ROWS).map(|n| format!("app-{n:02}")).collect::<Vec<_>>());
    let queries = fake.queries.lock().unwrap();
    // Three answers for the first page, five for the second, seven for the third.
    assert_eq!(queries.len(), 3 + 5 + 7);
    assert!(queries[0].contains("$top=25") && queries[3].contains("$top=50"), "{queries:?}");
}

#[tokio::test]
async fn own_apps_are_read_to_the_end() {
    let (graph, _) = start(None).await;
    assert_eq!(graph.owned_applications("secret").await.unwrap().len(), ROWS);
}

#[tokio::test]
async fn the_token_goes_to_no_other_host() {
    let (_, other) = start(None).await;
    let (graph, _) = start(Some(&other.base)).await;
    let query = ListQuery { needle: Needle::All, descending: false, skip: 0, take: 25 };
    let error = graph.list_applications("secret", &query).await.unwrap_err();
    assert!(matches!(error, GraphError::Unreadable { .. }), "{error}");
    assert!(other.queries.lock().unwrap().is_empty());
}
