//! A form whose answer is another page: filters and searches. The browser would load it; hydrated, the router goes.

use crate::browser;
use crate::query::href;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Fields and the button's own pair as a URL; what is empty stays out of it, and of a repeated name only the last.
pub fn url(path: &str, fields: &[(String, String)]) -> String {
    let kept = fields.iter().enumerate().filter(|(at, (name, value))| {
        let later = &fields[at + 1..];
        !later.iter().any(|(other, again)| other == name && (!name.ends_with("[]") || again == value))
    });
    href(path, kept.map(|(_, (name, value))| (name.as_str(), value.as_str())))
}

#[component]
pub fn GetForm(#[prop(into)] action: String, #[prop(into)] class: &'static str, children: Children) -> impl IntoView {
    let navigate = use_navigate();
    let path = action.clone();
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (mut fields, button) = browser::submitted(&event);
        fields.extend(button.map(|it| (it.name, it.value)).filter(|(name, _)| !name.is_empty()));
        navigate(&url(&path, &fields), NavigateOptions { scroll: false, ..Default::default() });
    };
    view! { <form class=class method="get" action=action on:submit=go>{children()}</form> }
}

#[cfg(test)]
mod tests {
    use super::url;

    #[test]
    fn the_last_of_a_name_counts_and_lists_are_kept_whole() {
        let fields: Vec<_> =
            [("scope", "mine"), ("q", ""), ("app[]", "a"), ("app[]", "b"), ("app[]", "a"), ("scope", "all")]
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
        assert_eq!(url("/apps", &fields), "/apps?app%5B%5D=b&app%5B%5D=a&scope=all");
    }
}
