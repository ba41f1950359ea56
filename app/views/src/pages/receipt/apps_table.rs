//! The apps of a push under way: where each is. Hydrated, the rows follow the progress.

use crate::browser;
use crate::components::outcome::StageBadge;
use crate::data::paging::Page;
use crate::data::pushes;
use crate::data::pushes::{Progress, ReceiptApp, ReceiptQuery};
use crate::route::Route;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

/// The list is not read more often than this.
const REST_MS: i32 = 1_500;

/// Reads the page in view again when apps were done since.
fn keep_up(receipt: Uuid, query: ReceiptQuery, progress: RwSignal<Progress>, apps: RwSignal<Page<ReceiptApp>>) {
    let reading = StoredValue::new(false);
    let seen = StoredValue::new(progress.with_untracked(|it| (it.done(), it.working)));
    Effect::new(move |_| {
        let now = progress.with(|it| (it.done(), it.working));
        if seen.get_value() == now || reading.get_value() {
            return;
        }
        reading.set_value(true);
        let query = query.clone();
        spawn_local(async move {
            loop {
                let Some(before) = progress.try_with_untracked(|it| (it.done(), it.working)) else { return };
                browser::sleep(REST_MS).await;
                if let Ok(receipt) = pushes::receipt(receipt.to_string(), query.clone()).await {
                    apps.try_set(receipt.apps);
                }
                let Some(after) = progress.try_with_untracked(|it| (it.done(), it.working)) else { return };
                if seen.try_set_value(before).is_some() || before == after {
                    break;
                }
            }
            let _ = reading.try_set_value(false);
        });
    });
}

/// Why an app is as it is, in few words.
fn detail(app: &ReceiptApp) -> Option<String> {
    match &app.problem {
        Some(problem) => Some(problem.title.clone()),
        None => (!app.notes.is_empty()).then(|| app.notes.join(" ")),
    }
}

#[component]
pub fn AppsTable(
    receipt: Uuid,
    query: ReceiptQuery,
    progress: RwSignal<Progress>,
    page: Page<ReceiptApp>,
) -> impl IntoView {
    let apps = RwSignal::new(page);
    keep_up(receipt, query, progress, apps);
    let rows = move || apps.read().items.clone();
    view! {
        <div class="card card--table">
            <table class="table table--stack table--hover">
                <caption class="sr-only">"Apps of this push"</caption>
                <thead>
                    <tr>
                        <th scope="col">"App"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Why"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=rows key=|app| (app.clone().object_id, app.stage.as_str()) let:app>
                        <tr>
                            <th scope="row" data-label="App">
                                <span class="stacked">
                                    <a class="table__link" href=Route::App(app.object_id).to_string()>{app.display_name.clone()}</a>
                                    <code class="mono secondary">{app.app_id.to_string()}</code>
                                </span>
                            </th>
                            <td data-label="State"><StageBadge stage=app.stage/></td>
                            <td data-label="Why">{detail(&app)}</td>
                        </tr>
                    </For>
                </tbody>
            </table>
        </div>
    }
}
