//! What forms do: each unpacks its fields, calls one method of a port, and leads on. Where it is refused, the reason goes
//! to where the person looks: into the page that the form is on.

mod certificates;
mod items;
mod notices;
mod own_notices;
mod plans;
mod preferences;
pub(crate) mod proofs;
mod pushes;
mod requests;
mod saved_views;
mod secrets;
mod sessions;
mod sign_ins;
mod teams;
mod vaults;

pub use proofs::subject as proof_subject;

use crate::contract::Desk;
use crate::contract::problem::Problem;
use crate::document;
use crate::visit::{Refused, Representation, Visit};
use axum::body::to_bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest as _, Multipart, OriginalUri, Request};
use axum::http::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use domain::peel::peel_text;
use http_body_util::LengthLimitError;
use std::collections::{BTreeMap, HashSet};
use std::error::Error;
use std::str::FromStr;
use time::Date;
use time::macros::format_description;
use views::components::notices::{REFUSED, piece};
use views::page::Page;
use views::pages::inventory::AskedError;
use views::query::Query;
use views::route::{Form, Route};
use views::scene::FormRefusal;

/// Where the shell goes on.
const SHELL_LOCATION: HeaderName = HeaderName::from_static("x-location");
/// Of what was sent, so much comes back with a refusal.
const KEPT: usize = 128 * 1024;
/// Fields of one form: a push has at most 2,000 apps.
const MOST_FIELDS: usize = 5_000;
/// Shorter texts hold no private key.
const SHORTEST_KEY: usize = 60;
/// So much of a form is looked through for private keys.
const LOOKED_THROUGH: usize = 64 * 1024;
/// The server limits what it takes to less.
const MAX_FORM: usize = 4 * 1024 * 1024;

/// The fields of a form.
#[derive(Default)]
pub struct Fields {
    texts: Query,
    /// Of a form with files: the content of the field `file`, or of `text` where no file was chosen.
    content: Vec<u8>,
}

/// What came of a form.
pub enum Done {
    /// Go on at this path.
    Go(String),
    /// The same, with a cookie.
    GoWith(String, HeaderValue),
    /// The answer is a page of its own, and leaves nothing behind.
    Show(Page),
}

impl From<Route> for Done {
    fn from(route: Route) -> Self {
        Self::Go(route.to_string())
    }
}

