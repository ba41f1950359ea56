//! What was read out of files: one in full, several as a list of their fates.

use super::certificate_facts::{AssessmentBars, FactsList};
use super::icon::Icon;
use super::message_bar::{Intent, MessageBar};
use super::notices::RefusalSlot;
use super::page::plural;
use super::thumbprint::ThumbprintText;
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::route::Form;
use crate::scene::use_now;
use domain::certificate::Certificate;
use domain::suitability;
use domain::upload::{ReadError, Upload};
use time::OffsetDateTime;

/// More at once are not read.
pub const MOST_FILES: usize = 50;

/// A file, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRead {
    /// Shown to the person, never used to judge the content.
    pub name: String,
    pub fate: Fate,
    /// The app that it goes to, as typed, where each goes to its own.
    pub app: String,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// A PFX that waits for its password.
    Locked,
    Refused(ReadError),
    /// Another file has the same certificate.
    Same {
        /// That file's name.
        first: String,
    },
    Ready(Box<Upload>),
}

impl Fate {
    /// The certificate, where one was read that Entra takes.
    pub fn usable(&self, now: OffsetDateTime) -> Option<&Certificate> {
        let Self::Ready(upload) = self else { return None };
        suitability::assess(upload.leaf.facts(), now).usable().then_some(&upload.leaf)
    }
}

/// Whether a private key was in what was refused.
fn held_key(error: &ReadError) -> bool {
    matches!(error, ReadError::PrivateKeyOnly | ReadError::PrivateKeyInUpload | ReadError::JavaKeystore { .. })
}

/// Of one file that gives nothing.
#[component]
pub fn Refused(name: String, error: ReadError) -> impl IntoView {
    view! {
        <MessageBar intent=Intent::Error title=error.to_string() live=true>
            <p>{error.advice()}</p>
            {held_key(&error).then(|| view! { <p>"Nothing was sent: the private key stayed in this browser."</p> })}
            <p class="secondary">{name}</p>
        </MessageBar>
    }
}

/// `app`: object id of the app that the certificates are for; may be empty. `over`: how many files were not read, because
/// they are more than [`MOST_FILES`].
#[component]
pub fn FilesRead(files: Vec<FileRead>, over: usize, app: String) -> impl IntoView {
    match <[FileRead; 1]>::try_from(files) {
        Ok([FileRead { name, fate, .. }]) => match fate {
            Fate::Ready(upload) => view! { <One name upload=*upload app/> }.into_html(),
            Fate::Refused(error) => view! { <Refused name error/> }.into_html(),
            Fate::Locked | Fate::Same { .. } => ().into_html(),
        },
        Err(files) if files.is_empty() => ().into_html(),
        Err(files) => view! { <Several files over app/> }.into_html(),
    }
}

#[component]
fn One(name: String, upload: Upload, app: String) -> impl IntoView {
    let now = use_now();
    let facts = upload.leaf.facts().clone();
    let assessment = suitability::assess(&facts, now);
    let validity = suitability::validity(Some(facts.not_before), Some(facts.not_after), now);
    let usable = assessment.usable();
    let title = facts.short_name();
    view! {
        <section class="card read" aria-labelledby="read-title">
            <div class="card__head">
                <h2 id="read-title">{title}</h2>
                <p class="secondary">{format!("{name} · {}", upload.container)}</p>
            </div>
            {upload.private_key_left_out.then(|| view! {
                <MessageBar intent=Intent::Success title="The private key stayed in this browser">
                    <p>"The file holds a private key as well. It was left out: only the certificate is sent on."</p>
                </MessageBar>
            })}
            {[upload.choice(), upload.unwrapped(), upload.passed_over()]
                .into_iter()
                .flatten()
                .map(|title| view! { <MessageBar intent=Intent::Info title/> })
                .collect_view()}
            <AssessmentBars assessment/>
            <FactsList facts validity thumbprint=true/>
            {if usable {
                view! {
                    <form method="post" action=Form::KeepCertificate.path()>
                        <input type="hidden" name="text" value=upload.leaf.pem()/>
                        <input type="hidden" name="app" value=app/>
                        <div class="actions">
                            <button type="submit" class="button button--primary" data-pending="Sending the certificate">
                                <span>"Continue with this certificate"</span>
                                <Icon glyph=Glyph::ArrowRight/>
                            </button>
                        </div>
                        <RefusalSlot form=Form::KeepCertificate/>
                    </form>
                }
                .into_html()
            } else {
                view! { <p class="secondary">"It cannot be used for client authentication. Choose another file above."</p> }.into_html()
            }}
        </section>
    }
}

