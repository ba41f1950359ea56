//! One entry of the directory's audit log: who changed what, from what, to what.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::serde::timestamp::nanoseconds;
use uuid::Uuid;

use crate::format::graph_date_precise;
use crate::graph::Request;
use crate::graph::auth::Caller;
use crate::graph::holder::{Holder, HolderKind};
use crate::graph::object::Object;
use crate::store::{Directory, KeyCredential, ObjectKey, PasswordCredential};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Audit {
    pub(super) id: String,
    #[serde(with = "nanoseconds")]
    pub(super) at: OffsetDateTime,
    /// `activityDisplayName`.
    pub(super) activity: Cow<'static, str>,
    category: Cow<'static, str>,
    operation: Cow<'static, str>,
    pub(super) correlation: Uuid,
    initiator: Initiator,
    pub(super) target: Target,
    modified: Vec<Modified>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Initiator {
    Person { id: Uuid, user_principal_name: String },
    App { app_id: Uuid, display_name: String, service_principal: Uuid },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Target {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    /// `Application`, `ServicePrincipal`, `User`, `Policy`, `Group`.
    pub(crate) kind: Cow<'static, str>,
}

/// A property's values, as JSON in a text: that is how the log has them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Modified {
    pub(crate) name: String,
    pub(crate) old: Option<String>,
    pub(crate) new: Option<String>,
}

/// The en dash and the space at the end are Entra's.
const APP_CREDENTIALS: &str = "Update application – Certificates and secrets management ";

impl Audit {
    pub(crate) fn new(
        request: &Request<'_>,
        directory: &Directory,
        activity: &'static str,
        operation: &'static str,
        target: Target,
        modified: Vec<Modified>,
    ) -> Self {
        let initiator = match &request.caller {
            Caller::Person { id, .. } => Initiator::Person {
                id: *id,
                user_principal_name: directory.person(*id).map(|p| p.user_principal_name.clone()).unwrap_or_default(),
            },
            Caller::App { id, client, .. } => Initiator::App {
                app_id: *client,
                service_principal: *id,
                display_name: directory
                    .service_principals
                    .get(ObjectKey::Id(*id))
                    .map(|service| service.display_name.clone())
                    .unwrap_or_default(),
            },
        };
        let category = match target.kind.as_ref() {
            "Policy" => "Policy",
            "Group" => "GroupManagement",
            _ => "ApplicationManagement",
        };
        let correlation = Uuid::new_v4();
        Self {
            id: format!("Directory_{correlation}_{}", &Uuid::new_v4().simple().to_string()[..8].to_uppercase()),
            at: request.now,
            activity: activity.into(),
            category: category.into(),
            operation: operation.into(),
            correlation,
            initiator,
            target,
            modified,
        }
    }

    pub(super) fn show(&self) -> Object {
        let mut out = Object::default();
        out.set("id", self.id.clone());
        out.set("category", self.category.as_ref());
        out.set("correlationId", self.correlation.to_string());
        out.set("result", "success");
        out.set("resultReason", "");
        out.set("activityDisplayName", self.activity.as_ref());
        out.set("activityDateTime", graph_date_precise(self.at));
        out.set("loggedByService", "Core Directory");
        out.set("operationType", self.operation.as_ref());
        let mut by = Object::default();
        match &self.initiator {
            Initiator::Person { id, user_principal_name } => {
                by.set("app", Value::Null);
                let mut user = Object::default();
                user.set("id", id.to_string());
                user.set("displayName", Value::Null);
                user.set("userPrincipalName", user_principal_name.clone());
                user.set("ipAddress", "127.0.0.1");
                by.nest("user", user);
            }
            Initiator::App { app_id, display_name, service_principal } => {
                by.set("user", Value::Null);
                let mut app = Object::default();
                app.set("appId", app_id.to_string());
                app.set("displayName", display_name.clone());
                app.set("servicePrincipalId", service_principal.to_string());
                app.set("servicePrincipalName", Value::Null);
                by.nest("app", app);
            }
        }
        out.nest("initiatedBy", by);
        let mut target = Object::default();
        target.set("id", self.target.id.to_string());
        target.set("displayName", self.target.name.clone());
        target.set("type", self.target.kind.as_ref());
        target.set("userPrincipalName", Value::Null);
        target.set("groupType", Value::Null);
        let modified = self.modified.iter().map(|one| {
            let mut out = Object::default();
            out.set("displayName", one.name.clone());
            out.set("oldValue", one.old.clone());
            out.set("newValue", one.new.clone());
            out
        });
        target.list("modifiedProperties", modified.collect());
        out.list("targetResources", vec![target]);
        out.set("additionalDetails", json!([]));
        out
    }

    /// A property to filter by.
    pub(super) fn property(&self, name: &str) -> Option<Value> {
        let initiator = |person: bool| match &self.initiator {
            Initiator::Person { id, .. } if person => json!(id),
            Initiator::App { app_id, .. } if !person => json!(app_id),
            _ => Value::Null,
        };
        Some(match name.to_ascii_lowercase().as_str() {
            "id" => json!(self.id),
            "activitydisplayname" => json!(self.activity),
            "activitydatetime" => json!(graph_date_precise(self.at)),
            "category" => json!(self.category),
            "correlationid" => json!(self.correlation),
            "loggedbyservice" => json!("Core Directory"),
            "operationtype" => json!(self.operation),
            "result" => json!("success"),
            "initiatedby/user/id" => initiator(true),
            "initiatedby/app/appid" => initiator(false),
            "initiatedby/user/userprincipalname" => match &self.initiator {
                Initiator::Person { user_principal_name, .. } => json!(user_principal_name),
                Initiator::App { .. } => Value::Null,
            },
            "targetresources" => {
                json!([{"id": self.target.id, "displayName": self.target.name, "type": self.target.kind}])
            }
            _ => return None,
        })
    }
}

pub(crate) fn target<T: Holder>(object: &T) -> Target {
    Target { id: object.id(), name: object.name().to_owned(), kind: T::KIND.resource().into() }
}

/// What a write logs: credentials apart from everything else, as Entra does.
pub(crate) fn of_change<T: Holder>(request: &Request<'_>, directory: &Directory, before: &T, after: &T) -> Vec<Audit> {
    let mut entries = vec![];
    let entry = |activity, modified| Audit::new(request, directory, activity, "Update", target(after), modified);
    let (old, new) = (described(before), described(after));
    if old != new {
        let activity = match T::KIND {
            HolderKind::Application => APP_CREDENTIALS,
            HolderKind::ServicePrincipal if new.iter().any(|one| !old.contains(one)) => {
                "Add service principal credentials"
            }
            HolderKind::ServicePrincipal => "Remove service principal credentials",
        };
        entries.push(entry(
            activity,
            vec![
                Modified {
                    name: "KeyDescription".into(),
                    old: Some(json!(old).to_string()),
                    new: Some(json!(new).to_string()),
                },
                Modified {
                    name: "Included Updated Properties".into(),
                    old: None,
                    new: Some("\"KeyDescription\"".into()),
                },
            ],
        ));
    }
    for (list, other, activity) in [
        (after.owners(), before.owners(), ["Add owner to application", "Add owner to service principal"]),
        (before.owners(), after.owners(), ["Remove owner from application", "Remove owner from service principal"]),
    ] {
        let adds = activity[0].starts_with("Add");
        for owner in list.iter().filter(|owner| !other.contains(owner)) {
            let value = Some(format!("\"{owner}\""));
            let (old, new) = if adds { (None, value) } else { (value, None) };
            let activity = activity[usize::from(T::KIND == HolderKind::ServicePrincipal)];
            entries.push(entry(activity, vec![Modified { name: "Owner.ObjectID".into(), old, new }]));
        }
    }
    let mut modified = vec![];
    let (old, new) = (before.shown(directory), after.shown(directory));
    for (name, value) in new.as_object().into_iter().flatten() {
        if ["keyCredentials", "passwordCredentials"].contains(&name.as_str()) || old[name] == *value {
            continue;
        }
        let pascal = name[..1].to_ascii_uppercase() + &name[1..];
        modified.push(Modified {
            name: pascal,
            old: Some(json!([old[name]]).to_string()),
            new: Some(json!([value]).to_string()),
        });
    }
    if !modified.is_empty() {
        let names: Vec<&str> = modified.iter().map(|one| one.name.as_str()).collect();
        let included = format!("\"{}\"", names.join(", "));
        modified.push(Modified { name: "Included Updated Properties".into(), old: None, new: Some(included) });
        let activity = match T::KIND {
            HolderKind::Application => "Update application",
            HolderKind::ServicePrincipal => "Update service principal",
        };
        entries.push(entry(activity, modified));
    }
    entries
}

/// The credentials as the log describes them.
fn described<T: Holder>(object: &T) -> Vec<String> {
    let keys = object.keys().iter().map(|KeyCredential { key_id, kind, usage, display_name, .. }| {
        let name = display_name.as_deref().unwrap_or_default();
        format!("[KeyIdentifier={key_id},KeyType={kind},KeyUsage={usage},DisplayName={name}]")
    });
    let passwords = object.passwords().iter().map(|PasswordCredential { key_id, display_name, .. }| {
        let name = display_name.as_deref().unwrap_or_default();
        format!("[KeyIdentifier={key_id},KeyType=Password,KeyUsage=Verify,DisplayName={name}]")
    });
    keys.chain(passwords).collect()
}
