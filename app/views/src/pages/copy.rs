//! Gives certificates that one app has to others.

use super::app_list::wanted;
use super::app_picker::{AppPicker, Choosable, Chosen, Elsewhere, Picker, PreviewButton, Ticked, choosable};
use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::empty_state::EmptyState;
use crate::components::icon::Glyph;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::page::{Heading, no_such_page, signed_in, use_param, use_viewer, why_no_push};
use crate::components::notices::{ProblemBar, form_problem};
use crate::components::validity_pill::ValidityPill;
use crate::data::apps;
use crate::data::apps::{AppDetail, CredentialRow};
use crate::data::people::Viewer;
use crate::data::plans::DraftCopy;
use crate::data::problem::Problem;
use crate::query::use_query;
use crate::route::Route;
use domain::credentials::KeyUsage;
use domain::ids::{KeyId, ObjectId};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn CopyPage() -> impl IntoView {
    let id = use_param::<ObjectId>("id");
    let query = use_query();
    let viewer = use_viewer();
    let app = Resource::new_blocking(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => apps::app(id.to_string()).await,
                None => Err(no_such_page()),
            }
        },
    );
    let list = Memo::new(move |_| wanted(&query.read()));
    let data = Resource::new_blocking(
        move || (id.get(), list.get()),
        move |(_, wanted)| async move {
            let chosen = query.with_untracked(|query| query.all("app[]"));
            let app = app.await?;
            let apps = choosable(viewer, wanted, chosen).await?;
            Ok::<_, Problem>((app, apps))
        },
    );
    signed_in(data, |viewer, (app, apps)| view! { <Copy viewer app apps/> })
}

/// Entries that another app can have: for signing in, with their certificate in hand.
fn copyable(rows: Vec<CredentialRow>) -> Vec<(KeyId, CredentialRow)> {
    rows.into_iter()
        .filter(|row| row.usage == Some(KeyUsage::Verify) && row.certificate.is_some())
        .filter_map(|row| row.key_id.map(|id| (id, row)))
        .collect()
}

#[component]
fn Copy(viewer: Viewer, app: AppDetail, apps: Choosable) -> impl IntoView {
    let Choosable { list, elsewhere } = apps;
    let from = app.object_id;
    let name = app.display_name.clone();
    let path = Route::Copy(from).to_string();
    let certificates = copyable(app.credentials);
    let draft = ServerAction::<DraftCopy>::new();
    let pending = draft.pending();
    let refused = form_problem::<DraftCopy>();
    let picker = Picker::new(path.clone(), list.query.page);
    let (form, total) = (picker.form, list.page.total);
    let chosen = use_query().with_untracked(|query| query.all("key_id[]"));
    let nothing = certificates.is_empty();
    let may_push = viewer.may_push() && !nothing;
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        picker.on_submit(&event, |fields| {
            let Ticked { apps, all } = Ticked::of(&fields);
            draft.dispatch(DraftCopy {
                from: from.to_string(),
                key_id: fields.all("key_id[]"),
                app: apps,
                all: if all { "on" } else { "" }.into(),
                scope: fields.text("scope"),
                search: fields.text("search"),
            });
        });
    };
    view! {
        <Breadcrumbs
            trail=vec![("Apps".to_owned(), Route::Apps.to_string()), (name.clone(), Route::App(from).to_string())]
            here="Copy to other apps"
        />
        <Heading title=format!("Copy certificates of {name}") lead="Other apps get the same certificates beside their own. The private key does not move: who signs in as them needs it already."/>
        {refused.map(|problem| view! { <ProblemBar problem/> })}
        {why_no_push(&viewer).map(|why| view! { <MessageBar intent=Intent::Warning title="You cannot push"><p>{why}</p></MessageBar> })}
        <form class="choose" method="get" action=path autocomplete="off" node_ref=form on:submit=on_submit on:change=move |event| picker.on_change(&event)>
            <div class="columns columns--side">
                <div class="columns__main"><AppPicker picker list/></div>
                <aside class="columns__side">
                    <section class="card" aria-labelledby="what-title">
                        <div class="card__head"><h2 id="what-title">"Certificates"</h2></div>
                        {if nothing {
                            view! { <EmptyState glyph=Glyph::Certificate title="None to copy" text="This app has no certificate for signing in whose content Graph shows."/> }.into_any()
                        } else {
                            view! { <Certificates certificates chosen/> }.into_any()
                        }}
                    </section>
                    <Elsewhere apps=elsewhere picker/>
                </aside>
            </div>
            {move || draft.value().get().and_then(Result::err).map(|problem| view! { <ProblemBar problem/> })}
            <div class="action-bar">
                <Chosen picker total/>
                {may_push.then(|| view! { <PreviewButton name="from" value=from.to_string() action=DraftCopy::url() pending/> })}
            </div>
        </form>
    }
}

/// All of them are ticked where none was chosen on the way here.
#[component]
fn Certificates(certificates: Vec<(KeyId, CredentialRow)>, chosen: Vec<String>) -> impl IntoView {
    let rows = certificates
        .into_iter()
        .map(|(id, row)| {
            let value = id.to_string();
            view! {
                <label class="option">
                    <input type="checkbox" name="key_id[]" checked=chosen.is_empty() || chosen.contains(&value) value=value/>
                    <span class="stacked">
                        <strong>{row.display_name.unwrap_or_else(|| "No name".into())}</strong>
                        <span><ValidityPill validity=row.validity start=row.start end=row.end/></span>
                        {row.thumbprint.map(|it| view! { <code class="mono mono--grouped secondary">{it.grouped_hex()}</code> })}
                    </span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="options">
            <legend class="sr-only">"Which certificates are copied"</legend>
            {rows}
        </fieldset>
    }
}
