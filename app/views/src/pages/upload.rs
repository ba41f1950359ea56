//! The first step: certificates come in.

use crate::components::breadcrumbs::{Step, Steps};
use crate::components::code_block::CodeBlock;
use crate::components::drop_zone::DropZone;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::page::{Heading, why_no_push};
use crate::page::Page;
use crate::prelude::*;
use crate::query::href;
use crate::route::Route;
use crate::tool::Tool;
use crate::viewer::Viewer;
use domain::ids::ObjectId;

const MAKE_ONE: &str = "openssl req -x509 -newkey rsa:2048 -noenc -days 365 -subj \"/CN=my-app\" -addext basicConstraints=critical,CA:FALSE -keyout key.pem -out certificate.pem";
const FROM_KEY_VAULT: &str =
    "az keyvault certificate download --vault-name my-vault --name my-app --encoding PEM --file certificate.pem";

/// `app`: that the certificates are for, and its name, where one was chosen already.
pub fn page(viewer: Viewer, app: Option<(ObjectId, String)>) -> Page {
    Page::new(Route::Upload.title(), || view! { <Upload viewer app/> }).tool(Tool::Certificates)
}

#[component]
fn Upload(viewer: Viewer, app: Option<(ObjectId, String)>) -> impl IntoView {
    let id = app.as_ref().map(|(id, _)| id.to_string()).unwrap_or_default();
    view! {
        <Steps current=Step::Certificate/>
        <Heading title="Upload a certificate" lead="The public part is all that Entra needs. Nothing is changed until you have seen a preview."/>
        {app.map(|(id, name)| view! {
            <MessageBar intent=Intent::Info title=format!("For {name}")>
                <p>"This app will be chosen already when you get to the apps. " <a href=Route::App(id).to_string()>"Look at the app"</a></p>
            </MessageBar>
        })}
        {match why_no_push(&viewer) {
            Some(why) => view! { <MessageBar intent=Intent::Warning title="You cannot upload"><p>{why}</p></MessageBar> }.into_html(),
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
            .into_html(),
        }}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{self, Scene};
    use crate::viewer::PortalRole;
    use time::macros::datetime;

    fn scene() -> Scene {
        let now = datetime!(2026-11-28 12:00 UTC);
        Scene {
            now,
            here: "/certificates/new".into(),
            viewer: None,
            theme: None,
            authority: None,
            waiting: 0,
            refusal: None,
        }
    }

    fn viewer() -> Viewer {
        let id = ObjectId::new(uuid::Uuid::from_u128(7));
        let tenant_id = "0f1e2d3c-4b5a-4978-8685-9483a2b10003".parse().expect("a GUID");
        Viewer {
            name: "Mara".into(),
            username: "mara@contoso.example".into(),
            object_id: id,
            tenant_id,
            roles: vec![PortalRole::User],
            cloud: "Local".into(),
            changes_every_app: None,
        }
    }

    #[test]
    fn a_file_field_with_a_name_is_there_without_scripts_only() {
        let html = scene::render(scene(), || (page(viewer(), None).body)());
        let (mut outside, mut inside) = (String::new(), String::new());
        for (at, part) in html.split("<noscript>").enumerate() {
            match part.split_once("</noscript>") {
                Some((noscript, rest)) if at > 0 => {
                    inside.push_str(noscript);
                    outside.push_str(rest);
                }
                _ => outside.push_str(part),
            }
        }
        let fields = |html: &str| {
            html.split("<input")
                .filter(|it| it.contains("type=\"file\""))
                .map(|it| it.split('>').next().is_some_and(|tag| tag.contains(" name=")))
                .collect::<Vec<_>>()
        };
        assert_eq!(fields(&outside), [false], "{outside}");
        assert_eq!(fields(&inside), [true], "{inside}");
        assert!(inside.contains("Certificates only"));
    }
}