/// The badge's class, its icon, its word, and what there is to say.
fn words(fate: &Fate, now: OffsetDateTime) -> (&'static str, Glyph, &'static str, String) {
    match fate {
        Fate::Locked => ("warn", Glyph::Key, "Locked", "It waits for its password.".into()),
        Fate::Refused(error) => {
            let stayed = if held_key(error) { " The private key stayed in this browser." } else { "" };
            ("bad", Glyph::ErrorCircle, "Not read", format!("{error}. {}{stayed}", error.advice()))
        }
        Fate::Same { first } => ("kept", Glyph::Equal, "The same", format!("{first} has the same certificate.")),
        Fate::Ready(upload) => {
            let assessment = suitability::assess(upload.leaf.facts(), now);
            let stayed = upload.private_key_left_out.then(|| "The private key stayed in this browser.".to_owned());
            if let Some(refusal) = assessment.refusals.first() {
                return ("bad", Glyph::ErrorCircle, "Not usable", format!("{}. {}", refusal.title(), refusal.advice()));
            }
            let warnings = assessment.warnings.iter().map(|warning| format!("{}.", warning.title()));
            let notes = [upload.choice(), upload.unwrapped()].into_iter().flatten();
            let said: Vec<_> = stayed.into_iter().chain(warnings).chain(notes).collect();
            if assessment.warnings.is_empty() {
                ("good", Glyph::CheckCircle, "Read", said.join(" "))
            } else {
                ("warn", Glyph::Warning, "Read", said.join(" "))
            }
        }
    }
}

#[component]
fn Several(files: Vec<FileRead>, over: usize, app: String) -> impl IntoView {
    let now = use_now();
    let count = files.len();
    let usable: Vec<Usable> = files
        .iter()
        .enumerate()
        .filter_map(|(at, file)| {
            Some(Usable { at, certificate: file.fate.usable(now)?.clone(), app: file.app.clone() })
        })
        .collect();
    let left = count - usable.len();
    let sum = match (usable.len(), left) {
        (good, 0) => plural(good, "certificate"),
        (good, left) => format!("{} to go on with, {left} left out", plural(good, "certificate")),
    };
    view! {
        <section class="card card--table read" aria-labelledby="read-title">
            <div class="card__head">
                <h2 id="read-title">{plural(count, "file")}</h2>
                <p class="secondary">{sum}</p>
                <button type="button" class="button button--small" data-tool-do="clear">"Clear the list"</button>
            </div>
            {(over > 0).then(|| view! { <MessageBar intent=Intent::Warning title=format!("{} not read: {MOST_FILES} are read at once", if over == 1 { "1 file was".to_owned() } else { format!("{over} files were") })/> })}
            <table class="table table--stack">
                <caption class="sr-only">"Files, and what was read in each"</caption>
                <thead>
                    <tr>
                        <th scope="col">"File"</th>
                        <th scope="col">"Certificate"</th>
                        <th scope="col">"What became of it"</th>
                        <th scope="col"><span class="sr-only">"Leave out"</span></th>
                    </tr>
                </thead>
                <tbody>{files.into_iter().enumerate().map(|(at, file)| view! { <Row at file now/> }).collect_view()}</tbody>
            </table>
            {(!usable.is_empty()).then(|| view! { <GoOn certificates=usable app/> })}
        </section>
    }
}