/// `POST`: the form at the request's path.
pub async fn sent(visit: Visit, OriginalUri(uri): OriginalUri, request: Request) -> Response {
    let Some(form) = Form::ALL.iter().copied().find(|form| form.path() == uri.path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if form == Form::ImportSignIns {
        return match sign_ins::import(visit.desk.as_ref(), request).await {
            Ok(done) => lead_on(&visit, done).await,
            Err(problem) => refused(&visit, form, &Fields::default(), problem).await,
        };
    }
    let fields = match read(request).await {
        Ok(fields) => fields,
        Err(problem) => return refused(&visit, form, &Fields::default(), problem).await,
    };
    if fields.hold_private_key(form) {
        return refused(&visit, form, &fields, private_key()).await;
    }
    match carry_out(form, visit.desk.as_ref(), &visit.origin, &fields).await {
        Ok(done) => lead_on(&visit, done).await,
        Err(problem) => refused(&visit, form, &fields, problem).await,
    }
}

/// `origin`: of the portal.
async fn carry_out(form: Form, desk: &dyn Desk, origin: &str, fields: &Fields) -> Result<Done, Problem> {
    match form {
        Form::KeepCertificate | Form::UploadCertificate => certificates::keep(desk, fields).await,
        Form::KeepCertificates => certificates::keep_all(desk, fields).await,
        Form::DraftPlan => plans::add(desk, fields).await,
        Form::DraftTable => plans::table(desk, fields).await,
        Form::DraftAgain => plans::again(desk, fields).await,
        Form::DraftRetire => plans::retire(desk, fields).await,
        Form::DraftRetireCertificate => plans::retire_certificate(desk, fields).await,
        Form::DraftRetireSelected => plans::retire_selected(desk, fields).await,
        Form::SaveView => saved_views::save(desk, fields).await,
        Form::RenameView => saved_views::rename(desk, fields).await,
        Form::RemoveView => saved_views::remove(desk, fields).await,
        Form::DraftCopy => plans::copy(desk, fields).await,
        Form::DraftRestore => plans::restore(desk, fields).await,
        Form::Register => plans::register(desk, fields).await,
        Form::Push => pushes::push(desk, fields).await,
        Form::PushPastRules => pushes::push_past_rules(desk, fields).await,
        Form::AskForApproval => requests::ask(desk, fields).await,
        Form::AskForRemoval => requests::ask_removal(desk, fields).await,
        Form::ReviewRequest => requests::review(desk, fields).await,
        Form::WithdrawRequest => requests::withdraw(desk, fields).await,
        Form::CommentRequest => requests::comment(desk, fields).await,
        Form::ExecuteRequest => requests::execute(desk, fields).await,
        Form::Steer => pushes::steer(desk, fields).await,
        Form::ImportFromVault => vaults::import(desk, fields).await,
        Form::ProveWithVault => proofs::prove_with_vault(desk, fields).await,
        Form::RemoveSecret => secrets::remove(desk, fields).await,
        Form::TestChannel => notices::test(desk, fields).await,
        Form::FreeChannel => notices::free(desk, fields).await,
        Form::KeepChannel => notices::keep(desk, fields).await,
        Form::SwitchChannel => notices::switch(desk, fields).await,
        Form::RemoveChannel => notices::remove(desk, fields).await,
        Form::KeepRule => requests::keep_rule(desk, fields).await,
        Form::SwitchRule => requests::switch_rule(desk, fields).await,
        Form::RemoveRule => requests::remove_rule(desk, fields).await,
        Form::ReplayNotice => notices::replay(desk, fields).await,
        Form::PreviewGivenApps => teams::preview_given(desk, fields).await,
        Form::GiveApps => teams::give(desk, fields).await,
        Form::ImportSignIns => Err(unreadable("It has no file.".to_owned())),
        Form::AcknowledgeEnd => own_notices::acknowledge(desk, fields).await,
        Form::RemindAgain => own_notices::remind_again(desk, fields).await,
        Form::SetNoticeHours => own_notices::set_hours(desk, fields).await,
        Form::MakeCalendar => own_notices::make_calendar(desk, origin).await,
        Form::RevokeCalendar => own_notices::revoke_calendar(desk).await,
        Form::AssignItem => items::assign(desk, fields).await,
        Form::SnoozeItem => items::snooze(desk, fields).await,
        Form::AcceptItem => items::accept(desk, fields).await,
        Form::ReopenItem => items::reopen(desk, fields).await,
        Form::AcknowledgeChanges => items::acknowledge(desk, fields).await,
        Form::EndSession => sessions::end(desk, fields).await,
        Form::EndOtherSessions => sessions::end_others(desk, fields).await,
        Form::LendReading => sessions::lend_reading(desk).await,
        Form::EndLending => sessions::end_lending(desk).await,
        Form::SetTheme => preferences::set_theme(fields),
        Form::SetZone => preferences::set_zone(fields),
    }
}

fn unreadable(why: String) -> Problem {
    Problem::new(422, "bad-form", "The form could not be read", why).advice("Check what you entered and send it again.")
}

/// The fields of an urlencoded or multipart form.
async fn read(request: Request) -> Result<Fields, Problem> {
    let too_large = || {
        Problem::new(
            413,
            "too-large",
            "That is too much at once",
            "The portal takes up to 2 MiB; a certificate has a few kilobytes.",
        )
        .advice("Choose the certificate's own file.")
    };
    let too_many = || {
        let why = format!("It has more than {MOST_FIELDS} fields.");
        Problem::new(422, "too-many-fields", "That is too much at once", why)
            .advice("Choose less, and do the rest afterwards.")
    };
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content_type.starts_with("multipart/form-data") {
        let mut form = Multipart::from_request(request, &()).await.map_err(|error| unreadable(error.body_text()))?;
        let mut fields = Fields::default();
        let mut texts = Vec::new();
        let broken =
            |error: MultipartError| if is_too_long(&error) { too_large() } else { unreadable(error.body_text()) };
        while let Some(field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            let content = field.bytes().await.map_err(broken)?;
            match name.as_str() {
                // The form has a file field and a paste field; whichever is filled counts.
                "file" if fields.content.is_empty() => fields.content = content.to_vec(),
                // It comes back with a refusal.
                "text" if fields.content.is_empty() => {
                    texts.push((name, String::from_utf8_lossy(&content).into_owned()));
                    fields.content = content.to_vec();
                }
                "file" | "text" => {}
                _ if texts.len() >= MOST_FIELDS => return Err(too_many()),
                _ => texts.push((name, String::from_utf8_lossy(&content).into_owned())),
            }
        }
        fields.texts = Query::from(texts);
        return Ok(fields);
    }
    let broken = |error: axum::Error| if is_too_long(&error) { too_large() } else { unreadable(error.to_string()) };
    let body = to_bytes(request.into_body(), MAX_FORM).await.map_err(broken)?;
    if body.split(|byte| *byte == b'&').count() > MOST_FIELDS {
        return Err(too_many());
    }
    let body = std::str::from_utf8(&body).map_err(|error| unreadable(error.to_string()))?;
    Ok(Fields { texts: Query::parse(body), content: Vec::new() })
}

/// A body that does not say how long it is, is found out where its bound is passed: beneath what reads its parts.
fn is_too_long(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<LengthLimitError>() {
            return true;
        }
        next = error.source();
    }
    false
}

