//! Microsoft Graph's own metadata, as far as it concerns what is simulated: `v1.0.csdl`, an excerpt whose first line says
//! of which commit it is. Whether Graph knows a path, and which values a property can hold, is asked of it.

pub(crate) mod check;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use roxmltree::{Document, Node};

/// Read once, at the first question.
pub(crate) static MODEL: LazyLock<Model> = LazyLock::new(|| Model::read(include_str!("v1.0.csdl")));

/// Types, what can be called on them, and what is at the root. Names are in lower case: Graph compares them so.
#[derive(Debug, Default)]
pub(crate) struct Model {
    types: HashMap<String, Type>,
    /// Entity sets and singletons.
    roots: HashMap<String, Place>,
    /// Actions and functions by what they are called on: `application`, `collection(application)`.
    bound: HashMap<String, HashSet<String>>,
}

/// An entity type, a complex type or an enumeration.
#[derive(Debug, Default)]
pub(crate) struct Type {
    base: Option<String>,
    properties: HashMap<String, Property>,
    navigations: HashMap<String, Place>,
    /// Of an enumeration.
    pub(crate) members: Vec<String>,
    pub(crate) is_enumeration: bool,
}

/// A property as it is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Property {
    /// In the schema's own spelling.
    pub(crate) name: String,
    /// `Edm.Boolean`, or the name of a type in lower case.
    pub(crate) kind: String,
    pub(crate) collection: bool,
    pub(crate) nullable: bool,
}

/// Where a path has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Many(String),
    One(String),
}

/// `Collection(graph.appRole)`: whether it is many, and of what.
fn parse(kind: &str) -> (bool, String) {
    let inner = kind.strip_prefix("Collection(").and_then(|rest| rest.strip_suffix(')'));
    let plain = inner.unwrap_or(kind);
    let named = plain.strip_prefix("graph.").or_else(|| plain.strip_prefix("microsoft.graph."));
    (inner.is_some(), named.map_or_else(|| plain.to_owned(), str::to_ascii_lowercase))
}

fn place(kind: &str) -> Place {
    match parse(kind) {
        (true, name) => Place::Many(name),
        (false, name) => Place::One(name),
    }
}

impl Model {
    /// What cannot be read is not in it; a test says that the excerpt is.
    fn read(text: &str) -> Self {
        let mut model = Self::default();
        let Ok(document) = Document::parse(text) else {
            return model;
        };
        for node in document.root_element().children().filter(Node::is_element) {
            let name = node.attribute("Name").unwrap_or_default().to_ascii_lowercase();
            match node.tag_name().name() {
                "EntityType" | "ComplexType" | "EnumType" => {
                    model.types.insert(name, Type::read(node));
                }
                "Action" | "Function" => {
                    let first = node.children().find(|child| child.tag_name().name() == "Parameter");
                    if let Some((many, kind)) = first.and_then(|first| first.attribute("Type")).map(parse) {
                        let key = if many { format!("collection({kind})") } else { kind };
                        model.bound.entry(key).or_default().insert(name);
                    }
                }
                "EntityContainer" => model.roots.extend(node.children().filter(Node::is_element).filter_map(root)),
                _ => {}
            }
        }
        model
    }

    pub(crate) fn of(&self, name: &str) -> Option<&Type> {
        self.types.get(&name.to_ascii_lowercase())
    }

    /// A type and those it derives from.
    fn line(&self, name: &str) -> impl Iterator<Item = (&str, &Type)> {
        std::iter::successors(self.types.get_key_value(name), |(_, one)| {
            one.base.as_deref().and_then(|base| self.types.get_key_value(base))
        })
        .map(|(name, one)| (name.as_str(), one))
    }

    /// A property of a type, its own or inherited.
    pub(crate) fn property(&self, of: &str, name: &str) -> Option<&Property> {
        let (of, name) = (of.to_ascii_lowercase(), name.to_ascii_lowercase());
        self.line(&of).find_map(|(_, one)| one.properties.get(&name))
    }

    /// Whether Graph has something at this undecoded path, which begins with a version. Where it leads to types that are
    /// not in the excerpt, it is said to.
    pub(crate) fn knows(&self, path: &str) -> bool {
        let mut segments = path.split('/').filter(|part| !part.is_empty()).skip(1);
        let bare = |segment: &str| segment.split('(').next().unwrap_or_default().to_ascii_lowercase();
        let Some((first, root)) = segments.next().and_then(|one| Some((one, self.roots.get(&bare(one))?))) else {
            return false;
        };
        let mut at = keyed(root.clone(), first);
        for segment in segments {
            match self.step(&at, &bare(segment), segment) {
                Step::To(next) => at = next,
                Step::Beyond => return true,
                Step::Nowhere => return false,
            }
        }
        true
    }

