//! The two tables of the grid.

use super::picks::{AllOfPage, tick};
use crate::components::directory::{holds, subject_word, title, urgency};
use crate::components::icon::Icon;
use crate::components::page::grouped;
use crate::components::timestamp::Moment;
use crate::components::validity_pill::ValidityPill;
use crate::data::inventory::{CredentialFacts, CredentialLine, GridQuery, GridSort, Holder, ObjectLine, Pick, Seen};
use crate::route::Route;
use domain::credentials::{KeyUsage, SubjectKind};
use leptos::prelude::*;

/// A column by which the list can be put in an order: the first click is `up`.
fn sorted(query: &GridQuery, word: &'static str, up: GridSort, down: GridSort) -> impl IntoView + use<> {
    let (current, to) = match query.sort {
        sort if sort == up => (Some("ascending"), down),
        sort if sort == down => (Some("descending"), up),
        _ => (None, up),
    };
    let class = match current {
        Some("ascending") => "sort",
        Some(_) => "sort sort--desc",
        None => "sort sort--off",
    };
    let to = GridQuery { sort: to, page: 1, ..query.clone() }.href();
    view! { <th scope="col" aria-sort=current><a class=class href=to>{word}</a></th> }
}

/// A column by which the list can be put in one order alone.
fn newest(query: &GridQuery) -> impl IntoView + use<> {
    let current = query.sort == GridSort::Newest;
    let class = if current { "sort sort--desc" } else { "sort sort--off" };
    let to = GridQuery { sort: GridSort::Newest, page: 1, ..query.clone() }.href();
    view! { <th scope="col" aria-sort=current.then_some("descending")><a class=class href=to>"First seen"</a></th> }
}

