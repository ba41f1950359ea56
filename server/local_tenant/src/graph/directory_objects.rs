//! Objects of any kind: people, service principals, applications, groups, directory roles. `/directoryObjects/{id}` and
//! `getByIds`, and how one is shown among others.

use serde_json::Value;
use uuid::Uuid;

use super::auth::Caller;
use super::error::GraphError;
use super::object::Object;
use super::odata::Query;
use super::{Answer, Request, applications, directory_roles, groups, service_principals, users};
use crate::state::Behaviour;
use crate::store::{Directory, ObjectKey};

/// Ids that one `getByIds` takes.
const MOST_IDS: usize = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ObjectKind {
    User,
    ServicePrincipal,
    Application,
    Group,
    DirectoryRole,
}

impl ObjectKind {
    pub(crate) const ALL: [Self; 5] =
        [Self::User, Self::ServicePrincipal, Self::Application, Self::Group, Self::DirectoryRole];

    /// What an id is of.
    pub(crate) fn of(id: Uuid, directory: &Directory) -> Option<Self> {
        if directory.person(id).is_some() {
            Some(Self::User)
        } else if directory.service_principals.get(ObjectKey::Id(id)).is_some() {
            Some(Self::ServicePrincipal)
        } else if directory.applications.get(ObjectKey::Id(id)).is_some() {
            Some(Self::Application)
        } else if directory.group(id).is_some() {
            Some(Self::Group)
        } else {
            directory_roles::by_id(id).map(|_| Self::DirectoryRole)
        }
    }

    /// `microsoft.graph.user` in lower case, or without `microsoft.`.
    pub(crate) fn of_cast(cast: &str) -> Option<Self> {
        let name = cast.trim_start_matches("microsoft.").strip_prefix("graph.")?;
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::ServicePrincipal => "servicePrincipal",
            Self::Application => "application",
            Self::Group => "group",
            Self::DirectoryRole => "directoryRole",
        }
    }

    /// As paths and contexts name the set.
    pub(crate) fn set(self) -> &'static str {
        match self {
            Self::User => "users",
            Self::ServicePrincipal => "servicePrincipals",
            Self::Application => "applications",
            Self::Group => "groups",
            Self::DirectoryRole => "directoryRoles",
        }
    }
}

/// What of people a caller may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Profiles {
    Hidden,
    /// Names, addresses and photo.
    Basic,
    Whole,
}

/// What of others a caller may read. Of the rest there is the type and the id, and the other properties are null (Graph's
/// page of permissions, "limited information returned for inaccessible member objects").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sight {
    people: Profiles,
    groups: bool,
    applications: bool,
    own: Uuid,
}

impl Default for Sight {
    fn default() -> Self {
        Self::everything()
    }
}

impl Sight {
    /// Of owners: everything, unless [`crate::Behaviour::limited_owners`] says otherwise.
    pub(super) fn of_owners(behaviour: &Behaviour, caller: &Caller) -> Self {
        let seen = Self::of(caller);
        if behaviour.limited_owners {
            return seen;
        }
        Self { people: seen.people.max(Profiles::Basic), own: seen.own, ..Self::everything() }
    }

    pub(super) fn of(caller: &Caller) -> Self {
        Self {
            people: caller.profiles(),
            groups: caller.may_read_groups().is_ok(),
            applications: caller.may_read_applications().is_ok(),
            own: caller.id(),
        }
    }

    /// All that there is.
    pub(super) const fn everything() -> Self {
        Self { people: Profiles::Whole, groups: true, applications: true, own: Uuid::nil() }
    }

    /// Of one's own, too (`User.Read`).
    pub(super) fn shows_profile_of(self, person: Uuid) -> bool {
        self.people == Profiles::Whole || self.own == person
    }

    fn covers(self, id: Uuid, kind: ObjectKind) -> bool {
        match kind {
            ObjectKind::User => self.people != Profiles::Hidden || self.own == id,
            ObjectKind::Group => self.groups,
            ObjectKind::ServicePrincipal | ObjectKind::Application => self.applications,
            ObjectKind::DirectoryRole => true,
        }
    }
}

