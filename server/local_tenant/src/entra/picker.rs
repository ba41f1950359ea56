//! "Pick an account": every person of the tenant is a button.

use std::fmt::Write as _;

use axum::http::StatusCode;
use axum::response::Response;
use url::Url;

use super::page::{escape, html};
use super::strangers::Stranger;
use crate::store::{Directory, Person};

/// The page. Its form posts to `action`; those whom a login hint names come first, people of other tenants last. It may lead on to
/// `redirect_uri`.
pub(crate) fn page(
    directory: &Directory,
    client: &str,
    action: &str,
    redirect_uri: Option<&Url>,
    hinted: impl Fn(&Person) -> bool,
    strangers: &[Stranger],
) -> Response {
    let mut people: Vec<&Person> = directory.people.iter().collect();
    people.sort_by_key(|person| !hinted(person));
    let mut items = String::new();
    for person in people {
        let _ = writeln!(
            items,
            "<li><button class=\"account\" type=\"submit\" name=\"account\" value=\"{}\"><span class=\"initials\" aria-hidden=\"true\">{}</span><span class=\"name\">{}</span> <span>{}</span> <span>{}</span></button></li>",
            person.id,
            escape(&initials(person)),
            escape(&person.display_name),
            escape(&person.user_principal_name),
            escape(&role_line(directory, person)),
        );
    }
    for stranger in strangers {
        let _ = writeln!(
            items,
            "<li><button class=\"account\" type=\"submit\" name=\"account\" value=\"{}\"><span class=\"initials\" aria-hidden=\"true\">{}</span><span class=\"name\">{}</span> <span>{}</span> <span>of another tenant</span></button></li>",
            stranger.id,
            escape(&stranger.display_name.chars().take(1).collect::<String>()),
            escape(&stranger.display_name),
            escape(&stranger.user_principal_name),
        );
    }
    let main = format!(
        "<p class=\"brand\">{}</p>\n<h1>Pick an account</h1>\n<p>to continue to {}</p>\n<form method=\"post\" action=\"{}\">\n<ul>\n{items}</ul>\n<button class=\"cancel\" type=\"submit\" name=\"cancel\" value=\"1\">Cancel</button>\n</form>",
        escape(&directory.profile.display_name),
        escape(client),
        escape(action),
    );
    html(StatusCode::OK, "Sign in to your account", &main, redirect_uri, None)
}

fn initials(person: &Person) -> String {
    [&person.given_name, &person.surname].iter().filter_map(|name| name.chars().next()).collect()
}

/// What somebody choosing whom to be wants to know.
fn role_line(directory: &Directory, person: &Person) -> String {
    let owned = directory.applications.iter().filter(|app| app.common.owners.contains(&person.id)).count();
    let mut parts: Vec<String> = person.directory_roles.iter().map(|role| role.display_name().to_owned()).collect();
    if owned > 0 {
        parts.push(format!("owns {owned} {}", if owned == 1 { "app" } else { "apps" }));
    }
    if parts.is_empty() {
        parts.push("no directory role, owns nothing".into());
    }
    format!("{} ({})", person.job_title, parts.join(", "))
}
