//! How many certificates and secrets end in each of the coming months.

use crate::components::chart::{Chart, ChartRow};
use crate::components::directory::count;
use crate::components::page::grouped;
use crate::data::charts::KindCounts;
use crate::data::overview::{EndingMonth, Endings};
use crate::prelude::*;
use crate::route::Route;
use domain::credentials::CredentialKind;

/// `so_far`: not everything was read.
#[component]
pub(super) fn WhatEnds(of: Endings, so_far: bool) -> impl IntoView {
    let Endings { months, later } = of;
    let doubt = if so_far { " Not everything was read yet." } else { "" };
    view! {
        <Chart
            id="endings-title"
            title="What ends, month by month"
            caption="Certificates and secrets that end, by month, in UTC"
            rows_are="Month"
            kinds=&[CredentialKind::Certificate, CredentialKind::Secret]
            rows=months.into_iter().map(row).collect()
            link=(Route::InventoryCharts, "Ages, lifetimes and shares")
            note=format!("Every certificate and secret with an end ahead, renewed or not. {} after these months.{doubt}", ends(later))
        />
    }
}

/// `3 end`, `1 ends`
fn ends(number: u64) -> String {
    if number == 1 { "1 ends".into() } else { format!("{} end", grouped(count(number))) }
}

fn row(month: EndingMonth) -> ChartRow {
    let EndingMonth { year, month, certificates, secrets } = month;
    ChartRow { label: format!("{month} {year}"), counts: KindCounts { certificates, secrets, federated: 0 } }
}
