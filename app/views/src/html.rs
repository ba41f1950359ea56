//! Views of every type as one: as the HTML that they are.

use leptos::children::ToChildren;
use leptos::prelude::IntoView;
use leptos::tachys::html::InertElement;

/// HTML that is rendered already.
pub type Html = InertElement;

/// Where views of different types have to be of one. Pages are HTML and nothing else (docs/adr/0009): so it is rendered at once.
/// Leptos' own `AnyView` keeps, for every type of view, how it would be built in a browser, streamed, and waited for: a tenth
/// of what a page with a tool has to fetch.
pub trait IntoHtml {
    fn into_html(self) -> Html;
}

impl<V: IntoView> IntoHtml for V {
    fn into_html(self) -> Html {
        InertElement::new(self.to_html())
    }
}

/// What stands between a component's two tags.
pub struct Children(Box<dyn FnOnce() -> Html + Send>);

impl Children {
    pub fn render(self) -> Html {
        (self.0)()
    }
}

impl<F, V> ToChildren<F> for Children
where
    F: FnOnce() -> V + Send + 'static,
    V: IntoView,
{
    fn to_children(children: F) -> Self {
        Self(Box::new(move || children().into_html()))
    }
}
