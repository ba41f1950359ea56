//! Reads the apps of one push: alone what a write will rest on, and together those that are due at about the same time and
//! only have to show what a write did. Fifteen of them cost what one does.

use crate::graph::{Application, Graph, GraphError, GraphResponse, MOST_IN_FILTER};
use crate::person::{TokenError, TokenProvider};
use crate::rollout::failure::RequestFailure;
use domain::ids::ObjectId;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

/// How long a read waits for others.
const GATHER: Duration = Duration::from_millis(25);

type ReadAnswer = Result<GraphResponse<Application>, RequestFailure>;

struct AskedRead {
    id: ObjectId,
    tell: oneshot::Sender<ReadAnswer>,
}

/// How an app is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadMethod {
    /// In a list with others.
    Together,
    ByItself,
    /// By itself, each entry with its key.
    WithKeys,
}

/// Ends with its last clone; reads that are under way then are told to nobody.
#[derive(Clone)]
pub(super) struct Reader {
    graph: Graph,
    tokens: Arc<dyn TokenProvider>,
    asks: mpsc::UnboundedSender<AskedRead>,
}

impl Reader {
    /// `most` apps in one request, at most.
    pub(super) fn start(graph: Graph, tokens: Arc<dyn TokenProvider>, most: usize) -> Self {
        let (asks, asked) = mpsc::unbounded_channel();
        tokio::spawn(gather(graph.clone(), Arc::clone(&tokens), asked, most.clamp(1, MOST_IN_FILTER)));
        Self { graph, tokens, asks }
    }

    pub(super) async fn read_by_itself(&self, id: ObjectId) -> ReadAnswer {
        let token = self.token().await?;
        match self.graph.application_without_keys(&token, id).await {
            Err(GraphError::SignedOut(_)) => {
                let token = self.token_after(&token).await?;
                self.graph.application_without_keys(&token, id).await
            }
            answer => answer,
        }
        .map_err(|error| RequestFailure::Graph { error })
    }

    /// With the key of each entry, of which Graph allows far fewer.
    pub(super) async fn read_with_keys(&self, id: ObjectId) -> ReadAnswer {
        let token = self.token().await?;
        match self.graph.application(&token, id).await {
            Err(GraphError::SignedOut(_)) => {
                let token = self.token_after(&token).await?;
                self.graph.application(&token, id).await
            }
            answer => answer,
        }
        .map_err(|error| RequestFailure::Graph { error })
    }

    async fn token(&self) -> Result<String, RequestFailure> {
        self.tokens.graph_token().await.map_err(|error| RequestFailure::Token { error })
    }

    /// Graph did not accept a token that should hold: it is renewed once, and then the person has to sign in.
    async fn token_after(&self, refused: &str) -> Result<String, RequestFailure> {
        self.tokens.graph_token_after(refused).await.map_err(|error| RequestFailure::Token { error })
    }

    pub(super) async fn read(&self, id: ObjectId) -> ReadAnswer {
        let (tell, told) = oneshot::channel();
        // Neither fails while this is alive, unless the task has panicked.
        let _ = self.asks.send(AskedRead { id, tell });
        told.await.unwrap_or_else(|_| {
            let why = "the portal failed while reading it".to_owned();
            Err(RequestFailure::Graph { error: GraphError::Unreadable { why, request_id: None } })
        })
    }
}

async fn gather(
    graph: Graph,
    tokens: Arc<dyn TokenProvider>,
    mut asked: mpsc::UnboundedReceiver<AskedRead>,
    most: usize,
) {
    while let Some(first) = asked.recv().await {
        let mut together = vec![first];
        let until = Instant::now() + GATHER;
        while together.len() < most {
            let Ok(Some(next)) = timeout_at(until, asked.recv()).await else { break };
            together.push(next);
        }
        tokio::spawn(read(graph.clone(), Arc::clone(&tokens), together));
    }
}

async fn read(graph: Graph, tokens: Arc<dyn TokenProvider>, together: Vec<AskedRead>) {
    let ids: Vec<ObjectId> = together.iter().map(|asked| asked.id).collect();
    let answered = async {
        let token = tokens.graph_token().await?;
        let answers = graph.applications_by_id(&token, &ids).await;
        if answers.iter().any(|answer| matches!(answer, Err(GraphError::SignedOut(_)))) {
            let token = tokens.graph_token_after(&token).await?;
            return Ok::<_, TokenError>(graph.applications_by_id(&token, &ids).await);
        }
        Ok(answers)
    };
    let answers: Vec<ReadAnswer> = match answered.await {
        Ok(answers) => {
            answers.into_iter().map(|answer| answer.map_err(|error| RequestFailure::Graph { error })).collect()
        }
        Err(error) => ids.iter().map(|_| Err(RequestFailure::Token { error: error.clone() })).collect(),
    };
    for (asked, answer) in together.into_iter().zip(answers) {
        // Who asked may have ended.
        let _ = asked.tell.send(answer);
    }
}
