//! The first step: a certificate comes in.

use crate::components::breadcrumbs::{Step, Steps};
use crate::components::code_block::CodeBlock;
use crate::components::drop_zone::DropZone;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::page::{Heading, signed_in, why_no_push};
use crate::data::apps;
use crate::query::{href, use_query};
use crate::route::Route;
use domain::ids::ObjectId;
use leptos::prelude::*;

const MAKE_ONE: &str = "openssl req -x509 -newkey rsa:2048 -noenc -days 365 -subj \"/CN=my-app\" -addext basicConstraints=critical,CA:FALSE -keyout key.pem -out certificate.pem";
const FROM_KEY_VAULT: &str =
    "az keyvault certificate download --vault-name my-vault --name my-app --encoding PEM --file certificate.pem";

#[component]
pub fn UploadPage() -> impl IntoView {
    let query = use_query();
    let app = Memo::new(move |_| query.read().text("app").parse::<ObjectId>().ok());
    // The name is a courtesy: where it cannot be had, the id does.
    let names = Resource::new_blocking(
        move || app.get(),
        |app| async move {
            Ok(match app {
                Some(id) => {
                    let names = apps::app_names(id.to_string()).await.unwrap_or_default();
                    Some(names.into_iter().next().unwrap_or((id.to_string(), id.to_string())))
                }
                None => None,
            })
        },
    );
    signed_in(names, |viewer, app| {
        let id = app.as_ref().map(|(id, _)| id.clone()).unwrap_or_default();
        view! {
            <Steps current=Step::Certificate/>
            <Heading title="Upload a certificate" lead="The public part is all that Entra needs. Nothing is changed until you have seen a preview."/>
            {app.map(|(id, name)| view! {
                <MessageBar intent=Intent::Info title=format!("For {name}")>
                    <p>"This app will be chosen already when you get to the apps. " <a href=format!("{}/{id}", Route::Apps)>"Look at the app"</a></p>
                </MessageBar>
            })}
            {match why_no_push(&viewer) {
                Some(why) => view! { <MessageBar intent=Intent::Warning title="You cannot upload"><p>{why}</p></MessageBar> }.into_any(),
                None => view! {
                    <DropZone app=id.clone()/>
                    <details class="card help">
                        <summary>"No certificate yet?"</summary>
                        <div class="help__body">
                            <p><a href=href(&Route::MakeCertificate.to_string(), [("app", id.as_str())])>"Make one in this browser"</a>", or with openssl; the key stays in key.pem, and certificate.pem is what you upload:"</p>
                            <CodeBlock text=MAKE_ONE label="the openssl command"/>
                            <p><a href=Route::Vaults.to_string()>"Take one from Key Vault"</a>", with your own rights; or download its public part yourself:"</p>
                            <CodeBlock text=FROM_KEY_VAULT label="the Key Vault command"/>
                        </div>
                    </details>
                }
                .into_any(),
            }}
        }
    })
}
