//! As what a person approves: by their role, and by the groups in Entra that rules name.

use crate::operations::Context;
use crate::operations::sight::groups;
use crate::person::Person;
use crate::store::StoreError;
use domain::ids::ObjectId;
use domain::requests::{ApprovalRule, Capacity};
use std::collections::BTreeSet;

/// What a person is, as far as it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    admin: bool,
    /// Of those that count, those that they are in.
    pub(crate) groups: Vec<ObjectId>,
    /// There are some that count, and which they are in could not be read: nothing is open to them by any.
    pub(crate) is_unknown: bool,
}

impl Held {
    pub(crate) fn capacity(&self) -> Capacity<'_> {
        Capacity { admin: self.admin, groups: &self.groups }
    }
}

/// `named`: the groups that count. Where there is one, the person's are read with their own token, and remembered for some
/// minutes.
pub(crate) async fn of(context: &Context, person: &Person, named: &BTreeSet<ObjectId>) -> Held {
    let admin = person.viewer.is_admin();
    if named.is_empty() {
        return Held { admin, groups: vec![], is_unknown: false };
    }
    let read = groups(context, person).await;
    let theirs = read.known().unwrap_or_default().iter().copied().filter(|group| named.contains(group)).collect();
    Held { admin, groups: theirs, is_unknown: read.known().is_none() }
}

/// Groups that the rules of now name.
pub(crate) async fn named(context: &Context) -> Result<BTreeSet<ObjectId>, StoreError> {
    let kept = context.kept_rules().await?;
    let kept = kept.iter().filter(|one| one.counts()).filter_map(|one| one.rule.as_ref().ok());
    Ok(context.requests.rules.iter().chain(kept).flat_map(ApprovalRule::groups).collect())
}