    fn step(&self, at: &Place, name: &str, segment: &str) -> Step {
        let (many, kind) = match at {
            Place::Many(kind) => (true, kind),
            Place::One(kind) => (false, kind),
        };
        let bare = name.trim_start_matches("microsoft.").trim_start_matches("graph.");
        if bare != name && self.types.contains_key(bare) {
            return Step::To(if many { Place::Many(bare.to_owned()) } else { Place::One(bare.to_owned()) });
        }
        let line: Vec<(&str, &Type)> = self.line(kind).collect();
        let called = |one: &str| {
            let key = if many { format!("collection({one})") } else { one.to_owned() };
            self.bound.get(&key).is_some_and(|names| names.contains(bare))
        };
        if name.starts_with('$') || line.is_empty() || line.iter().any(|(one, _)| called(one)) {
            return Step::Beyond;
        }
        if many {
            // An id.
            return Step::To(Place::One(kind.clone()));
        }
        if let Some(next) = line.iter().find_map(|(_, one)| one.navigations.get(name)) {
            return Step::To(keyed(next.clone(), segment));
        }
        if line.iter().any(|(_, one)| one.properties.contains_key(name)) { Step::Beyond } else { Step::Nowhere }
    }
}

/// Where a segment of a path leads.
enum Step {
    To(Place),
    /// There is such a segment, and what it leads to is not in the excerpt.
    Beyond,
    Nowhere,
}

/// A key in brackets leaves one of many.
fn keyed(place: Place, segment: &str) -> Place {
    match place {
        Place::Many(kind) if segment.contains('(') && !segment.ends_with("()") => Place::One(kind),
        other => other,
    }
}

/// An entity set has an `EntityType`, a singleton a `Type`.
fn root(node: Node<'_, '_>) -> Option<(String, Place)> {
    let set = node.attribute("EntityType").map(|kind| Place::Many(parse(kind).1));
    let found = set.or_else(|| Some(Place::One(parse(node.attribute("Type")?).1)))?;
    Some((node.attribute("Name")?.to_ascii_lowercase(), found))
}

impl Type {
    fn read(node: Node<'_, '_>) -> Self {
        let mut out = Self {
            base: node.attribute("BaseType").map(|base| parse(base).1),
            is_enumeration: node.tag_name().name() == "EnumType",
            ..Self::default()
        };
        for child in node.children().filter(Node::is_element) {
            let name = child.attribute("Name").unwrap_or_default();
            let kind = child.attribute("Type").unwrap_or_default();
            match child.tag_name().name() {
                "Property" => {
                    let (collection, kind) = parse(kind);
                    let nullable = child.attribute("Nullable") != Some("false");
                    let property = Property { name: name.to_owned(), kind, collection, nullable };
                    out.properties.insert(name.to_ascii_lowercase(), property);
                }
                "NavigationProperty" => {
                    out.navigations.insert(name.to_ascii_lowercase(), place(kind));
                }
                "Member" => out.members.push(name.to_owned()),
                _ => {}
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn the_excerpt_is_read_whole() {
        assert!(MODEL.roots.len() > 60 && MODEL.types.len() > 30 && MODEL.bound.len() > 5, "{MODEL:?}");
        let keys = MODEL.property("Application", "keycredentials").unwrap();
        assert_eq!((keys.name.as_str(), keys.kind.as_str()), ("keyCredentials", "keycredential"));
        assert!(keys.collection && !keys.nullable);
        // Inherited.
        assert_eq!(MODEL.property("agentIdentityBlueprint", "appId").unwrap().kind, "Edm.String");
        let flags = MODEL.of("weakAlgorithms").unwrap();
        assert!(flags.is_enumeration && flags.members.contains(&"rsaSha1".to_owned()), "{flags:?}");
        // Every type that an application's or a service principal's properties lead to is there.
        let mut todo = vec!["application".to_owned(), "serviceprincipal".to_owned()];
        let mut seen = HashSet::new();
        while let Some(name) = todo.pop() {
            let one = MODEL.types.get(&name).unwrap_or_else(|| panic!("{name}"));
            let kinds = one.properties.values().map(|property| property.kind.clone());
            todo.extend(kinds.filter(|kind| !kind.starts_with("Edm.") && seen.insert(kind.clone())));
        }
        assert!(seen.len() > 20, "{seen:?}");
    }

    #[test]
    fn paths_that_graph_knows() {
        const ID: &str = "765eb0e3-acb3-475d-9a98-ee6892f081c8";
        for known in [
            "/v1.0/groups",
            "/v1.0/Groups/x/members",
            "/v1.0/me/messages/1/attachments/2",
            "/v1.0/applications/ID/federatedIdentityCredentials",
            "/v1.0/applications(appId='ID')/logo",
            "/v1.0/applications/ID/web",
            "/v1.0/applications/getByIds",
            "/v1.0/applications/microsoft.graph.agentIdentityBlueprint",
            "/v1.0/servicePrincipals/ID/appRoleAssignedTo/ID",
            "/v1.0/servicePrincipals/ID/addTokenSigningCertificate",
        ] {
            assert!(MODEL.knows(&known.replace("ID", ID)), "{known}");
        }
        for unknown in
            ["/v1.0", "/v1.0/grups", "/v1.0/applications/ID/passwords", "/v1.0/applications/ID/appRoleAssignedTo"]
        {
            assert!(!MODEL.knows(&unknown.replace("ID", ID)), "{unknown}");
        }
    }
}
