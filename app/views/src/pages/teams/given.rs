//! Apps that administrators give to teams, as a table.

use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::csv_field::{CsvField, CsvHead};
use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::RefusalSlot;
use crate::components::page::{Heading, counted};
use crate::data::teams::{GivenLine, GivenPreview, GivenTable};
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::route::{Form, Route};
use crate::scene::use_refusal;
use domain::csv::MAX_LINES;

/// Lines of a preview that are shown one by one.
const SHOWN: usize = 100;

/// `names`: of the teams that there are.
#[component]
pub(super) fn GiveForm(given: GivenTable, names: Vec<String>) -> impl IntoView {
    if names.is_empty() {
        return ().into_html();
    }
    let typed = [Form::PreviewGivenApps, Form::GiveApps]
        .into_iter()
        .find_map(|form| use_refusal(form)?.field("csv").map(str::to_owned));
    let count = counted(usize::try_from(given.count).unwrap_or(usize::MAX), "app", "apps");
    view! {
        <section class="card" aria-labelledby="given-title">
            <CsvHead id="given-title" title="Apps given to teams"/>
            // The answer is a page of its own: the preview.
            <form method="post" action=Form::PreviewGivenApps.path() data-plain="">
                <div class="stack">
                    <p>{format!("{count} so far, beside what the teams’ own lines say. The table below is the whole of it: a line that you take out is taken back.")}</p>
                    <CsvField
                        label="CSV with the columns app and team"
                        rows="8"
                        hint=format!("app: a client id or an object id. team: {}. At most {MAX_LINES} lines; comma, semicolon or tab.", names.join(", "))
                        begun=typed.or(Some(given.csv))
                    />
                    <div class="actions">
                        <button type="submit" class="button button--primary" data-pending="Comparing">
                            <span>"Preview"</span>
                            <Icon glyph=Glyph::ArrowRight/>
                        </button>
                    </div>
                    <RefusalSlot form=Form::PreviewGivenApps/>
                    <RefusalSlot form=Form::GiveApps/>
                </div>
            </form>
        </section>
    }
    .into_html()
}

#[component]
pub(super) fn Preview(preview: GivenPreview) -> impl IntoView {
    let GivenPreview { added, removed, kept, unknown, seen, csv } = preview;
    let stays = counted(kept, "line stays as it is", "lines stay as they are");
    let nothing = added.is_empty() && removed.is_empty();
    view! {
        <Breadcrumbs trail=vec![("Teams", Route::Teams.to_string())] here="Preview"/>
        <Heading title="Apps for teams" lead="What the table changes. Nothing is kept yet. Members see the apps of their team with the next page that they open, and may ask for changes; they write nothing by it."/>
        {unknown.filter(|count| *count > 0).map(|count| view! {
            <MessageBar intent=Intent::Warning title="Not in the inventory">
                <p>{format!("{} not known from the directory, as it was read last: the id may be wrong, or the app new.", counted(count, "app is", "apps are"))}</p>
            </MessageBar>
        })}
        <Lines title="Given" id="added" lines=added/>
        <Lines title="Taken back" id="removed" lines=removed/>
        <p>{if nothing { format!("Nothing is different: {stays}.") } else { format!("{stays}.") }}</p>
        <div class="actions">
            <form method="post" action=Form::GiveApps.path()>
                <input type="hidden" name="csv" value=csv/>
                <input type="hidden" name="seen" value=seen/>
                <button type="submit" class="button button--primary" data-pending="Keeping it" disabled=nothing>"Keep this"</button>
                <RefusalSlot form=Form::GiveApps/>
            </form>
            <a class="button" href=Route::Teams.to_string()>"Back, and keep nothing"</a>
        </div>
    }
}

#[component]
fn Lines(title: &'static str, id: &'static str, lines: Vec<GivenLine>) -> impl IntoView {
    let more = lines.len().saturating_sub(SHOWN);
    let title = format!("{title}: {}", counted(lines.len(), "app", "apps"));
    (!lines.is_empty()).then(|| view! {
        <section class="card card--table" aria-labelledby=id>
            <div class="card__head"><h2 id=id>{title}</h2></div>
            <table class="table table--stack">
                <thead>
                    <tr>
                        <th scope="col">"App"</th>
                        <th scope="col">"Id"</th>
                        <th scope="col">"Team"</th>
                    </tr>
                </thead>
                <tbody>
                    {lines.into_iter().take(SHOWN).map(|line| view! {
                        <tr>
                            <th scope="row" class="table__name" data-label="App">{line.name.unwrap_or_else(|| "Name not known".to_owned())}</th>
                            <td data-label="Id"><code class="mono">{line.app.to_string()}</code></td>
                            <td class="table__name" data-label="Team">{line.team}</td>
                        </tr>
                    }).collect_view()}
                </tbody>
            </table>
            {(more > 0).then(|| view! { <p class="card__text secondary">{format!("and {more} more")}</p> })}
        </section>
    })
}