impl Fields {
    /// What was typed or chosen, without blanks around it; empty where there is no such field.
    pub fn text(&self, name: &str) -> String {
        self.texts.text(name)
    }

    /// All but files.
    pub fn query(&self) -> &Query {
        &self.texts
    }

    /// As it was sent.
    pub fn raw(&self, name: &str) -> &str {
        self.texts.get(name).unwrap_or_default()
    }

    /// A file, or what was pasted in its place.
    pub fn content(&self) -> &[u8] {
        if self.content.is_empty() { self.raw("text").as_bytes() } else { &self.content }
    }

    pub fn parsed<T: FromStr>(&self, name: &str, what: &str) -> Result<T, Problem> {
        parse(what, &self.text(name))
    }

    /// `absent` where the field is empty.
    pub fn parsed_or<T: FromStr>(&self, name: &str, what: &str, absent: T) -> Result<T, Problem> {
        if self.text(name).is_empty() { Ok(absent) } else { self.parsed(name, what) }
    }

    /// Every value of a repeated field: `app[]=a&app[]=b`.
    pub fn all<T: FromStr>(&self, name: &str, what: &str) -> Result<Vec<T>, Problem> {
        self.texts.all(name).iter().map(|value| parse(what, value)).collect()
    }

    pub fn is_on(&self, name: &str) -> bool {
        self.raw(name) == "on"
    }

    /// What a refusal brings back: of each name all that was sent, or nothing, the shortest first; and what holds a private
    /// key never.
    fn kept(&self, form: Form) -> Vec<(String, String)> {
        let mut all = BTreeMap::<&str, Vec<&str>>::new();
        for (name, value) in self.texts.pairs().filter(|(name, _)| form.keeps(name)) {
            all.entry(name).or_default().push(value);
        }
        let size = |name: &str, values: &[&str]| values.iter().map(|value| name.len() + value.len()).sum::<usize>();
        let mut all: Vec<_> = all.into_iter().map(|(name, values)| (size(name, &values), name, values)).collect();
        all.sort_unstable();
        let mut left = KEPT;
        let within = all.into_iter().map_while(|(size, name, values)| {
            left = left.checked_sub(size)?;
            Some((name, values))
        });
        let public = within.filter(|(_, values)| !values.iter().any(|value| may_hold_private_key(value)));
        let kept: HashSet<&str> = public.map(|(name, _)| name).collect();
        let pairs = self.texts.pairs().filter(|(name, _)| kept.contains(name));
        pairs.map(|(name, value)| (name.into(), value.into())).collect()
    }

    /// In a field that is for something else. Files, what is pasted in their place, and tables are looked through where they
    /// are read.
    fn hold_private_key(&self, form: Form) -> bool {
        let read_later = |name: &str| form.brings_certificate() && ["text", "csv"].contains(&name);
        let mut left = LOOKED_THROUGH;
        self.texts
            .pairs()
            .filter(|(name, value)| form.keeps(name) && !read_later(name) && value.len() >= SHORTEST_KEY)
            .any(|(_, value)| {
                let within = left.checked_sub(value.len());
                left = within.unwrap_or_default();
                within.is_some() && holds_private_key(value)
            })
    }
}