#[component]
pub(super) fn Credentials(query: GridQuery, lines: Vec<CredentialLine>, picks: Vec<Pick>) -> impl IntoView {
    let every = !picks.is_empty() && lines.iter().filter_map(CredentialLine::pick).all(|pick| picks.contains(&pick));
    view! {
        <div class="card card--table">
            <table class="table table--stack table--compact table--hover table--pick">
                <caption class="sr-only">"Credentials"</caption>
                <thead>
                    <tr>
                        <AllOfPage every/>
                        {sorted(&query, "Held by", GridSort::Name, GridSort::NameDescending)}
                        <th scope="col">"Credential"</th>
                        {sorted(&query, "Ends", GridSort::End, GridSort::EndDescending)}
                    </tr>
                </thead>
                <tbody>{lines.into_iter().map(|line| credential(line, &picks)).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn credential(line: CredentialLine, picks: &[Pick]) -> impl IntoView + use<> {
    let pick = line.pick();
    let (kind, detail) = facts(line.facts);
    let name = line.name.filter(|name| !name.is_empty());
    let called = match &name {
        Some(name) => format!("{}, {name}", line.holder.name),
        None => format!("{}, {kind}", line.holder.name),
    };
    let checked = pick.as_ref().is_some_and(|pick| picks.contains(pick));
    view! {
        <tr>
            {tick(pick, checked, called)}
            {holder(line.holder)}
            <td class="table__bare" data-label="Credential">
                <span class="stacked">
                    <span>{kind}{name.map(|name| format!(" · {name}"))}</span>
                    {detail}
                </span>
            </td>
            <td class="table__bare" data-label="Ends">
                {match line.validity {
                    Some(validity) => view! { <ValidityPill validity start=line.start end=line.end/> }.into_any(),
                    None => view! { <span class="secondary">"Never ends"</span> }.into_any(),
                }}
            </td>
        </tr>
    }
}

/// Its kind in words, and what tells it from others.
fn facts(facts: CredentialFacts) -> (&'static str, AnyView) {
    match facts {
        CredentialFacts::Certificate { usage, thumbprint } => {
            let kind = match usage {
                Some(KeyUsage::Verify) => "Certificate",
                Some(KeyUsage::Sign) => "Certificate that signs SAML responses",
                Some(KeyUsage::Encrypt) => "Certificate that encrypts tokens",
                Some(KeyUsage::Other(_)) | None => "Certificate of a use that is not known",
            };
            let detail = match thumbprint {
                Some(thumbprint) => {
                    view! { <code class="mono mono--grouped secondary">{thumbprint.grouped_hex()}</code> }.into_any()
                }
                None => view! { <span class="secondary">"Thumbprint not known"</span> }.into_any(),
            };
            (kind, detail)
        }
        CredentialFacts::Secret { hint, opens_a_key } => {
            let kind = if opens_a_key { "Password of a private key" } else { "Secret" };
            let hint = hint
                .map(|hint| view! { <span class="secondary">"Begins with " <code class="mono">{hint}</code></span> });
            (kind, hint.into_any())
        }
        CredentialFacts::Federated { issuer, subject, named_repository } => {
            let detail = view! {
                <span class="secondary">{issuer}</span>
                <span class="secondary">{subject.unwrap_or_else(|| "Subject by a pattern".into())}</span>
                {named_repository.then(|| view! { <span>"Whoever gets the repository’s name can sign in"</span> })}
            };
            ("Federated", detail.into_any())
        }
    }
}

#[component]
pub(super) fn Objects(query: GridQuery, lines: Vec<ObjectLine>, picks: Vec<Pick>) -> impl IntoView {
    let every = !picks.is_empty() && lines.iter().all(|line| picks.contains(&line.pick()));
    view! {
        <div class="card card--table">
            <table class="table table--stack table--compact table--hover table--pick">
                <caption class="sr-only">"Objects"</caption>
                <thead>
                    <tr>
                        <AllOfPage every/>
                        {sorted(&query, "Name", GridSort::Name, GridSort::NameDescending)}
                        <th scope="col">"Holds"</th>
                        <th scope="col">"Owners"</th>
                        <th scope="col">"Next end"</th>
                        <th scope="col">"Needs"</th>
                        {newest(&query)}
                    </tr>
                </thead>
                <tbody>{lines.into_iter().map(|line| object(line, &picks)).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn object(line: ObjectLine, picks: &[Pick]) -> impl IntoView + use<> {
    let (pick, called) = (line.pick(), line.holder.name.clone());
    let checked = picks.contains(&pick);
    let end = match (line.validity, line.next_end) {
        (Some(validity), end) => view! { <ValidityPill validity start=None end=end/> }.into_any(),
        (None, _) => view! { <span class="secondary">"Nothing that ends"</span> }.into_any(),
    };
    let needs = line.needs.into_iter().map(|kind| {
        let (class, glyph) = urgency(kind);
        view! { <span class=format!("badge {class}")><Icon glyph/>{title(kind)}</span> }
    });
    let holds = holds(line.certificates, line.secrets, line.federated);
    view! {
        <tr>
            {tick(Some(pick), checked, called)}
            {holder(line.holder)}
            <td data-label="Holds">{holds}</td>
            <td data-label="Owners">{owners(line.owners, line.owned)}</td>
            <td class="table__bare" data-label="Next end">{end}</td>
            <td class="table__bare" data-label="Needs"><span class="badges">{needs.collect_view()}</span></td>
            <td data-label="First seen"><Moment at=line.first_seen relative=true/></td>
        </tr>
    }
}

fn owners(owners: Seen, owned: Option<bool>) -> String {
    match (owners.count, owners.maybe_more, owned) {
        (None, ..) => "Not read".into(),
        (Some(count), true, _) => format!("{} or more", grouped(count as usize)),
        (Some(0), false, _) => "Nobody".into(),
        (Some(count), false, Some(false)) => format!("{}, none enabled", grouped(count as usize)),
        (Some(count), false, Some(true)) => grouped(count as usize),
        (Some(count), false, None) => format!("{}, enabled or not is unknown", grouped(count as usize)),
    }
}

/// The first cell. An app has a page of its own; all else has the one of what it needs.
fn holder(holder: Holder) -> impl IntoView {
    let Holder { subject, name, disabled, admin_center, .. } = holder;
    let name = if name.is_empty() { "No name".to_owned() } else { name };
    let of = format!(" {name} in the Entra admin center (opens a new tab)");
    let kind = subject_word(subject.kind);
    let page = match subject.kind {
        SubjectKind::Application => Route::App(subject.id),
        kind => Route::InventoryObject(kind, subject.id),
    };
    view! {
        <th scope="row" class="table__name" data-label="Name">
            <span class="stacked">
                <a class="table__link" href=page.to_string()>{name}</a>
                <span class="secondary">
                    {kind}
                    {(disabled == Some(true)).then_some(", disabled")}
                    {admin_center.map(|url| view! { " · " <a href=url target="_blank" rel="noopener noreferrer">"Open"<span class="sr-only">{of}</span></a> })}
                </span>
            </span>
        </th>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_read_is_not_nothing() {
        let seen = |count| Seen { count: Some(count), maybe_more: false };
        let unread = Seen { count: None, maybe_more: true };
        assert_eq!(holds(seen(2), seen(1), seen(0)), "2 certificates, 1 secret");
        assert_eq!(holds(seen(0), seen(0), seen(0)), "Nothing");
        assert_eq!(holds(seen(0), seen(0), unread), "federated credentials not read");
        let damaged = Seen { count: Some(1), maybe_more: true };
        assert_eq!(holds(damaged, seen(0), seen(0)), "1 certificate and what could not be read");
        assert_eq!(owners(unread, None), "Not read");
        assert_eq!([owners(seen(0), Some(false)), owners(seen(2), Some(false))], ["Nobody", "2, none enabled"]);
        assert_eq!([owners(seen(3), Some(true)), owners(damaged, None)], ["3", "1 or more"]);
        assert_eq!(owners(seen(1), None), "1, enabled or not is unknown");
    }
}
