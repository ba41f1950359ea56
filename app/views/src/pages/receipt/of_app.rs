//! What a push did to one app: for who may read the app, without the rest of that push.

use super::app::App;
use super::took;
use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::icon::Icon;
use crate::components::page::Heading;
use crate::components::push_messages::mode_title;
use crate::components::thumbprint::Ident;
use crate::components::timestamp::Moment;
use crate::data::pushes::AppReceipt;
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::query::href;
use crate::route::Route;

pub fn page(receipt: AppReceipt) -> Page {
    let title = format!("Receipt for {}", receipt.app.display_name);
    Page::new(title, || view! { <OfApp receipt/> })
}

#[component]
fn OfApp(receipt: AppReceipt) -> impl IntoView {
    let AppReceipt { id, mode, who, username, started_at, finished_at, app, sees_whole } = receipt;
    let name = app.display_name.clone();
    let object_id = app.object_id;
    // The way back leads over the comparison of then and now.
    let compare =
        app.undo.map(|state| href(&Route::History(object_id).to_string(), [("older", state.to_string().as_str())]));
    view! {
        <Breadcrumbs
            trail=vec![("Apps".to_owned(), Route::Apps.to_string()), (name.clone(), Route::App(object_id).to_string())]
            here="Receipt"
        />
        <Heading title=format!("What a push did to {name}")>
            {compare.map(|path| view! {
                <a class="button" href=path><Icon glyph=Glyph::History/><span>"Compare before with now"</span></a>
            })}
            {sees_whole.then(|| view! {
                <a class="button" href=Route::Receipt(id).to_string()><Icon glyph=Glyph::Receipt/><span>"The whole push"</span></a>
            })}
        </Heading>
        <section class="card summary" aria-label="Summary">
            <dl class="facts">
                <dt>"What"</dt>
                <dd>{mode_title(mode)}</dd>
                <dt>"Who"</dt>
                <dd>{who}<span class="secondary">" · "{username}</span></dd>
                <dt>"When"</dt>
                <dd><Moment at=started_at/></dd>
                {finished_at.map(|at| view! { <dt>"Took"</dt><dd>{took((at - started_at).whole_seconds())}</dd> })}
                <dt>"Receipt"</dt>
                <dd><Ident value=id.to_string() what="the receipt’s id"/></dd>
            </dl>
        </section>
        <App app open=true undo=false/>
    }
}