/// One with its `@odata.type`; `None` for an id that nothing has.
pub(super) fn typed(
    id: Uuid,
    directory: &Directory,
    query: &Query,
    sight: Sight,
) -> Result<Option<Object>, GraphError> {
    let Some(kind) = ObjectKind::of(id, directory) else {
        return Ok(None);
    };
    let shown = match kind {
        ObjectKind::User => directory.person(id).map(|person| users::typed(person, query, sight)),
        ObjectKind::ServicePrincipal => {
            let service = directory.service_principals.get(ObjectKey::Id(id));
            service.map(|service| service_principals::typed(service, directory, query))
        }
        ObjectKind::Application => {
            let app = directory.applications.get(ObjectKey::Id(id));
            app.map(|app| Ok(applications::typed(app, directory, query)))
        }
        ObjectKind::Group => directory.group(id).map(|group| groups::typed(group, directory, query)),
        ObjectKind::DirectoryRole => directory_roles::by_id(id).map(|role| Ok(directory_roles::typed(role))),
    };
    let mut shown = shown.transpose()?;
    if let Some(shown) = shown.as_mut().filter(|_| !sight.covers(id, kind)) {
        shown.blank();
    }
    Ok(shown)
}

/// `{"@odata.id": …}`, of the older service behind Graph, as its own answers have it.
pub(super) fn reference_of(id: Uuid, directory: &Directory, root: &str) -> Object {
    let base = root.rsplit_once('/').map_or("", |(base, _)| base);
    let kind = match ObjectKind::of(id, directory) {
        Some(ObjectKind::User) => "User",
        Some(ObjectKind::Group) => "Group",
        Some(ObjectKind::Application) => "Application",
        _ => "ServicePrincipal",
    };
    let mut item = Object::default();
    let tenant = directory.profile.id;
    item.set("@odata.id", format!("{base}/v2/{tenant}/directoryObjects/{id}/Microsoft.DirectoryServices.{kind}"));
    item
}

/// `GET /directoryObjects/{id}`
pub(super) fn get(request: &Request<'_>, id: Uuid) -> Result<Answer, GraphError> {
    let directory = request.tenant.read();
    let kind = ObjectKind::of(id, &directory).ok_or_else(|| GraphError::not_found(id))?;
    let sight = Sight::of(&request.caller);
    if !sight.covers(id, kind) {
        return Err(GraphError::denied());
    }
    let shown = typed(id, &directory, &request.query, sight)?.ok_or_else(|| GraphError::not_found(id))?;
    let context = request.query.context(&request.root(), "directoryObjects", true);
    Ok(Answer::ok(Object::with_context(context, shown), request.query.cost(1)))
}

/// `POST /directoryObjects/getByIds` with `{"ids": […], "types": ["user", …]}`: what is not there is left out.
pub(super) fn by_ids(request: &Request<'_>) -> Result<Answer, GraphError> {
    let sent = request.json()?;
    let texts = |name: &str| -> Option<Vec<String>> {
        sent.get(name)?.as_array()?.iter().map(|one| one.as_str().map(str::to_owned)).collect()
    };
    let wrong = |name: &str| GraphError::invalid_value(name, "DirectoryObject");
    let ids = texts("ids").filter(|ids| ids.len() <= MOST_IDS).ok_or_else(|| wrong("ids"))?;
    let types = match sent.get("types") {
        None | Some(Value::Null) => None,
        Some(_) => Some(texts("types").ok_or_else(|| wrong("types"))?),
    };
    let sight = Sight::of(&request.caller);
    if !(sight.people != Profiles::Hidden || sight.groups || sight.applications) {
        return Err(GraphError::denied());
    }
    let directory = request.tenant.read();
    let wanted = |kind: ObjectKind| {
        types.as_ref().is_none_or(|types| {
            types.iter().any(|name| {
                name.eq_ignore_ascii_case(kind.name())
                    || name.eq_ignore_ascii_case("directoryObject")
                    || name.eq_ignore_ascii_case(kind.set())
            })
        })
    };
    let mut items = vec![];
    for id in ids {
        let id = Uuid::parse_str(&id).map_err(|_| wrong("ids"))?;
        if ObjectKind::of(id, &directory).is_some_and(&wanted) {
            items.extend(typed(id, &directory, &request.query, sight)?);
        }
    }
    let context = request.query.context(&request.root(), "directoryObjects", false);
    Ok(Answer::ok(Object::collection(context, None, None, items), request.query.cost(3)))
}
