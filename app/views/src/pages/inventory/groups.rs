//! The rows put together: how many each owner, certificate or issuer has.

use super::filter::FilterForms;
use super::{Asked, Nothing};
use crate::components::directory::{Doubts, count};
use crate::components::field::Segmented;
use crate::components::page::grouped;
use crate::components::pager::Pager;
use crate::components::timestamp::Moment;
use crate::data::inventory::{GridGroup, GridGroups, GridQuery, GridView, GroupLine, GroupName};
use crate::data::overview::DirectoryReading;
use crate::prelude::*;

/// By what the rows are put together, and not at all.
#[component]
pub(super) fn GroupedBy(query: GridQuery) -> impl IntoView {
    let by = |word: &'static str, group: Option<GridGroup>| {
        (word, GridQuery { page: 1, group, ..query.clone() }.href(), query.group == group)
    };
    let groups = GridGroup::ALL.into_iter().map(|one| by(word(one), Some(one)));
    let options = std::iter::once(by("Each row", None)).chain(groups).collect();
    view! { <Segmented label="Put together by" options/> }
}

fn word(group: GridGroup) -> &'static str {
    match group {
        GridGroup::Owner => "Owner",
        GridGroup::Certificate => "Certificate",
        GridGroup::Issuer => "Issuer",
    }
}

#[component]
pub(super) fn Groups(asked: Asked, query: GridQuery, group: GridGroup, found: GridGroups) -> impl IntoView {
    let GridGroups { scope, reading, groups } = found;
    let (filter, shown) = (query.filter.clone(), groups.items.len());
    let (page, has_next) = (groups.page, groups.has_next);
    let to = {
        let query = query.clone();
        move |page: u32| GridQuery { page, ..query.clone() }.href()
    };
    let read = match reading {
        DirectoryReading::NotYet => "The directory is not read yet. That begins by itself within some minutes.".into_html(),
        DirectoryReading::First { begun } => {
            view! { "The directory is being read, and counts are not complete. Begun " <Moment at=begun relative=true/> "." }.into_html()
        }
        DirectoryReading::Complete { from, .. } => view! { "Read " <Moment at=from relative=true/> "." }.into_html(),
    };
    let note = match group {
        GridGroup::Owner => {
            "What has several owners is in the group of each of them. Disabled owners have a group, and do not count."
        }
        GridGroup::Certificate => "Entries with the same certificate, whatever has them.",
        GridGroup::Issuer => {
            "Lists of the directory do not tell who issued a certificate: it is known of those that were read themselves."
        }
    };
    view! {
        <FilterForms asked filter=Some(filter)/>
        <div class="toolbar">
            <p class="secondary">{read} " " {note}</p>
            <GroupedBy query=query.clone()/>
        </div>
        <Doubts reading/>
        {if shown == 0 {
            view! { <Nothing query=query scope reading/> }.into_html()
        } else {
            view! { <Table query group lines=groups.items/> }.into_html()
        }}
        <Pager page shown total=None has_next link=to/>
    }
}

#[component]
fn Table(query: GridQuery, group: GridGroup, lines: Vec<GroupLine>) -> impl IntoView {
    let (head, rows) = match (group, query.view) {
        (GridGroup::Owner, GridView::Objects) => ("Owner", "Objects"),
        (GridGroup::Owner, GridView::Credentials) => ("Owner", "Credentials"),
        (GridGroup::Certificate, _) => ("Certificate", "Entries"),
        (GridGroup::Issuer, _) => ("Issuer", "Certificates"),
    };
    let lines = lines
        .into_iter()
        .map(|line| {
            let to = line.filter.map(|filter| GridQuery { filter, page: 1, group: None, ..query.clone() }.href());
            let name = name(line.name);
            view! {
                <tr>
                    <th scope="row" class="table__name" data-label=head>
                        {match to {
                            Some(to) => view! { <a class="table__link" href=to>{name}</a> }.into_html(),
                            None => name,
                        }}
                    </th>
                    <td class="number" data-label=rows>{grouped(count(line.rows))}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="card card--table">
            <table class="table table--stack table--compact table--hover">
                <caption class="sr-only">"Groups"</caption>
                <thead>
                    <tr>
                        <th scope="col">{head}</th>
                        <th scope="col" class="number">{rows}</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
}

fn name(name: GroupName) -> Html {
    match name {
        GroupName::Owner(_, Some(name)) => name.into_html(),
        GroupName::Owner(id, None) => view! { <code class="mono">{id.to_string()}</code> }.into_html(),
        GroupName::Nobody => "Nobody who counts".into_html(),
        GroupName::UnknownOwner => "Not known".into_html(),
        GroupName::Certificate(thumbprint) => {
            view! { <code class="mono mono--grouped">{thumbprint.grouped_hex()}</code> }.into_html()
        }
        GroupName::UnknownCertificate => "Thumbprint not known".into_html(),
        GroupName::Issuer(issuer) => issuer.into_html(),
        GroupName::Unread => "Not read yet".into_html(),
    }
}
