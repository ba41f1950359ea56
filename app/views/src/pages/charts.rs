//! The directory in numbers: shares over time, ages and lifetimes.

use crate::components::chart::{Chart, ChartRow, ChartScale};
use crate::components::directory::{Doubts, count};
use crate::components::empty_state::EmptyState;
use crate::components::icon::Icon;
use crate::components::page::{Heading, counted, grouped};
use crate::components::timestamp::Moment;
use crate::data::apps::Scope;
use crate::data::charts::{Charts, CountedDay, Distribution, KindCounts};
use crate::data::overview::DirectoryReading;
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::route::Route;
use domain::credentials::CredentialKind;

/// Those that have an age.
const TIMED: &[CredentialKind] = &[CredentialKind::Certificate, CredentialKind::Secret];

/// `charts`: `None` where the directory is not read in the background.
pub fn page(charts: Option<Charts>) -> Page {
    Page::new(Route::InventoryCharts.title(), move || match charts {
        None => view! { <Off/> }.into_html(),
        Some(charts) => view! { <InNumbers charts/> }.into_html(),
    })
}

#[component]
fn Off() -> impl IntoView {
    view! {
        <Heading title=Route::InventoryCharts.title() lead="Credentials in numbers."/>
        <div class="card">
            <EmptyState glyph=Glyph::Table title="The directory is not read here" text="Charts need the inventory, which is off. Whoever runs the portal can switch it on: the page about a real tenant in its documentation says how.">
                <a class="button" href=Route::Apps.to_string()>"Show the apps"</a>
            </EmptyState>
        </div>
    }
}

#[component]
fn InNumbers(charts: Charts) -> impl IntoView {
    let Charts { scope, reading, history, ages, lifetimes } = charts;
    let lead = match scope {
        Scope::All => "Every credential of the directory, in numbers.",
        Scope::Mine => "The credentials of what you look after, in numbers.",
    };
    view! {
        <Heading title=Route::InventoryCharts.title() lead>
            <a class="button" href=Route::Inventory.to_string()><Icon glyph=Glyph::Table/><span>"Show the rows"</span></a>
        </Heading>
        <p class="secondary"><Age reading/></p>
        <Doubts reading/>
        <div class="stack">
            {history.map(|days| view! { <Shares days/> })}
            <Chart
                id="ages-title"
                title="How old they are"
                caption="Certificates and secrets by age"
                rows_are="Age"
                kinds=TIMED
                note=note(ages.unknown, "Since their beginning, ended or not.", "when it began")
                rows=bands(ages)
            />
            <Chart
                id="lifetimes-title"
                title="How long they live"
                caption="Certificates and secrets by lifetime"
                rows_are="Lifetime"
                kinds=TIMED
                note=note(lifetimes.unknown, "From their beginning to their end, ended or not.", "when it begins or ends")
                rows=bands(lifetimes)
            />
        </div>
    }
}

#[component]
fn Age(reading: DirectoryReading) -> impl IntoView {
    match reading {
        DirectoryReading::NotYet => {
            "The directory is not read yet. That begins by itself within some minutes.".into_html()
        }
        DirectoryReading::First { begun } => view! {
            "The directory is being read, and no count is complete. Begun " <Moment at=begun relative=true/> "."
        }
        .into_html(),
        DirectoryReading::Complete { from, .. } => {
            view! { "The directory was read " <Moment at=from relative=true/> "." }.into_html()
        }
    }
}

#[component]
fn Shares(days: Vec<CountedDay>) -> impl IntoView {
    if days.is_empty() {
        return view! {
            <section class="card" aria-labelledby="shares-title">
                <div class="card__head"><h2 id="shares-title">"What apps sign in with, over time"</h2></div>
                <EmptyState glyph=Glyph::Clock title="Nothing counted yet" text="Each reading of the directory that comes to its end counts what there is. The first count comes with the first of them."/>
            </section>
        }
        .into_html();
    }
    let row = |CountedDay { day, counts }: CountedDay| ChartRow {
        label: format!("{} {} {}", day.day(), day.month(), day.year()),
        counts,
    };
    view! {
        <Chart
            id="shares-title"
            title="What apps sign in with, over time"
            caption="Shares of certificates, secrets and federated credentials, by day, in UTC"
            rows_are="Day"
            kinds=CredentialKind::ALL
            scale=ChartScale::Shares
            rows=days.into_iter().map(row).collect()
            note="Credentials that had not ended on these days, of apps, service principals and agent blueprints. A day on which no reading of the directory came to its end was not counted."
        />
    }
    .into_html()
}

fn bands(of: Distribution) -> Vec<ChartRow> {
    let mut from = 0;
    let mut row = |up_to: Option<u16>, counts: KindCounts| {
        let label = match up_to {
            Some(days) if from == 0 => format!("Up to {}", span(days)),
            Some(days) => format!("{} to {}", span(from), span(days)),
            None => format!("Over {}", span(from)),
        };
        from = up_to.unwrap_or(from);
        ChartRow { label, counts }
    };
    of.bands.into_iter().map(|band| row(band.up_to, band.counts)).collect()
}

/// `90 days`, `1 year`
fn span(days: u16) -> String {
    let years = days / 365;
    if years > 0 { counted(years.into(), "year", "years") } else { format!("{days} days") }
}

/// `what`: that is not known.
fn note(unknown: KindCounts, begin: &'static str, what: &'static str) -> String {
    let others = unknown.certificates + unknown.secrets;
    if others == 0 {
        return begin.into();
    }
    format!(
        "{begin} {} not among them: {what} is not known.",
        match others {
            1 => "1 more is".into(),
            others => format!("{} more are", grouped(count(others))),
        }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::charts::Band;

    #[test]
    fn bands_follow_one_another() {
        let bands_of = |edges: &[u16]| {
            let up_to = edges.iter().map(|edge| Some(*edge)).chain([None]);
            let all = up_to.map(|up_to| Band { up_to, counts: KindCounts::default() }).collect();
            let rows = bands(Distribution { bands: all, unknown: KindCounts::default() });
            rows.into_iter().map(|row| row.label).collect::<Vec<_>>()
        };
        let labels =
            ["Up to 90 days", "90 days to 180 days", "180 days to 1 year", "1 year to 2 years", "Over 2 years"];
        assert_eq!(bands_of(&[90, 180, 366, 732]), labels);
        assert_eq!(bands_of(&[30, 1_827]), ["Up to 30 days", "30 days to 5 years", "Over 5 years"]);
    }
}
