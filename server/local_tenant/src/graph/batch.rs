//! `POST /$batch`: up to 20 requests in one, each with an answer of its own (facts, B6).

use std::collections::HashMap;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use serde_json::Value;

use super::error::GraphError;
use super::object::Object;
use super::{Answer, Body, Reply, Request, serve};

const MOST: usize = 20;

/// One of the requests.
struct Item<'a> {
    id: &'a str,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    depends_on: Vec<String>,
}

/// Carries them out, each after those it depends on. The answer itself is 200 whatever comes of them.
pub(crate) fn handle(request: &Request<'_>, headers: &HeaderMap) -> Result<Answer, GraphError> {
    let sent = request.json()?;
    let requests =
        sent.get("requests").and_then(Value::as_array).ok_or_else(|| refused("Invalid batch payload format."))?;
    if requests.is_empty() {
        return Err(refused("Invalid batch payload format."));
    }
    if requests.len() > MOST {
        return Err(GraphError::new(
            StatusCode::BAD_REQUEST,
            "MaximumValueExceeded",
            "Number of batch request steps exceeds the maximum value of 20.",
        ));
    }
    let items = requests.iter().map(|one| parse(request, one, headers)).collect::<Result<Vec<_>, _>>()?;
    let mut places = HashMap::new();
    for (place, item) in items.iter().enumerate() {
        if places.insert(item.id.to_lowercase(), place).is_some() {
            return Err(refused(&format!("Request id '{}' is not unique in the batch.", item.id)));
        }
    }
    let known = |id: &String| places.contains_key(&id.to_lowercase());
    if let Some(unknown) = items.iter().flat_map(|item| &item.depends_on).find(|id| !known(id)) {
        return Err(refused(&format!("The request id '{unknown}' named in dependsOn is not in the batch.")));
    }
    let mut done: HashMap<usize, StatusCode> = HashMap::new();
    let mut responses = vec![];
    while done.len() < items.len() {
        let before = done.len();
        for (place, item) in items.iter().enumerate() {
            let needed: Vec<_> =
                item.depends_on.iter().filter_map(|id| done.get(&places[&id.to_lowercase()])).collect();
            if done.contains_key(&place) || needed.len() < item.depends_on.len() {
                continue;
            }
            let reply = if needed.iter().all(|status| status.is_success()) {
                serve(request.tenant, &item.uri, &item.method, &item.headers, item.body.clone())
            } else {
                failed_dependency()
            };
            done.insert(place, reply.status);
            responses.push(show(item.id, reply));
        }
        if done.len() == before {
            return Err(refused("The requests of the batch depend on each other in a circle."));
        }
    }
    let mut body = Object::default();
    body.list("responses", responses);
    Ok(Answer::ok(body, 1))
}

fn refused(message: &str) -> GraphError {
    GraphError::new(StatusCode::BAD_REQUEST, "BadRequest", message)
}

fn parse<'a>(request: &Request<'_>, sent: &'a Value, outer: &HeaderMap) -> Result<Item<'a>, GraphError> {
    let text = |name: &str| sent[name].as_str().filter(|text| !text.is_empty());
    let id = text("id").ok_or_else(|| refused("Every request of a batch needs an id."))?;
    let method = text("method")
        .and_then(|name| Method::from_bytes(name.to_ascii_uppercase().as_bytes()).ok())
        .ok_or_else(|| refused(&format!("Request id '{id}' has no valid method.")))?;
    let url = text("url").ok_or_else(|| refused(&format!("Request id '{id}' has no url.")))?;
    let relative = url.trim_start_matches('/');
    if url.contains("://") || relative.to_ascii_lowercase().starts_with("$batch") {
        return Err(refused(&format!("The url of request id '{id}' must be relative, and no batch.")));
    }
    // People write filters with spaces and quotes here; on the wire those would be encoded.
    let encoded = relative.replace(' ', "%20").replace('"', "%22");
    let uri = format!("/{}/{encoded}", request.version.segment())
        .parse()
        .map_err(|_| refused(&format!("The url of request id '{id}' is not valid.")))?;
    let mut headers = HeaderMap::new();
    for (name, value) in sent["headers"].as_object().into_iter().flatten() {
        if let (Ok(name), Some(Ok(value))) =
            (HeaderName::from_bytes(name.as_bytes()), value.as_str().map(HeaderValue::from_str))
        {
            headers.insert(name, value);
        }
    }
    // Every one is the caller's own: no other token gets in this way.
    if let Some(token) = outer.get("authorization") {
        headers.insert("authorization", token.clone());
    }
    let body = match &sent["body"] {
        Value::Null => Bytes::new(),
        body => {
            if !headers.contains_key("content-type") {
                return Err(refused(&format!("Write request id : {id} does not contain Content-Type header or body.")));
            }
            Bytes::from(body.to_string())
        }
    };
    let depends_on = sent["dependsOn"].as_array().into_iter().flatten();
    let depends_on = depends_on.filter_map(Value::as_str).map(str::to_owned).collect();
    Ok(Item { id, method, uri, headers, body, depends_on })
}

fn failed_dependency() -> Reply {
    let mut error = Object::default();
    error.set("code", "FailedDependency");
    error.set("message", "A request that this one depends on has failed.");
    let mut body = Object::default();
    body.nest("error", error);
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    Reply { status: StatusCode::FAILED_DEPENDENCY, headers, body: Body::Json(body) }
}

fn show(id: &str, reply: Reply) -> Object {
    let mut out = Object::default();
    out.set("id", id);
    out.set("status", reply.status.as_u16());
    let mut headers = serde_json::Map::new();
    headers.insert("Cache-Control".into(), "no-cache".into());
    for (name, value) in &reply.headers {
        if let Ok(value) = value.to_str() {
            let name = if name == "content-type" { "Content-Type" } else { name.as_str() };
            headers.insert(name.into(), value.into());
        }
    }
    out.set("headers", Value::Object(headers));
    match reply.body {
        Body::Json(body) => out.nest("body", body),
        Body::Text(text) => out.set("body", text),
        Body::Nothing => {}
    }
    out
}
