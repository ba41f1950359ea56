//! Which apps a person may change, as far as it can be told before Entra is asked.

use crate::graph::Graph;
use crate::person::Person;
use app::contract::apps::Right;
use domain::ids::ObjectId;
use std::collections::HashSet;

/// What is known of a person's rights.
pub(crate) struct Rights {
    every_app: Option<bool>,
    /// Absent where they could not be read.
    own: Option<HashSet<ObjectId>>,
}

impl Rights {
    /// Reads which apps the person owns, where it depends on that. It is a help beside what was asked for: a read that
    /// fails leaves it open.
    pub(crate) async fn read(graph: &Graph, token: &str, person: &Person) -> Self {
        let every_app = person.viewer.changes_every_app;
        if every_app != Some(false) || !person.viewer.may_push() {
            return Self { every_app, own: None };
        }
        match graph.owned_applications(token).await {
            Ok(apps) => Self { every_app, own: Some(apps.into_iter().map(|app| app.id).collect()) },
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a person's own apps could not be read");
                Self { every_app, own: None }
            }
        }
    }

    pub(crate) fn unknown() -> Self {
        Self { every_app: None, own: None }
    }

    pub(crate) fn on(&self, app: ObjectId) -> Right {
        Right::of(self.every_app, self.own.as_ref().map(|own| own.contains(&app)))
    }
}
