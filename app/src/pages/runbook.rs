//! Markdown of the runbook as HTML. It comes with the program: nobody else writes it.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html};
use views::page::Page;
use views::pages::runbook;
use views::route::Route;
use views::runbook::{INDEX, Topic};

pub fn index() -> Page {
    runbook::index(rendered(INDEX))
}

pub fn page(topic: Topic) -> Page {
    let title = topic.text().lines().next().unwrap_or_default().trim_start_matches("# ");
    runbook::page(title.to_owned(), rendered(topic.text()))
}

fn rendered(markdown: &str) -> String {
    let mut text = String::new();
    html::push_html(&mut text, Parser::new_ext(markdown, Options::ENABLE_TABLES).map(within));
    text
}

/// Links between the files lead to the portal's pages.
fn within(event: Event<'_>) -> Event<'_> {
    let Event::Start(Tag::Link { link_type, dest_url, title, id }) = event else { return event };
    let topic = dest_url.strip_suffix(".md").and_then(|name| name.parse::<Topic>().ok());
    let dest_url = topic.map_or(dest_url, |topic| CowStr::from(Route::RunbookPage(topic).to_string()));
    Event::Start(Tag::Link { link_type, dest_url, title, id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stay_in_the_portal() {
        let html = rendered(INDEX);
        assert!(html.starts_with("<h1>Runbook</h1>"));
        assert!(html.contains(r#"<a href="/runbook/not-registered">"#));
        assert!(!html.contains(".md\""), "{html}");
    }
}
