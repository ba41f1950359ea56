//! A table whose rows are bars: who hears the page has the numbers, and who sees it the bars beside them.

use super::directory::count;
use super::page::grouped;
use crate::data::charts::KindCounts;
use crate::prelude::*;
use crate::route::Route;
use domain::credentials::CredentialKind;

/// One bar, with what it stands for.
pub struct ChartRow {
    /// At its beginning.
    pub label: String,
    /// What it is made of.
    pub counts: KindCounts,
}

/// How long bars are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartScale {
    /// The row with most of them is as wide as there is room.
    Counts,
    /// Each row is, and the numbers are shares of it.
    Shares,
}

/// `id`: of the heading. `caption`: what the table has, for those who do not see its heading. `rows_are`: the heading of its
/// first column. `note`: below it, and where there is more.
#[component]
pub fn Chart(
    id: &'static str,
    title: &'static str,
    caption: &'static str,
    rows_are: &'static str,
    kinds: &'static [CredentialKind],
    #[prop(default = ChartScale::Counts)] scale: ChartScale,
    rows: Vec<ChartRow>,
    #[prop(into)] note: String,
    #[prop(optional)] link: Option<(Route, &'static str)>,
) -> impl IntoView {
    let most = rows.iter().map(|row| all(row.counts, kinds)).max().unwrap_or_default();
    let rows = rows.into_iter().map(|row| {
        let whole = if scale == ChartScale::Shares { all(row.counts, kinds) } else { most };
        bar(row, kinds, scale, whole)
    });
    view! {
        <section class="card" aria-labelledby=id>
            <div class="card__head">
                <h2 id=id>{title}</h2>
                <p class="chart__legend secondary" aria-hidden="true">
                    {kinds.iter().map(|kind| view! { <span class=format!("chart__key chart__key--{kind}")>{word(*kind)}</span> }).collect_view()}
                </p>
            </div>
            <table class="chart">
                <caption class="sr-only">{caption}</caption>
                <thead class="sr-only">
                    <tr>
                        <th scope="col">{rows_are}</th>
                        <td></td>
                        {kinds.iter().map(|kind| view! { <th scope="col">{word(*kind)}</th> }).collect_view()}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
            <p class="secondary">{note}{link.map(|(to, words)| view! { " " <a href=to.to_string()>{words}</a> })}</p>
        </section>
    }
}

/// `whole`: what is as wide as there is room.
fn bar(row: ChartRow, kinds: &'static [CredentialKind], scale: ChartScale, whole: u64) -> impl IntoView {
    let ChartRow { label, counts } = row;
    let mut x = 0;
    let parts = kinds.iter().map(|kind| {
        let (width, begins) = (parts_of(of(counts, *kind), whole), x);
        x += width;
        let begins = (begins > 0).then(|| begins.to_string());
        view! { <rect class=format!("chart__{kind}") x=begins width=width.to_string() height="10"></rect> }
    });
    let parts = parts.collect_view();
    let numbers = kinds.iter().map(|kind| {
        let number = of(counts, *kind);
        let name = word(*kind).to_lowercase();
        let (shown, spoken) = match scale {
            ChartScale::Counts => (grouped(count(number)), format!(" {name}")),
            ChartScale::Shares => (percent(number, whole), format!(" {name}, {}", grouped(count(number)))),
        };
        view! { <td class="number">{shown}<span class="sr-only">{spoken}</span></td> }
    });
    view! {
        <tr>
            <th scope="row">{label}</th>
            <td aria-hidden="true" class="chart__bar">
                <svg viewBox="0 0 1000 10" preserveAspectRatio="none" focusable="false">{parts}</svg>
            </td>
            {numbers.collect_view()}
        </tr>
    }
}

/// Of 1,000.
fn parts_of(count: u64, whole: u64) -> u64 {
    (count * 1_000).checked_div(whole).unwrap_or_default()
}

/// What is there is never called nothing, and what is not all never all. Of nothing there is no share.
fn percent(count: u64, whole: u64) -> String {
    match (count * 100 + whole / 2).checked_div(whole) {
        None => "–".into(),
        Some(0) if count > 0 => "< 1 %".into(),
        Some(100) if count < whole => "> 99 %".into(),
        Some(share) => format!("{share} %"),
    }
}

fn of(counts: KindCounts, kind: CredentialKind) -> u64 {
    match kind {
        CredentialKind::Certificate => counts.certificates,
        CredentialKind::Secret => counts.secrets,
        CredentialKind::Federated => counts.federated,
    }
}

fn all(counts: KindCounts, kinds: &[CredentialKind]) -> u64 {
    kinds.iter().map(|kind| of(counts, *kind)).sum()
}

fn word(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::Certificate => "Certificates",
        CredentialKind::Secret => "Secrets",
        CredentialKind::Federated => "Federated",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_and_never_to_nothing_or_all() {
        let shares = [(0, 9), (1, 1_000), (1, 2), (2, 3), (999, 1_000), (9, 9), (0, 0)];
        let words = shares.map(|(count, whole)| percent(count, whole));
        assert_eq!(words, ["0 %", "< 1 %", "50 %", "67 %", "> 99 %", "100 %", "–"]);
    }
}
