//! An app's entries of keyCredentials, and what can be done with some of them.

use super::date;
use crate::components::empty_state::EmptyState;
use crate::components::icon::Icon;
use crate::components::last_use::LastUseText;
use crate::components::notices::RefusalSlot;
use crate::components::page::or_no_name;
use crate::components::rights::NO_RIGHT;
use crate::components::thumbprint::{KeyIdText, ThumbprintText};
use crate::components::timestamp::Day;
use crate::components::validity_pill::ValidityPill;
use crate::data::apps::CredentialRow;
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::route::{Form, Route};
use domain::ids::ObjectId;

#[component]
pub fn Credentials(
    app: ObjectId,
    rows: Vec<CredentialRow>,
    may_push: bool,
    /// The person cannot change this app; the page says why.
    blocked: bool,
) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <EmptyState glyph=Glyph::Certificate title="No certificates" text="This app cannot sign in with a certificate until one is added. A sign-in that tries ends with AADSTS700027."/>
        }
        .into_html();
    }
    let table = view! {
        <table class=if may_push { "table table--stack table--pick" } else { "table table--stack" }>
            <caption class="sr-only">"Certificates: the entries of keyCredentials"</caption>
            <thead>
                <tr>
                    {may_push.then(|| view! { <th scope="col" class="table__tick"><span class="sr-only">"Choose"</span></th> })}
                    <th scope="col">"Name"</th>
                    <th scope="col">"Validity"</th>
                    <th scope="col">"Thumbprint (SHA-1)"</th>
                    <th scope="col">"Usage"</th>
                    <th scope="col">"Added by"</th>
                </tr>
            </thead>
            <tbody>{rows.into_iter().map(|row| view! { <Credential app row tick=may_push/> }).collect_view()}</tbody>
        </table>
    };
    if !may_push {
        return table.into_html();
    }
    // One button removes, the other takes the ticks to the page that copies.
    let copy = Route::Copy(app).to_string();
    view! {
        <form method="post" action=Form::DraftRetire.path() autocomplete="off">
            <input type="hidden" name="app" value=app.to_string()/>
            {table}
            // Above the buttons: below them a note stands between.
            <RefusalSlot form=Form::DraftRetire/>
            <div class="card__foot">
                <div class="actions">
                    <button type="submit" class="button" disabled=blocked aria-describedby=blocked.then_some(NO_RIGHT)><Icon glyph=Glyph::Minus/><span>"Remove the selected"</span></button>
                    <button type="submit" class="button" formmethod="get" formaction=copy><Icon glyph=Glyph::Copy/><span>"Copy to other apps"</span></button>
                </div>
                <p class="secondary">
                    "Either shows a preview first. A name cannot be changed: Graph does not alter an entry that is there. For another name, remove the entry and add its certificate again."
                </p>
            </div>
        </form>
    }
    .into_html()
}

#[component]
fn Credential(app: ObjectId, row: CredentialRow, tick: bool) -> impl IntoView {
    let subject = row
        .certificate
        .as_ref()
        .map(|facts| facts.subject.clone())
        .filter(|subject| row.display_name.as_ref() != Some(subject));
    let name = or_no_name(row.display_name.clone());
    let tick = tick.then(|| {
        // Neither what encrypts tokens nor what has no keyId can be named in a removal.
        let id = row.key_id.filter(|_| !row.encrypts_tokens);
        let label = format!("Choose {name}");
        view! {
            <td class="table__tick">
                {id.map(|id| view! { <input type="checkbox" name="key_id[]" value=id.to_string() aria-label=label/> })}
            </td>
        }
    });
    view! {
        <tr>
            {tick}
            <th scope="row" class="table__name" data-label="Name">
                <span class="stacked">
                    <span>{name}</span>
                    {subject.map(|subject| view! { <span class="secondary">{subject}</span> })}
                    {row.key_id.map(|id| view! { <KeyIdText id/> })}
                    {row.encrypts_tokens.then(|| view! { <span class="badge badge--there"><Icon glyph=Glyph::Key/>"Encrypts tokens"</span> })}
                </span>
            </th>
            <td data-label="Validity">
                <span class="stacked">
                    <span><ValidityPill validity=row.validity start=row.start end=row.end/></span>
                    <span class="secondary table__dates">{date(row.start)} " – " {date(row.end)}</span>
                    {row.last_use.map(|last| view! { <LastUseText last class="secondary"/> })}
                </span>
            </td>
            <td data-label="Thumbprint">
                <span class="stacked">
                    {match row.thumbprint {
                        Some(thumbprint) => view! { <ThumbprintText thumbprint/> }.into_html(),
                        None => view! { <span class="secondary">"Not known"</span> }.into_html(),
                    }}
                    {row.odd_identifier.map(|odd| view! {
                        <span class="secondary" title="Not the certificate’s thumbprint. Entra matches the certificate, not this text.">
                            "customKeyIdentifier "<code class="mono">{odd}</code>
                        </span>
                    })}
                </span>
            </td>
            <td data-label="Usage">
                {row.usage.map_or_else(|| "—".into(), |usage| usage.to_string())}
            </td>
            <td data-label="Added by">
                {match row.added_by {
                    Some(by) => view! {
                        <span class="stacked">
                            <a href=Route::AppReceipt(by.receipt, app).to_string()>{by.name}</a>
                            <span class="secondary"><Day at=by.at bare=true/></span>
                        </span>
                    }
                    .into_html(),
                    None => view! { <span class="secondary table__short" title="Not pushed from here; Graph does not tell who added an entry.">"Not known"</span> }.into_html(),
                }}
            </td>
        </tr>
    }
}
