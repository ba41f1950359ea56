//! JSON objects whose properties keep the order in which Graph was recorded to write them.

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::Value;

/// A JSON object in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Object(Vec<(&'static str, Node)>);

/// A property's value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Plain(Value),
    Nested(Object),
    List(Vec<Object>),
}

impl Object {
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.0.push((name, Node::Plain(value.into())));
    }

    pub(crate) fn nest(&mut self, name: &'static str, object: Self) {
        self.0.push((name, Node::Nested(object)));
    }

    pub(crate) fn list(&mut self, name: &'static str, items: Vec<Self>) {
        self.0.push((name, Node::List(items)));
    }

    /// Puts another value in the place of a property that is there.
    pub(crate) fn replace(&mut self, name: &str, value: impl Into<Value>) {
        if let Some((_, node)) = self.0.iter_mut().find(|(known, _)| *known == name) {
            *node = Node::Plain(value.into());
        }
    }

    /// The same with a list.
    pub(crate) fn replace_list(&mut self, name: &str, items: Vec<Self>) {
        if let Some((_, node)) = self.0.iter_mut().find(|(known, _)| *known == name) {
            *node = Node::List(items);
        }
    }

    /// Appends all properties of another.
    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Leaves only the named properties.
    pub(crate) fn keep(&mut self, names: &[&str]) {
        self.0.retain(|(name, _)| names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)));
    }

    /// Leaves type and id, and of everything else the name: null, or an empty collection.
    pub(crate) fn blank(&mut self) {
        for (name, node) in &mut self.0 {
            match node {
                _ if *name == "id" || name.starts_with("@odata.") => {}
                Node::List(items) => items.clear(),
                Node::Plain(Value::Array(items)) => items.clear(),
                Node::Plain(_) | Node::Nested(_) => *node = Node::Plain(Value::Null),
            }
        }
    }

    /// Removes `@odata.context` and the like here and below, all but what `odata.metadata=none` leaves.
    pub(crate) fn drop_control_information(&mut self) {
        const LEFT: [&str; 3] = ["@odata.nextLink", "@odata.count", "@odata.deltaLink"];
        self.0.retain(|(name, _)| !name.starts_with("@odata.") || LEFT.contains(name));
        for (_, node) in &mut self.0 {
            match node {
                Node::Nested(object) => object.drop_control_information(),
                Node::List(items) => items.iter_mut().for_each(Self::drop_control_information),
                Node::Plain(_) => {}
            }
        }
    }

    /// Takes a property out.
    pub(crate) fn take(&mut self, name: &str) -> Option<Node> {
        let place = self.0.iter().position(|(known, _)| *known == name)?;
        Some(self.0.remove(place).1)
    }

    /// Puts what was taken out of another.
    pub(crate) fn put(&mut self, name: &'static str, node: Node) {
        self.0.push((name, node));
    }

    /// An object with `context` in front.
    pub(crate) fn with_context(context: String, rest: Self) -> Self {
        let mut object = Self(vec![("@odata.context", Node::Plain(context.into()))]);
        object.0.extend(rest.0);
        object
    }

    /// A collection's envelope.
    pub(crate) fn collection(context: String, count: Option<usize>, next: Option<String>, items: Vec<Self>) -> Self {
        let mut object = Self::default();
        object.set("@odata.context", context);
        if let Some(count) = count {
            object.set("@odata.count", count);
        }
        if let Some(next) = next {
            object.set("@odata.nextLink", next);
        }
        object.list("value", items);
        object
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, node) in &self.0 {
            match node {
                Node::Plain(value) => map.serialize_entry(name, value)?,
                Node::Nested(object) => map.serialize_entry(name, object)?,
                Node::List(items) => map.serialize_entry(name, items)?,
            }
        }
        map.end()
    }
}
