//! Who looks after which apps, beside their owners in Entra.

mod given;

use crate::components::directory;
use crate::components::empty_state::EmptyState;
use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::page::{Heading, counted};
use crate::components::timestamp::Moment;
use crate::data::apps::Scope;
use crate::data::teams::{Departments, GivenPreview, GroupPeople, TeamView, Teams};
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::route::Route;
use domain::teams::Membership;
use given::{GiveForm, Preview};

pub fn page(teams: Teams) -> Page {
    Page::new(Route::Teams.title(), move || view! { <All teams/> })
}

/// Before apps are given to teams: what that changes.
pub fn preview(preview: GivenPreview) -> Page {
    Page::new("Apps for teams", move || view! { <Preview preview/> })
}

#[component]
fn All(teams: Teams) -> impl IntoView {
    let Teams { teams, scope, inventory, departments, permissions_page, given } = teams;
    let names: Vec<String> = teams.iter().map(|team| team.name.clone()).collect();
    let unknown = teams.iter().any(|team| team.membership == Membership::Unknown);
    let by_inventory = !inventory && !teams.is_empty();
    view! {
        <Heading title="Teams" lead="Who looks after which apps. A team’s members see its apps and may ask for changes; who may write is Entra’s decision."/>
        <p class="secondary">"Who is in a team, and by which names and tags it has apps, is set in the configuration of the portal, in [[teams]]. Administrators can give single apps to teams here."</p>
        {unknown.then(|| view! {
            <MessageBar intent=Intent::Warning title="Your groups could not be read">
                <p>"Whether you belong to a team with a group in Entra is not known, so its apps are not shown to you. Try again later; if it stays so, tell who runs the portal."</p>
            </MessageBar>
        })}
        {by_inventory.then(|| view! {
            <MessageBar intent=Intent::Warning title="The directory is not read in the background">
                <p>"Only apps that a team names by their ids are known. Names, tags, missing owners and owners’ departments need the inventory."</p>
            </MessageBar>
        })}
        {departments.map(|departments| view! { <UnknownDepartments departments permissions_page/> })}
        {if teams.is_empty() {
            let (title, text) = match scope {
                Scope::All => ("There are no teams", "Add one in the section [[teams]] of the configuration: docs/self-service.md says how."),
                Scope::Mine => ("You are in no team", "You see the apps that you own. An administrator of this portal can put you into a team."),
            };
            view! { <div class="card"><EmptyState glyph=Glyph::Person title text/></div> }.into_html()
        } else {
            view! {
                <div class="card card--table">
                    <table class="table table--stack">
                        <caption class="sr-only">"Teams"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Team"</th>
                                <th scope="col">"Who"</th>
                                <th scope="col">"Which apps"</th>
                                <th scope="col">"Contacts"</th>
                            </tr>
                        </thead>
                        <tbody>{teams.into_iter().map(|team| view! { <Row team/> }).collect_view()}</tbody>
                    </table>
                </div>
            }
            .into_html()
        }}
        {given.map(|given| view! { <GiveForm given names/> })}
    }
}

/// For when nobody of them is signed in.
#[component]
fn People(people: GroupPeople) -> impl IntoView {
    let GroupPeople { name: _, listed, count, read_at, is_old, failure } = people;
    let count = counted(directory::count(count), "person", "people");
    let failure = failure.map(|failure| format!("Who is in it could not be read: {}.", failure.in_words()));
    view! {
        {listed.into_iter().map(|person| view! { <span class="table__name">{person}</span> }).collect_view()}
        {read_at.map(|at| view! { <span class="secondary">{count}", read "<Moment at relative=true/></span> })}
        {is_old.then(|| view! { <span class="badge badge--warn"><Icon glyph=Glyph::Warning/>"Too old to be used"</span> })}
        {failure.map(|why| view! { <span class="secondary">{why}</span> })}
    }
}

/// What is not known is no team's, and may be one's.
#[component]
fn UnknownDepartments(departments: Departments, permissions_page: Option<String>) -> impl IntoView {
    let (title, text) = match departments {
        Departments::Known => return None,
        Departments::NotAsked => (
            "Owners’ departments are not read",
            "A team here has apps by the department of their owners. Which these are is not known, and none is shown by it. It takes owner_departments in the section [inventory] of the configuration, and the application permission User.Read.All for Thumbprint.".to_owned(),
        ),
        Departments::Unknown { apps } => {
            let of = apps.map_or_else(
                || "Some apps have an owner whose department is".to_owned(),
                |apps| {
                    let count = counted(directory::count(apps), "app has", "apps have");
                    format!("{count} an owner whose department is")
                },
            );
            (
                "Not every owner’s department is known",
                format!("{of} not known: it was not read yet, or Thumbprint lacks the application permission User.Read.All. By what is not known no team has an app."),
            )
        }
    };
    Some(view! {
        <MessageBar intent=Intent::Warning title=title>
            <p>{text}</p>
            {permissions_page.map(|page| view! { <p><a href=page>"Thumbprint’s API permissions in the Entra admin center"</a></p> })}
        </MessageBar>
    })
}

#[component]
fn Row(team: TeamView) -> impl IntoView {
    let TeamView { name, members, group, people, untold, membership, rules, apps, technical, business } = team;
    let group_name = people.as_ref().and_then(|people| people.name.clone());
    let badge = match membership {
        Membership::Member => Some(("badge badge--there", Glyph::Person, "You are in it")),
        Membership::Unknown => Some(("badge badge--warn", Glyph::Warning, "Whether you are in it is not known")),
        Membership::Stranger => None,
    };
    let count = match apps {
        Some(count) => counted(directory::count(count), "app now", "apps now"),
        None => "How many that are is not known".to_owned(),
    };
    let nobody = technical.is_none() && business.is_none();
    view! {
        <tr>
            <th scope="row" class="table__name" data-label="Team">
                <span class="stacked">
                    <span>{name}</span>
                    {badge.map(|(class, glyph, words)| view! { <span><span class=class><Icon glyph/>{words}</span></span> })}
                </span>
            </th>
            <td data-label="Who">
                <span class="stacked">
                    {members.into_iter().map(|member| view! { <span class="table__name">{member}</span> }).collect_view()}
                    {group.map(|id| view! { <span class="secondary table__name">"Members of the group "{group_name.map(|name| format!("“{name}” "))}<code class="mono">{id}</code></span> })}
                    {people.map(|people| view! { <People people/> })}
                    {untold.then(|| view! {
                        <span class="badge badge--warn"><Icon glyph=Glyph::Warning/>"Members of the group are not told"</span>
                        <span class="secondary">"Who they are is not read: that takes group_members in the section [inventory] of the configuration, and the application permission GroupMember.Read.All."</span>
                    })}
                </span>
            </td>
            <td data-label="Which apps">
                <span class="stacked">
                    {rules.into_iter().map(|rule| view! { <span class="table__name">{rule}</span> }).collect_view()}
                    <span class="secondary">{count}</span>
                </span>
            </td>
            <td data-label="Contacts">
                <span class="stacked">
                    {technical.map(|who| view! { <span class="table__name">{who}<span class="secondary">" · technical"</span></span> })}
                    {business.map(|who| view! { <span class="table__name">{who}<span class="secondary">" · business"</span></span> })}
                    {nobody.then_some("—")}
                </span>
            </td>
        </tr>
    }
}
