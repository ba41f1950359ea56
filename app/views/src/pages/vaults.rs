//! Certificates in Key Vault: which apps hold them, which hold an older version, and which are on no app.

use crate::components::empty_state::EmptyState;
use crate::components::holders_table;
use crate::components::icon::Icon;
use crate::components::notices::{ProblemBar, RefusalSlot};
use crate::components::page::{Heading, plural};
use crate::components::thumbprint::ThumbprintText;
use crate::components::validity_pill::ValidityPill;
use crate::data::problem::Problem;
use crate::data::search::Holding;
use crate::data::vaults::VaultCertificate;
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::route::{Form, Route};
use crate::viewer::Viewer;

/// `listed`: absent where no vault is named. One that cannot be read is no reason to take the field away.
pub fn page(viewer: Viewer, vault: String, listed: Option<Result<Vec<VaultCertificate>, Problem>>) -> Page {
    Page::new(Route::Vaults.title(), || view! { <Vault viewer vault listed/> })
}

#[component]
fn Vault(viewer: Viewer, vault: String, listed: Option<Result<Vec<VaultCertificate>, Problem>>) -> impl IntoView {
    let may_push = viewer.may_push();
    let asked = vault.clone();
    view! {
        <Heading title="From Key Vault" lead="Read with your own rights. Only the public part of a certificate is taken; its key stays in the vault."/>
        <div class="card ask">
            <form method="get" action=Route::Vaults.to_string() class="toolbar__form">
                <label class="sr-only" for="vault">"Name or address of the vault"</label>
                <input class="input vault__name" id="vault" name="vault" value=asked placeholder="contoso-certs, or https://contoso-certs.vault.azure.net" autocomplete="off" spellcheck="false" required/>
                <button type="submit" class="button button--primary">"List certificates"</button>
            </form>
        </div>
        {match listed {
            None => view! {
                <section class="card"><EmptyState glyph=Glyph::Vault title="No vault named yet" text="Enter a vault’s name. You need the right to list its certificates, for instance the role Key Vault Reader. That role registers nothing: pushing the certificate to an app does."/></section>
            }
            .into_html(),
            Some(Err(problem)) => view! { <ProblemBar problem/> }.into_html(),
            Some(Ok(list)) if list.is_empty() => view! {
                <section class="card"><EmptyState glyph=Glyph::Vault title=format!("{vault} holds no certificates") text="Make one in the vault, or upload one from a file."/></section>
            }
            .into_html(),
            Some(Ok(list)) => view! { <List vault list may_push/> }.into_html(),
        }}
    }
}

#[component]
fn List(vault: String, list: Vec<VaultCertificate>, may_push: bool) -> impl IntoView {
    let orphans = list.iter().filter(|it| it.holders.is_empty() && it.older_holders.is_empty()).count();
    let behind = list.iter().filter(|it| !it.older_holders.is_empty()).count();
    let mut words = vec![plural(list.len(), "certificate")];
    if behind > 0 {
        words.push(format!("{behind} with an older version on an app"));
    }
    if orphans > 0 {
        words.push(format!("{orphans} on no app"));
    }
    view! {
        <section class="card card--table" aria-labelledby="vault-title">
            <div class="card__head"><h2 id="vault-title">{vault.clone()}</h2><span class="secondary">{words.join(" · ")}</span></div>
            <table class="table table--stack">
                <caption class="sr-only">{format!("Certificates in {vault}")}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Validity"</th>
                        <th scope="col">"Thumbprint (SHA-1)"</th>
                        <th scope="col">"On apps"</th>
                        <th scope="col"><span class="sr-only">"Use"</span></th>
                    </tr>
                </thead>
                <tbody>{list.into_iter().map(|row| view! { <Row vault=vault.clone() row may_push/> }).collect_view()}</tbody>
            </table>
        </section>
    }
}

#[component]
fn Row(vault: String, row: VaultCertificate, may_push: bool) -> impl IntoView {
    let name = row.name.clone();
    let on = |holdings: &[Holding]| {
        holdings
            .iter()
            .take(6)
            .map(|holding| view! { <a href=holders_table::path(holding)>{holding.display_name.clone()}</a> })
            .collect_view()
    };
    let nobody = row.holders.is_empty() && row.older_holders.is_empty();
    view! {
        <tr>
            <th scope="row" class="table__name" data-label="Name">
                <span class="stacked">
                    <span>{row.name.clone()}</span>
                    {row.version.clone().map(|version| view! { <code class="mono secondary" title="Version">{version}</code> })}
                    {(!row.enabled).then(|| view! { <span><span class="badge badge--warn"><Icon glyph=Glyph::Warning/>"Disabled"</span></span> })}
                </span>
            </th>
            <td data-label="Validity"><ValidityPill validity=row.validity start=row.start end=row.end/></td>
            <td data-label="Thumbprint">
                {match row.thumbprint {
                    Some(thumbprint) => view! { <ThumbprintText thumbprint/> }.into_html(),
                    None => view! { <span class="secondary">"Not known"</span> }.into_html(),
                }}
            </td>
            <td data-label="On apps">
                <span class="stacked">
                    {on(&row.holders)}
                    {(!row.older_holders.is_empty()).then(|| view! {
                        <span class="badges">
                            <span class="badge badge--warn"><Icon glyph=Glyph::Warning/>"Older version"</span>
                            {on(&row.older_holders)}
                        </span>
                    })}
                    {nobody.then(|| view! { <span class="secondary">"No app"</span> })}
                </span>
            </td>
            <td data-label="">
                {may_push.then(|| view! {
                    <form method="post" action=Form::ImportFromVault.path()>
                        <input type="hidden" name="vault" value=vault/>
                        <input type="hidden" name="name" value=row.name.clone()/>
                        <input type="hidden" name="version" value=row.version.unwrap_or_default()/>
                        <button type="submit" class="button button--small" data-pending="Taking it">"Use this certificate"<span class="sr-only">{format!(", {name}")}</span></button>
                        <RefusalSlot form=Form::ImportFromVault of=("name", row.name)/>
                    </form>
                })}
            </td>
        </tr>
    }
}
