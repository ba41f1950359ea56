//! What changed between two passes, as far as Graph's delta of applications tells: a hint of what to read. Nobody has shown
//! that it tells of changed credentials alone, and of service principals it tells nothing: the next full pass has the last word.

use super::sync::{InventorySync, SyncError};
use crate::graph::{DeltaPage, GraphError};
use crate::store::DeltaPlace;
use domain::credentials::{Subject, SubjectKind};
use domain::ids::ObjectId;
use domain::inventory::InventoryObject;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// Objects asked for by themselves at once.
const AT_ONCE: usize = 100;
/// Pages read at one time; what is left over comes with the next.
const PAGES: usize = 100;

impl InventorySync {
    /// Before a pass: from when on delta is asked. Without it only the next full pass shows what changes, which is no error.
    pub(super) async fn mark_delta(&self) -> Result<(), SyncError> {
        if self.delta_every.is_none() || self.store.inventory_delta().await?.is_none_or(|place| place.link.is_some()) {
            return Ok(());
        }
        let token = self.token().await?;
        match self.graph.applications_delta(&token, None).await {
            Ok(page) => self.store.go_on_with_delta(page.later.as_deref(), self.clock.now()).await?,
            Err(error) => tracing::info!(%error, "the delta of applications cannot be begun"),
        }
        Ok(())
    }

    /// Between passes, where it is time: reads what delta names.
    ///
    /// # Errors
    /// It goes on at its next time, where it was.
    pub(super) async fn follow_delta(&self) -> Result<(), SyncError> {
        let (Some(every), Some(mut place)) = (self.delta_every, self.store.inventory_delta().await?) else {
            return Ok(());
        };
        let now = self.clock.now();
        if !place.between_passes || place.asked_at.is_some_and(|at| now - at < every) {
            return Ok(());
        }
        if place.link.is_none() {
            return self.mark_delta().await;
        }
        for _ in 0..PAGES {
            // For each page anew: what was lent may have been taken back.
            let token = self.token().await?;
            let page = match self.graph.applications_delta(&token, place.link.as_deref()).await {
                Ok(page) => page,
                // Links of delta end some time: it is begun anew, and what lies in between shows the next full pass.
                Err(error @ (GraphError::Invalid(_) | GraphError::NotFound(_))) => {
                    tracing::info!(%error, "the link of delta has ended");
                    return Ok(self.store.go_on_with_delta(None, now).await?);
                }
                Err(error) => return Err(error.into()),
            };
            let more = page.next.is_some();
            place.link = page.next.clone().or_else(|| page.later.clone());
            self.read_named(&place, page).await?;
            if !more {
                break;
            }
        }
        Ok(())
    }

    /// Each object anew and whole, whatever delta says of it.
    async fn read_named(&self, place: &DeltaPlace, page: DeltaPage) -> Result<(), SyncError> {
        let ids: Vec<ObjectId> = page.ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        let known = self.store.kinds_in_inventory(&ids).await?;
        let mut objects = vec![];
        let begun = self.clock.now();
        for ids in ids.chunks(AT_ONCE) {
            let token = self.token().await?;
            objects.extend(self.named(&token, ids, &known).await?);
        }
        if !self.store.keep_inventory_changes(place, objects, begun, &Self::policy()).await? {
            return Err(SyncError::Overtaken);
        }
        Ok(())
    }

    async fn named(
        &self,
        token: &str,
        ids: &[ObjectId],
        known: &HashMap<ObjectId, SubjectKind>,
    ) -> Result<Vec<InventoryObject>, SyncError> {
        let kind = |id: &ObjectId| known.get(id).copied().unwrap_or(SubjectKind::Application);
        let subjects: Vec<Subject> = ids.iter().map(|id| Subject { kind: kind(id), id: *id }).collect();
        let answers = self.graph.inventory_objects(token, &subjects, self.owner_detail(token)).await?;
        let mut asked: Vec<(Subject, Option<Value>)> = subjects.into_iter().zip(answers).collect();
        let gone: Vec<Subject> = asked.iter().filter(|(_, row)| row.is_none()).map(|(subject, _)| *subject).collect();
        self.store.gone_from_inventory(&gone, self.clock.now()).await?;
        asked.retain(|(subject, row)| row.as_ref().is_some_and(|row| is_of(subject.kind, row)));
        Ok(self.read_each(token, &asked).await?.0)
    }
}

/// A new blueprint is left to the list that has blueprints.
fn is_of(kind: SubjectKind, row: &Value) -> bool {
    let blueprint = row["@odata.type"].as_str().is_some_and(|name| name.ends_with("agentIdentityBlueprint"));
    kind == SubjectKind::AgentBlueprint || !blueprint
}
