//! `POST /$batch` with reads only (<https://learn.microsoft.com/graph/json-batching>): up to 20 in one request. Each
//! has an answer of its own, may be throttled on its own, and comes in any order.

use super::budget::Cost;
use super::url::V1;
use super::{Consistency, Graph, GraphError, GraphResponse, Reply, header, retry};
use ::url::Url;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The most requests that Graph takes in one.
pub const MOST: usize = 20;

#[derive(Deserialize)]
struct Batch {
    responses: Vec<Response>,
}

#[derive(Deserialize)]
struct Response {
    id: String,
    status: u16,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(default)]
    body: Value,
}

impl Graph {
    /// Reads all, and reads those again of which Graph says that it may help.
    ///
    /// # Errors
    /// Where the request as a whole failed.
    pub(super) async fn get_all(
        &self,
        bearer: &str,
        urls: &[Url],
    ) -> Result<Vec<Result<GraphResponse<Value>, GraphError>>, GraphError> {
        let mut answers: Vec<Option<Result<GraphResponse<Value>, GraphError>>> = urls.iter().map(|_| None).collect();
        let mut open: Vec<usize> = (0..urls.len()).collect();
        let mut attempt = 1;
        while !open.is_empty() {
            let mut again = vec![];
            // The longest pause that one of them asks for is everyone's.
            let mut pause = None;
            for places in open.chunks(MOST) {
                let urls: Vec<Url> = places.iter().map(|place| urls[*place].clone()).collect();
                for (place, answer) in places.iter().zip(self.post_batch(bearer, &urls).await?) {
                    let wait =
                        answer.as_ref().err().and_then(|error| self.retry.pause(attempt, error, self.entropy.as_ref()));
                    if let Some(wait) = wait {
                        again.push(*place);
                        pause = pause.max(Some(wait));
                    }
                    answers[*place] = Some(answer);
                }
            }
            if let Some(pause) = pause {
                tracing::debug!(
                    requests = again.len(),
                    attempt,
                    pause = pause.as_secs_f64(),
                    "Graph reads are repeated"
                );
                tokio::time::sleep(pause).await;
            }
            open = again;
            attempt += 1;
        }
        Ok(answers.into_iter().map(|answer| answer.unwrap_or_else(|| Err(missing()))).collect())
    }

    /// One batch; itself repeated as a read is, for it holds nothing but reads.
    async fn post_batch(
        &self,
        bearer: &str,
        urls: &[Url],
    ) -> Result<Vec<Result<GraphResponse<Value>, GraphError>>, GraphError> {
        let requests: Vec<Value> = (0usize..)
            .zip(urls)
            .map(|(id, url)| json!({"id": id.to_string(), "method": "GET", "url": self.relative(url)}))
            .collect();
        let body = json!({ "requests": requests });
        let cost = Cost::of_all(urls);
        let mut attempt = 1;
        let answer = loop {
            let url = self.url(V1, &["$batch"], &[]);
            let sent = self.send_at(cost, bearer, Method::POST, url, Consistency::Default, Some(&body)).await;
            let error = match sent {
                Ok(answer) => break answer,
                Err(error) => error,
            };
            let Some(pause) = self.retry.pause(attempt, &error, self.entropy.as_ref()) else { return Err(error) };
            tokio::time::sleep(pause).await;
            attempt += 1;
        };
        let batch = answer.map(|value| serde_json::from_value::<Batch>(value).map_err(|e| e.to_string()))?.value;
        let mut answers: Vec<_> = urls.iter().map(|_| Err(missing())).collect();
        for response in batch.responses {
            if let Some(place) = response.id.parse().ok().and_then(|place: usize| answers.get_mut(place)) {
                *place = self.read_one(response);
            }
        }
        Ok(answers)
    }

    fn read_one(&self, response: Response) -> Result<GraphResponse<Value>, GraphError> {
        let headers: HeaderMap = response
            .headers
            .iter()
            .filter_map(|(name, value)| {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                Some((name.parse::<HeaderName>().ok()?, value.parse::<HeaderValue>().ok()?))
            })
            .collect();
        let request_id = header(&headers, "request-id");
        let retry_after = retry::retry_after(&headers);
        if response.status == 429 {
            self.budget.throttled(retry_after);
        }
        if (200..300).contains(&response.status) {
            return Ok(GraphResponse { value: response.body, status: response.status, request_id });
        }
        let reply = Reply::read(response.status, request_id, response.body.to_string().as_bytes());
        Err(GraphError::from_reply(reply, retry_after))
    }

    /// As a batch names it: without the root and the version.
    fn relative(&self, url: &Url) -> String {
        let root = format!("{}/{V1}", self.root());
        url.as_str().strip_prefix(&root).unwrap_or(url.path()).to_owned()
    }
}

fn missing() -> GraphError {
    GraphError::Unreadable { why: "the batch has no answer for this request".into(), request_id: None }
}