fn holds_private_key(text: &str) -> bool {
    text.len() >= SHORTEST_KEY && peel_text(text).holds_private_key()
}

/// Or a piece of one.
fn may_hold_private_key(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    (upper.contains("-----BEGIN") && upper.contains("PRIVATE KEY")) || holds_private_key(text)
}

fn private_key() -> Problem {
    Problem::new(
        422,
        "private-key",
        "What you sent holds a private key; nothing of it was kept",
        "This is not the place for one: what is written here is read by others, and stays.",
    )
    .advice("Take it out and send the rest again. Whoever has seen the key by now can use it: make a new one if it was in the open.")
}

/// `2026-12-24`, as a field for a day sends it.
fn day(text: &str) -> Result<Date, Problem> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).map_err(|_| {
        let why = format!("“{text}” cannot be read as a day such as 2026-12-24.");
        Problem::new(422, "bad-value", "That is not a day", why).advice("Go back and choose again.")
    })
}

/// What an address or a form has as a selection of the inventory is none.
pub fn bad_selection(error: &AskedError) -> Problem {
    Problem::new(422, "bad-selection", "The selection is not understood", format!("{error}."))
        .advice("Go back to the inventory and select again.")
        .link("To the inventory", Route::Inventory)
}

pub fn parse<T: FromStr>(what: &str, value: &str) -> Result<T, Problem> {
    value.parse().map_err(|_| {
        let why = format!("“{value}” cannot be read as a {what}.");
        Problem::new(422, "bad-value", format!("That is not a valid {what}"), why).advice("Go back and choose again.")
    })
}

async fn lead_on(visit: &Visit, done: Done) -> Response {
    let (path, cookie) = match done {
        Done::Show(page) => {
            let viewer = visit.desk.viewer().await.ok().flatten();
            let scene = visit.scene(viewer, visit.back(), None);
            return document::answer(page, scene, visit.files, &visit.nonce);
        }
        Done::Go(path) => (path, None),
        Done::GoWith(path, cookie) => (path, Some(cookie)),
    };
    let Ok(path) = HeaderValue::from_str(&path) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let (status, name) = match visit.wanted {
        Representation::Piece => (StatusCode::NO_CONTENT, SHELL_LOCATION),
        Representation::Page | Representation::Data => (StatusCode::SEE_OTHER, LOCATION),
    };
    let mut headers = HeaderMap::from_iter([(name, path)]);
    headers.extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
    (status, headers).into_response()
}

/// The reason, in the form that the asking program can show.
async fn refused(visit: &Visit, form: Form, fields: &Fields, problem: Problem) -> Response {
    let why = problem.clone();
    Refused::note(say_why(visit, form, fields, problem).await, &why)
}

async fn say_why(visit: &Visit, form: Form, fields: &Fields, problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let viewer = visit.desk.viewer().await.ok().flatten();
    let refusal = FormRefusal { form, problem: problem.clone(), fields: fields.kept(form), signed_in: None };
    // The reason stays the one that is shown, whether or not this is kept.
    if viewer.is_some() && problem.sign_in.is_some() {
        let _ = visit.refusals.keep_for_return(&refusal).await;
    }
    match visit.wanted {
        Representation::Data => problem_json(&problem),
        Representation::Piece => {
            let scene = visit.scene(viewer, visit.back(), None);
            (status, Html(piece(scene, problem))).into_response()
        }
        // Nobody's session could keep it: the page that one comes back to is named in the sign-in.
        Representation::Page if viewer.is_none() => {
            let scene = visit.scene(None, visit.back(), None);
            document::answer(Page::problem(problem), scene, visit.files, &visit.nonce)
        }
        Representation::Page => match visit.refusals.keep(&refusal).await {
            Ok(()) => (StatusCode::SEE_OTHER, [(LOCATION, format!("{}#{REFUSED}", visit.back()))]).into_response(),
            Err(problem) => {
                let scene = visit.scene(viewer, visit.back(), None);
                document::answer(Page::problem(problem), scene, visit.files, &visit.nonce)
            }
        },
    }
}

/// RFC 9457.
pub fn problem_json(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_string(problem).unwrap_or_default();
    let response = (status, [(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))], body);
    Refused::note(response.into_response(), problem)
}
