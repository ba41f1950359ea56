//! Two states beside each other, and the two ways back to the older one.

use super::states::{entries, origin};
use crate::components::json_view::JsonView;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::RefusalSlot;
use crate::components::state_diff::{StateDiffTable, counts};
use crate::components::tabs::Tabs;
use crate::components::timestamp::Moment;
use crate::data::history::{StateComparison, StateRow};
use crate::prelude::*;
use crate::route::Form;
use domain::diff::states::EntryChange;
use domain::ids::ObjectId;

#[component]
pub fn Comparison(
    comparison: StateComparison,
    /// The newer one is the app as it is now.
    to_now: bool,
    may_push: bool,
) -> impl IntoView {
    let StateComparison { app, display_name, older, newer, diff, older_json, newer_json } = comparison;
    let side = |row: &StateRow, now: bool| {
        let words = if now { "Now" } else { origin(row.origin) };
        view! { {words}", "{entries(row.entries)}<span class="secondary">" · "<Moment at=row.seen_at/></span> }
    };
    let marks = |change| diff.key_ids(change).map(|id| id.to_string());
    let gone = marks(EntryChange::Removed).chain(marks(EntryChange::Altered)).collect();
    let come = marks(EntryChange::Added).chain(marks(EntryChange::Altered)).collect();
    let same = diff.is_empty().then_some(if diff.reordered {
        "Only the order of the entries differs between these two"
    } else {
        "No entry came, went or was altered between these two"
    });
    let sum = counts(&diff);
    let tabs = vec![
        ("Newer", view! { <JsonView json=newer_json label="keyCredentials, the newer state" file_name=format!("keyCredentials-{app}-{}.json", newer.id) marks=come/> }.into_html()),
        ("Older", view! { <JsonView json=older_json label="keyCredentials, the older state" file_name=format!("keyCredentials-{app}-{}.json", older.id) marks=gone gone=true/> }.into_html()),
    ];
    view! {
        <section class="card" aria-labelledby="comparison-title">
            <div class="card__head"><h2 id="comparison-title">"From the older to the newer"</h2><span class="secondary">{sum}</span></div>
            <dl class="facts">
                <dt>"Older"</dt>
                <dd>{side(&older, false)}</dd>
                <dt>"Newer"</dt>
                <dd>{side(&newer, to_now)}</dd>
            </dl>
            {same.map(|title| view! { <MessageBar intent=Intent::Info title/> })}
            <div class="boxed"><StateDiffTable diff caption=format!("Certificates of {display_name}, from the older to the newer state")/></div>
            <Tabs id="states" label="State" tabs/>
        </section>
        {may_push.then(|| view! { <Restore app state=older/> })}
    }
}

#[component]
fn Restore(app: ObjectId, state: StateRow) -> impl IntoView {
    let unknown = state.entries.saturating_sub(state.keys_known);
    let form = move |exactly: &'static str, word: &'static str, class: &'static str| {
        view! {
            <form method="post" action=Form::DraftRestore.path()>
                <input type="hidden" name="app" value=app.to_string()/>
                <input type="hidden" name="state" value=state.id.to_string()/>
                <input type="hidden" name="exactly" value=exactly/>
                <button type="submit" class=class data-pending="Reading the app">{word}</button>
                <RefusalSlot form=Form::DraftRestore of=("exactly", exactly.to_owned())/>
            </form>
        }
    };
    view! {
        <section class="card" aria-labelledby="restore-title">
            <div class="card__head"><h2 id="restore-title">"Go back to the older state"</h2><span class="secondary">"A preview comes first"</span></div>
            {(unknown > 0).then(|| view! {
                <MessageBar intent=Intent::Warning title=format!("The key of {} is not known", entries(unknown))>
                    <p>"Graph told its key to nobody here. If such an entry is gone, it cannot be put back; if it is still there, it stays."</p>
                </MessageBar>
            })}
            <div class="ways">
                <div class="way">
                    <p><strong>"Put back what is missing"</strong></p>
                    <p class="secondary">"Adds the entries that were there then and are not there now, with their own keyIds. Whatever came later stays."</p>
                    {form("", "Preview what is missing", "button button--primary")}
                </div>
                <div class="way">
                    <p><strong>"Exactly as it was"</strong></p>
                    <p class="secondary">"Also removes what came later. What signs in with that stops working at once, so the preview asks you to type it."</p>
                    {form("on", "Preview the exact state", "button button--danger")}
                </div>
            </div>
        </section>
    }
}