#[component]
fn Row(at: usize, file: FileRead, now: OffsetDateTime) -> impl IntoView {
    let (class, glyph, word, said) = words(&file.fate, now);
    let locked = file.fate == Fate::Locked;
    let certificate = match &file.fate {
        Fate::Ready(upload) => {
            let facts = upload.leaf.facts();
            let (name, thumbprint) = (facts.short_name(), facts.sha1);
            view! { <span class="stacked"><span>{name}</span><ThumbprintText thumbprint/></span> }.into_html()
        }
        _ => "—".into_html(),
    };
    let leave_out = format!("Leave {} out", file.name);
    view! {
        <tr>
            <th scope="row" data-label="File">{file.name.clone()}</th>
            <td data-label="Certificate">{certificate}</td>
            <td data-label="What became of it">
                <span class="stacked">
                    <span class=format!("badge badge--{class}")><Icon glyph/>{word}</span>
                    {(!said.is_empty()).then(|| view! { <span class="secondary">{said}</span> })}
                    {locked.then(|| view! { <span><button type="button" class="button button--small" data-tool-do="unlock" value=at.to_string()>"Enter the password"</button></span> })}
                </span>
            </td>
            <td>
                <button type="button" class="button button--icon" data-tool-do="leave-out" value=at.to_string() aria-label=leave_out.clone() title=leave_out><Icon glyph=Glyph::Close/></button>
            </td>
        </tr>
    }
}

/// A certificate to go on with.
struct Usable {
    /// Its place among the files.
    at: usize,
    certificate: Certificate,
    /// As typed.
    app: String,
}

/// All of them to the same apps, or each to its own.
#[component]
fn GoOn(certificates: Vec<Usable>, app: String) -> impl IntoView {
    let count = certificates.len();
    let button = if count == 1 {
        "Continue with this certificate".to_owned()
    } else {
        format!("Continue with {count} certificates")
    };
    let texts = certificates
        .iter()
        .map(|it| view! { <input type="hidden" name="certificate[]" value=it.certificate.pem()/> })
        .collect_view();
    view! {
        <form method="post" action=Form::KeepCertificates.path()>
            {texts}
            <input type="hidden" name="app" value=app/>
            <div class="card__foot">
                <button type="submit" class="button button--primary" data-pending="Sending the certificates"><span>{button}</span><Icon glyph=Glyph::ArrowRight/></button>
                <p class="secondary">"You choose the apps next; every app gets all of them. Only certificates are sent."</p>
            </div>
            <RefusalSlot form=Form::KeepCertificates/>
        </form>
        {(count > 1).then(|| view! { <Apart certificates/> })}
    }
}

/// `#apart-csv` is filled by the worker with what is typed.
#[component]
fn Apart(certificates: Vec<Usable>) -> impl IntoView {
    let field = |Usable { at, certificate, app }: Usable| {
        let id = format!("apart-{at}");
        view! {
            <div class="field">
                <label for=id.clone()>{certificate.facts().short_name()}</label>
                <input class="input" id=id value=app data-tool-field=format!("app {at}") autocomplete="off" spellcheck="false" placeholder="Client id, object id or name"/>
            </div>
        }
    };
    view! {
        <details class="help read__apart">
            <summary>"Each to an app of its own"</summary>
            <div class="help__body">
                <div class="make__fields">{certificates.into_iter().map(field).collect_view()}</div>
                <form method="post" action=Form::DraftTable.path()>
                    <textarea id="apart-csv" name="csv" hidden></textarea>
                    <div class="actions">
                        <button type="submit" class="button" data-pending="Reading the apps"><span>"Preview"</span><Icon glyph=Glyph::ArrowRight/></button>
                        <p class="secondary">"Certificates without an app are left out."</p>
                    </div>
                    <RefusalSlot form=Form::DraftTable/>
                </form>
            </div>
        </details>
    }
}
