//! What has credentials: applications and service principals. One way to change either.

use serde_json::Value;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::error::GraphError;
use super::state::Change;
use super::{Request, applications, audit, first_party, policies, property_lock, service_principals};
use crate::state::Behaviour;
use crate::store::{
    Application, Common, CustomKeyIdentifierStyle, Directory, KeyCredential, Keyed, ObjectKey, PasswordCredential,
    ServicePrincipal, Table,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HolderKind {
    Application,
    ServicePrincipal,
}

impl HolderKind {
    /// As error texts and the audit log name it.
    pub(crate) const fn resource(self) -> &'static str {
        match self {
            Self::Application => "Application",
            Self::ServicePrincipal => "ServicePrincipal",
        }
    }

    /// As paths name it.
    pub(crate) const fn set(self) -> &'static str {
        match self {
            Self::Application => "applications",
            Self::ServicePrincipal => "servicePrincipals",
        }
    }
}

pub(crate) trait Holder: Keyed + Clone {
    const KIND: HolderKind;

    fn table(directory: &Directory) -> &Table<Self>;
    fn table_mut(directory: &mut Directory) -> &mut Table<Self>;
    fn name(&self) -> &str;
    fn created(&self) -> OffsetDateTime;
    fn common(&self) -> &Common;
    fn common_mut(&mut self) -> &mut Common;
    /// Puts `next` in this one's place. Who sees writes late may see the present state for `delay`.
    fn replace(&mut self, next: Self, now: OffsetDateTime, delay: Duration);
    /// As an answer to a GET shows it, for comparison.
    fn shown(&self, directory: &Directory) -> Value;

    fn keys(&self) -> &[KeyCredential] {
        &self.common().key_credentials
    }

    fn set_keys(&mut self, keys: Vec<KeyCredential>) {
        self.common_mut().key_credentials = keys.into();
    }

    fn passwords(&self) -> &[PasswordCredential] {
        &self.common().password_credentials
    }

    fn passwords_mut(&mut self) -> &mut Vec<PasswordCredential> {
        &mut self.common_mut().password_credentials
    }

    fn owners(&self) -> &[Uuid] {
        &self.common().owners
    }

    fn owners_mut(&mut self) -> &mut Vec<Uuid> {
        &mut self.common_mut().owners
    }

    fn policy(&self) -> Option<Uuid> {
        self.common().management_policy
    }

    fn set_policy(&mut self, policy: Option<Uuid>) {
        self.common_mut().management_policy = policy;
    }

    fn has_key(&self, id: Uuid) -> bool {
        self.keys().iter().any(|key| key.key_id == id)
    }

    fn has_password(&self, id: Uuid) -> bool {
        self.passwords().iter().any(|password| password.key_id == id)
    }
}

macro_rules! holder {
    ($type:ty, $kind:expr, $table:ident) => {
        const KIND: HolderKind = $kind;

        fn table(directory: &Directory) -> &Table<Self> {
            &directory.$table
        }
        fn table_mut(directory: &mut Directory) -> &mut Table<Self> {
            &mut directory.$table
        }
        fn name(&self) -> &str {
            &self.display_name
        }
        fn created(&self) -> OffsetDateTime {
            self.created
        }
        fn common(&self) -> &Common {
            &self.common
        }
        fn common_mut(&mut self) -> &mut Common {
            &mut self.common
        }
    };
}

impl Holder for Application {
    holder!(Application, HolderKind::Application, applications);

    fn replace(&mut self, next: Self, now: OffsetDateTime, delay: Duration) {
        Self::replace(self, next, now, delay);
    }

    fn shown(&self, directory: &Directory) -> Value {
        applications::whole(self, directory)
    }
}

impl Holder for ServicePrincipal {
    holder!(ServicePrincipal, HolderKind::ServicePrincipal, service_principals);

    fn replace(&mut self, next: Self, _now: OffsetDateTime, _delay: Duration) {
        *self = next;
    }

