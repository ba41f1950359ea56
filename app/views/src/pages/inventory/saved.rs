//! Views that somebody saved: links above the list, and a form to save the one that is shown.

use super::picks::QueryFields;
use crate::components::icon::Icon;
use crate::components::notices::RefusalSlot;
use crate::data::inventory::{GridQuery, SavedView};
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::route::Form;
use crate::scene::{use_refusal, use_sent, use_viewer};
use domain::inventory::LONGEST_VIEW_NAME;

/// `query`: what is shown; absent where that is not understood.
#[component]
pub(super) fn Saved(saved: Vec<SavedView>, query: Option<GridQuery>) -> impl IntoView {
    let shown = query.as_ref().map(|query| GridQuery { page: 1, ..query.clone() });
    let links = saved
        .iter()
        .map(|one| {
            let current = shown.as_ref() == Some(&one.query);
            let href = one.query.href();
            view! {
                <li>
                    <a class="chip" href=href aria-current=current.then_some("true")>
                        {one.name.clone()}
                        {one.shared.then(|| view! { <span class="sr-only">", shared with all"</span> })}
                    </a>
                </li>
            }
        })
        .collect_view();
    let changeable: Vec<SavedView> = saved.iter().filter(|one| one.may_change).cloned().collect();
    let refused =
        [Form::SaveView, Form::RenameView, Form::RemoveView].into_iter().any(|form| use_refusal(form).is_some());
    view! {
        <div class="saved">
            {(!saved.is_empty()).then(|| view! { <nav aria-label="Saved views"><ul class="chips">{links}</ul></nav> })}
            <details class="help" id="saved-views" open=refused>
                <summary>{if changeable.is_empty() { "Save this view" } else { "Save this view, or change one" }}</summary>
                <div class="help__body">
                    {query.map(|query| view! { <Save query/> })}
                    {(!changeable.is_empty()).then(|| view! { <ul class="saved__list">{changeable.into_iter().map(|one| view! { <li><Change one/></li> }).collect_view()}</ul> })}
                </div>
            </details>
        </div>
    }
}

#[component]
fn Save(query: GridQuery) -> impl IntoView {
    let admin = use_viewer().is_some_and(|viewer| viewer.is_admin());
    let name = use_sent(Form::SaveView, "name", |_| true);
    let shared = use_sent(Form::SaveView, "shared", |_| true).is_some();
    view! {
        <form method="post" action=Form::SaveView.path() class="inline-form" autocomplete="off">
            <QueryFields query/>
            <label class="sr-only" for="view-name">"Name of the view"</label>
            <input class="input" id="view-name" name="name" value=name required maxlength=LONGEST_VIEW_NAME.to_string() placeholder="A name for this filter and order"/>
            {admin.then(|| view! { <label class="checkbox"><input type="checkbox" name="shared" value="on" checked=shared/><span>"Everybody sees it, with its words"</span></label> })}
            <button type="submit" class="button" data-pending="Saving"><span>"Save"</span></button>
            <RefusalSlot form=Form::SaveView/>
        </form>
    }
}

#[component]
fn Change(one: SavedView) -> impl IntoView {
    let (id, field) = (one.id.to_string(), format!("view-{}", one.id));
    let remove = format!("Remove the view {}", one.name);
    let name = use_sent(Form::RenameView, "name", |refusal| refusal.says("saved", &id));
    let label = format!("Name of the view {}", one.name);
    view! {
        <div class="saved__one">
            <form method="post" action=Form::RenameView.path() class="inline-form" autocomplete="off">
                <input type="hidden" name="saved" value=id.clone()/>
                <label class="sr-only" for=field.clone()>{label}</label>
                <input class="input" id=field name="name" required maxlength=LONGEST_VIEW_NAME.to_string() value=name.unwrap_or(one.name)/>
                <button type="submit" class="button button--small" data-pending="Renaming"><span>"Rename"</span></button>
                {one.shared.then(|| view! { <span class="secondary">"Shared with all"</span> })}
                <RefusalSlot form=Form::RenameView of=("saved", id.clone())/>
            </form>
            <form method="post" action=Form::RemoveView.path()>
                <input type="hidden" name="saved" value=id.clone()/>
                <button type="submit" class="button button--small button--subtle" aria-label=remove data-pending="Removing"><Icon glyph=Glyph::Minus/><span>"Remove"</span></button>
                <RefusalSlot form=Form::RemoveView of=("saved", id)/>
            </form>
        </div>
    }
}
