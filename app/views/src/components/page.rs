//! What every page shares: its heading, and counts in words.

use crate::prelude::*;
use crate::viewer::Viewer;

/// A page's heading, what it is about, and its main actions.
#[component]
pub fn Heading(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: Option<String>,
    /// It has the focus once the page is there: the person came by a button, and reads on from here.
    #[prop(optional)]
    focus: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="heading">
            <div class="heading__words">
                <h1 tabindex="-1" data-focus=focus.then_some("")>{title}</h1>
                {lead.map(|lead| view! { <p class="heading__lead">{lead}</p> })}
            </div>
            {children.map(|children| view! { <div class="heading__actions">{children.render()}</div> })}
        </header>
    }
}

/// `12,345`.
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 app`, `3 apps`, `1,200 apps`.
pub fn plural(count: usize, one: &str) -> String {
    counted(count, one, &format!("{one}s"))
}

/// The same for a word with a plural of its own.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{} {many}", grouped(count)) }
}

/// A name of an app or an entry, which may have none, or an empty one.
pub fn or_no_name(name: Option<String>) -> String {
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "No name".to_owned())
}

/// What a person without the right to push reads in place of the button.
pub fn why_no_push(viewer: &Viewer) -> Option<&'static str> {
    (!viewer.may_push()).then_some(
        "Your role, Thumbprint.Auditor, reads only. Ask for Thumbprint.User to add certificates to your own apps.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        for (count, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(count), text);
        }
        assert_eq!([plural(1, "app"), plural(1_200, "app")], ["1 app", "1,200 apps"]);
    }
}
