//! What a token says of the roles and groups that a person is in: as the registration's app roles, `groupMembershipClaims`
//! and `optionalClaims` ask for it (Entra's pages of access token claims and of optional claims).

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::tokens::wids;
use crate::graph::groups::Group;
use crate::store::{Application, Directory, ObjectKey, Person};

/// Of more groups a token does not speak: it says where to ask for them.
const MOST_GROUPS: usize = 200;

/// Which of a registration's `optionalClaims` count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Access,
    Id,
}

/// What `groupMembershipClaims` names: words with commas between them.
struct Wanted<'a>(Vec<&'a str>);

impl<'a> Wanted<'a> {
    fn of(app: &'a Application) -> Self {
        let text = app.common.extra.get("groupMembershipClaims").and_then(Value::as_str).unwrap_or_default();
        Self(text.split(',').map(str::trim).collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains(&name)
    }

    fn directory_roles(&self) -> bool {
        self.has("DirectoryRole") || self.has("All")
    }

    /// The groups of a person that a token tells; `None`: nothing of groups was asked for.
    fn groups(&self, directory: &'a Directory, person: Uuid, app: &Application) -> Option<Vec<&'a Group>> {
        let all = self.has("All");
        let assigned = self.has("ApplicationGroup");
        if !all && !assigned && !self.has("SecurityGroup") {
            return None;
        }
        let group = |id: &Uuid| directory.group(*id);
        if all || self.has("SecurityGroup") {
            let ids = directory.groups_of(person);
            return Some(ids.iter().filter_map(group).filter(|group| all || group.security_enabled).collect());
        }
        // A group within an assigned one is not assigned.
        let service = directory.service_principals.get(ObjectKey::AppId(app.app_id));
        let holds =
            |id: &Uuid| service.is_some_and(|service| service.assignments.iter().any(|one| one.principal == *id));
        Some(directory.direct_groups_of(person).iter().filter(|id| holds(id)).filter_map(group).collect())
    }
}

/// `additionalProperties` of the registration's optional claim `groups`. Those about groups of an on-premises directory
/// change nothing: there are none here.
fn has_property(app: &Application, kind: TokenKind, name: &str) -> bool {
    let claims = match kind {
        TokenKind::Access => "accessToken",
        TokenKind::Id => "idToken",
    };
    let optional = app.common.extra.get("optionalClaims").and_then(|all| all.get(claims)).and_then(Value::as_array);
    let groups = optional.and_then(|claims| claims.iter().find(|claim| claim["name"] == "groups"));
    let properties = groups.and_then(|claim| claim["additionalProperties"].as_array());
    properties.is_some_and(|properties| properties.iter().any(|one| one == name))
}

/// Adds `roles`, `wids` and `groups`, each if there is something to tell.
pub(super) fn add(
    claims: &mut Map<String, Value>,
    directory: &Directory,
    person: &Person,
    app_id: Uuid,
    kind: TokenKind,
) {
    let roles = directory.roles_of(person.id, app_id);
    if !roles.is_empty() {
        claims.insert("roles".into(), json!(roles));
    }
    let Some(app) = directory.application(app_id) else {
        return;
    };
    let wanted = Wanted::of(app);
    if wanted.directory_roles() {
        claims.insert("wids".into(), wids(person));
    }
    let groups = wanted.groups(directory, person.id, app).unwrap_or_default();
    if groups.is_empty() {
        return;
    }
    if groups.len() > MOST_GROUPS {
        // Azure AD Graph's address, which that page warns of; nobody answers there any more.
        let url = format!("https://graph.windows.net/{}/users/{}/getMemberObjects", directory.profile.id, person.id);
        claims.insert("_claim_names".into(), json!({"groups": "src1"}));
        claims.insert("_claim_sources".into(), json!({"src1": {"endpoint": url}}));
        return;
    }
    let by_name = wanted.has("ApplicationGroup") && has_property(app, kind, "cloud_displayname");
    let told = groups.iter().map(|group| if by_name { json!(group.display_name) } else { json!(group.id) });
    // Then the registration's own roles are not there.
    let claim = if has_property(app, kind, "emit_as_roles") { "roles" } else { "groups" };
    claims.insert(claim.into(), told.collect());
}
