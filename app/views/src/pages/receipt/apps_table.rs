//! The apps of a push under way: where each is. The rows have ids, so that each is followed by its newer one.

use crate::components::outcome::StageBadge;
use crate::data::pushes::ReceiptApp;
use crate::prelude::*;
use crate::route::Route;

/// Why an app is as it is, in few words.
fn detail(app: &ReceiptApp) -> Option<String> {
    match &app.problem {
        Some(problem) => Some(problem.title.clone()),
        None => (!app.notes.is_empty()).then(|| app.notes.join(" ")),
    }
}

#[component]
pub fn AppsTable(apps: Vec<ReceiptApp>) -> impl IntoView {
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
                    {apps
                        .into_iter()
                        .map(|app| view! {
                        <tr id=format!("app-{}", app.object_id)>
                            <th scope="row" data-label="App">
                                <span class="stacked">
                                    <a class="table__link" href=Route::App(app.object_id).to_string()>{app.display_name.clone()}</a>
                                    <code class="mono secondary">{app.app_id.to_string()}</code>
                                </span>
                            </th>
                            <td data-label="State"><StageBadge stage=app.stage/></td>
                            <td data-label="Why">{detail(&app)}</td>
                        </tr>
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
}