    fn shown(&self, directory: &Directory) -> Value {
        service_principals::whole(self, directory)
    }
}

/// Changes one object, all of it or nothing: `apply` works on a copy, policies judge what comes of it, the audit log
/// and delta learn of it.
pub(crate) fn change<T: Holder, R>(
    request: &Request<'_>,
    key: ObjectKey,
    allowed: impl FnOnce(&T) -> Result<(), GraphError>,
    apply: impl FnOnce(&mut T, &Directory, CustomKeyIdentifierStyle) -> Result<R, GraphError>,
) -> Result<R, GraphError> {
    let behaviour = request.tenant.behaviour();
    // One lock from reading to writing: of two writers at once one comes second, and nobody sees half a change.
    let mut directory = request.tenant.write();
    let before = T::table(&directory).get(key).ok_or_else(|| GraphError::not_found(key))?.clone();
    allowed(&before)?;
    if T::KIND == HolderKind::ServicePrincipal && first_party::find(before.app_id()).is_some() {
        return Err(GraphError::not_simulated("writes to Microsoft's own service principals"));
    }
    let mut next = before.clone();
    let result = apply(&mut next, &directory, behaviour.custom_key_identifier)?;
    let (count, most) = (next.keys().len(), behaviour.most_key_credentials);
    if most.is_some_and(|most| count > most) && count > before.keys().len() {
        return Err(GraphError::too_large());
    }
    if T::KIND == HolderKind::Application && behaviour.most_entries.is_some() {
        check_entries(&behaviour, &next.shown(&directory), Some(&before.shown(&directory)))?;
    }
    property_lock::check(&directory, &behaviour, &before, &next)?;
    policies::enforce::check(request, &directory, &behaviour, Some(&before), &next)?;
    let entries = audit::entry::of_change(request, &directory, &before, &next);
    let (id, keys) = (next.id(), next.keys().len());
    let unseen = behaviour.delta_without_credentials && is_of_credentials(&directory, &before, &next);
    if let Some(stored) = T::table_mut(&mut directory).get_mut(key) {
        stored.replace(next, request.now, behaviour.longest_delay());
    }
    if T::KIND == HolderKind::Application && !unseen {
        directory.graph.changes.note(id, Change::Written);
    }
    drop(directory);
    request.tenant.logs().note_audits(entries);
    tracing::info!(kind = T::KIND.resource(), object = %id, caller = %request.caller.id(), keys, "changed");
    Ok(result)
}

/// Whether a change is one of keys and secrets, and of nothing else.
fn is_of_credentials<T: Holder>(directory: &Directory, before: &T, next: &T) -> bool {
    let rest = |object: &T| {
        let mut shown = object.shown(directory);
        if let Some(members) = shown.as_object_mut() {
            members.retain(|name, _| !["keyCredentials", "passwordCredentials"].contains(&name.as_str()));
        }
        (shown, object.owners().to_vec())
    };
    (before.keys(), before.passwords()) != (next.keys(), next.passwords()) && rest(before) == rest(next)
}

/// Refuses an application whose collections have too many entries together, unless they have become fewer
/// ([`Behaviour::most_entries`]).
pub(super) fn check_entries(behaviour: &Behaviour, next: &Value, before: Option<&Value>) -> Result<(), GraphError> {
    let count = entries(next);
    let grown = before.is_none_or(|before| count > entries(before));
    if grown && behaviour.most_entries.is_some_and(|most| count > most) {
        return Err(GraphError::too_large());
    }
    Ok(())
}

/// Entries of the collections of an object, and of the objects within it.
fn entries(value: &Value) -> usize {
    let of = |value: &Value| match value {
        Value::Array(items) => items.len(),
        Value::Object(_) => entries(value),
        _ => 0,
    };
    value.as_object().into_iter().flatten().map(|(_, value)| of(value)).sum()
}
