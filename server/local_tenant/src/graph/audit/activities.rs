//! `GET /beta/reports/appCredentialSignInActivities`: when each credential was last used to sign in, from the log of sign-ins.
//! Members from Graph's page of the resource. The real report was seen to stand still for months: a setting
//! ([`crate::Behaviour::activity_report_until`]).

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::sign_ins::{Credential, SignIn};
use crate::format::graph_date;
use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::odata::page::cut;
use crate::graph::{Answer, Request};
use crate::store::{Application, Common, Directory, ObjectKey};

/// The last sign-in with one credential.
struct Activity {
    app_id: Uuid,
    key_id: Uuid,
    at: OffsetDateTime,
    request: Uuid,
    certificate: bool,
}

pub(crate) fn list(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_logs()?;
    let until = request.tenant.behaviour().activity_report_until.unwrap_or(request.now);
    let directory = request.tenant.read();
    let activities = collect(request.tenant.logs().sign_ins.since(0).map(|(_, entry)| entry), until);
    let mut rows = vec![];
    for (number, one) in (1..).zip(&activities) {
        let get = |name: &str| property(one, &directory, name);
        let filter = request.query.filter.as_ref();
        if filter.map_or(Ok(true), |filter| filter.matches("appCredentialSignInActivity", &get))? {
            rows.push((number, one));
        }
    }
    let page = cut(rows.into_iter(), |_| "".into(), &request.query);
    let items = page.rows.iter().map(|one| show(one, &directory)).collect();
    let root = request.root();
    let body = Object::collection(
        request.query.context(&root, "reports/appCredentialSignInActivities", false),
        None,
        page.next.map(|token| request.query.next_link(&root, request.raw_path, &token)),
        items,
    );
    Ok(Answer::ok(body, 1))
}

/// Successes alone, each credential's last one up to a date.
fn collect<'l>(log: impl Iterator<Item = &'l SignIn>, until: OffsetDateTime) -> Vec<Activity> {
    let mut last: BTreeMap<(Uuid, Uuid), Activity> = BTreeMap::new();
    for entry in log.filter(|entry| entry.error_code == 0 && entry.at <= until) {
        let (key_id, certificate) = match &entry.credential {
            Credential::Certificate { key_id: Some(key_id), .. } => (*key_id, true),
            Credential::Secret { key_id: Some(key_id) } => (*key_id, false),
            _ => continue,
        };
        let (app_id, at, request) = (entry.app_id, entry.at, entry.id);
        last.insert((app_id, key_id), Activity { app_id, key_id, at, request, certificate });
    }
    last.into_values().collect()
}

/// When the credential ends, and whether it is the application's own; nothing for one that is gone.
fn ends(one: &Activity, directory: &Directory) -> (Option<OffsetDateTime>, &'static str) {
    let of = |common: &Common| {
        let key = common.key_credentials.iter().find(|key| key.key_id == one.key_id).map(|key| key.end);
        key.or_else(|| common.password_credentials.iter().find(|key| key.key_id == one.key_id).map(|key| key.end))
    };
    let key = ObjectKey::AppId(one.app_id);
    let own = directory.applications.get(key).and_then(|app: &Application| of(&app.common));
    match (own, directory.service_principals.get(key).and_then(|service| of(&service.common))) {
        (Some(end), _) => (Some(end), "application"),
        (None, Some(end)) => (Some(end), "servicePrincipal"),
        (None, None) => (None, "unknown"),
    }
}

fn property(one: &Activity, directory: &Directory, name: &str) -> Option<Value> {
    let key = ObjectKey::AppId(one.app_id);
    Some(match name.to_ascii_lowercase().as_str() {
        "id" => json!(crate::format::base64url(&[one.app_id.into_bytes(), one.key_id.into_bytes()].concat())),
        "keyid" => json!(one.key_id),
        "keytype" => json!(if one.certificate { "certificate" } else { "clientSecret" }),
        "keyusage" => json!("verify"),
        "appid" => json!(one.app_id),
        "appobjectid" => json!(directory.applications.get(key).map(|app| app.id)),
        "serviceprincipalobjectid" => json!(directory.service_principals.get(key).map(|service| service.id)),
        "credentialorigin" => json!(ends(one, directory).1),
        "expirationdatetime" => json!(ends(one, directory).0.map(graph_date)),
        "signinactivity/lastsignindatetime" => json!(graph_date(one.at)),
        _ => return None,
    })
}

fn show(one: &Activity, directory: &Directory) -> Object {
    let mut out = Object::default();
    for name in [
        "id",
        "keyId",
        "keyType",
        "keyUsage",
        "appId",
        "appObjectId",
        "servicePrincipalObjectId",
        "credentialOrigin",
        "expirationDateTime",
    ] {
        out.set(name, property(one, directory, name).unwrap_or_default());
    }
    let mut activity = Object::default();
    activity.set("lastSignInDateTime", graph_date(one.at));
    activity.set("lastSignInRequestId", one.request.to_string());
    out.nest("signInActivity", activity);
    out
}
