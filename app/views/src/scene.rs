//! What is the same all over a page: the time, the address, who looks at it, and what was just refused.

use crate::controls;
use crate::data::problem::{Problem, SignInFor};
use crate::prelude::*;
use crate::query::Query;
use crate::route::Form;
use crate::viewer::Viewer;
use domain::doctor::authority::Authority;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use time::OffsetDateTime;

/// Around every view. Who renders gives it; views ask for its parts by the functions below.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The clock's reading when the page was asked for.
    pub now: OffsetDateTime,
    /// Path and query of the page: where a sign-in leads back to.
    pub here: String,
    /// Who is signed in.
    pub viewer: Option<Viewer>,
    /// `light` or `dark` where the person has chosen; else the system decides.
    pub theme: Option<Theme>,
    /// Of the portal's cloud, for code and scripts that people take along.
    pub authority: Option<PortalAuthority>,
    /// Requests that wait for who is signed in.
    pub waiting: u32,
    /// What became of the form that was sent last, where it was refused.
    pub refusal: Option<FormRefusal>,
}

/// A theme that the person has chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    /// As in the cookie and in `data-theme`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// `None`: as the system has it.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Light, Self::Dark].into_iter().find(|theme| theme.as_str() == text)
    }
}

/// The sign-in service of the portal's cloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalAuthority {
    pub authority: Authority,
    /// For libraries that insist on https, where `authority` is plain http, as a local tenant's is.
    pub over_https: Option<Authority>,
}

impl PortalAuthority {
    pub fn for_libraries(&self) -> &Authority {
        self.over_https.as_ref().unwrap_or(&self.authority)
    }
}

/// A form that was refused, and why. It is shown once: beside the button that sent it, or on top of the page where that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormRefusal {
    pub form: Form,
    pub problem: Problem,
    /// What was sent, so that nothing has to be typed again. Short fields only, and a table.
    pub fields: Vec<(String, String)>,
    /// The person has done since what the refusal asked for, and may send the form again.
    #[serde(default)]
    pub signed_in: Option<SignInFor>,
}

impl FormRefusal {
    /// What was sent under this name.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// What the person wrote in words: a reason, a comment, the name of a view.
    pub fn written(&self) -> Option<String> {
        let names: &[&str] = match self.form {
            Form::SaveView | Form::RenameView => &["name"],
            _ => &["reason", "words"],
        };
        let written = names.iter().find_map(|name| self.field(name))?;
        (!written.trim().is_empty()).then(|| written.to_owned())
    }

    /// It has this value under this name.
    pub fn says(&self, name: &str, value: &str) -> bool {
        self.field(name) == Some(value)
    }
}

/// A place on the page has shown the refusal. Views are rendered at once, each in its turn: what comes behind them knows.
#[derive(Clone, Default)]
struct RefusalShown(Arc<AtomicBool>);

/// Renders a view to HTML.
pub fn render<V: IntoView>(scene: Scene, view: impl FnOnce() -> V) -> String {
    rendered(scene, Box::new(|| view().to_html()))
}

/// For views of every type the same code.
fn rendered(scene: Scene, view: Box<dyn FnOnce() -> String + '_>) -> String {
    let html = Owner::new().with(|| {
        provide_context(scene);
        provide_context(RefusalShown::default());
        view()
    });
    // Leptos marks where texts end and where nothing is, for hydration. Texts and attributes have `<` escaped: nothing else
    // reads like that.
    controls::shown(html.replace("<!>", "").replace("<!--<() />-->", ""))
}

fn scene<T>(part: impl FnOnce(&Scene) -> T) -> T {
    part(&use_context::<Scene>().expect("views are rendered by `scene::render`"))
}

pub fn use_now() -> OffsetDateTime {
    scene(|scene| scene.now)
}

/// Path and query of the page.
pub fn use_here() -> String {
    scene(|scene| scene.here.clone())
}

/// The path of the page.
pub fn use_path() -> String {
    scene(|scene| scene.here.split_once('?').map_or(scene.here.as_str(), |(path, _)| path).to_owned())
}

/// The query of the page.
pub fn use_query() -> Query {
    scene(|scene| Query::parse(scene.here.split_once('?').map_or("", |(_, query)| query)))
}

pub fn use_viewer() -> Option<Viewer> {
    scene(|scene| scene.viewer.clone())
}

/// Requests that wait for who is signed in.
pub fn use_waiting() -> u32 {
    scene(|scene| scene.waiting)
}

pub fn use_theme() -> Option<Theme> {
    scene(|scene| scene.theme)
}

pub fn use_authority() -> Option<PortalAuthority> {
    scene(|scene| scene.authority.clone())
}

/// What became of this form, where it was just refused.
pub fn use_refusal(form: Form) -> Option<FormRefusal> {
    scene(|scene| scene.refusal.clone().filter(|refusal| refusal.form == form))
}

/// The refusal, to be shown here.
pub fn show_refusal(form: Form, is_here: impl FnOnce(&FormRefusal) -> bool) -> Option<FormRefusal> {
    let refusal = use_refusal(form).filter(is_here)?;
    if let Some(RefusalShown(shown)) = use_context() {
        shown.store(true, Ordering::Relaxed);
    }
    Some(refusal)
}

/// The refusal that no place on the page has shown: what was sent is not on it any more.
pub fn unshown_refusal() -> Option<FormRefusal> {
    let shown = use_context().is_some_and(|RefusalShown(shown)| shown.load(Ordering::Relaxed));
    scene(|scene| scene.refusal.clone()).filter(|_| !shown)
}

/// What was sent under this name by the form that was just refused. `is_here`: it is this one of several.
pub fn use_sent(form: Form, name: &str, is_here: impl FnOnce(&FormRefusal) -> bool) -> Option<String> {
    use_refusal(form).filter(is_here)?.field(name).map(str::to_owned)
}

/// The words that say that one knows what goes, where the person has typed them and was away only to sign in.
pub fn use_typed(form: Form) -> Option<String> {
    let refusal = use_refusal(form).filter(|refusal| refusal.signed_in.is_some())?;
    refusal.field("typed").map(str::to_owned)
}

/// What was chosen on this page: what the refused form said, where this one was just refused; else what the URL says.
pub fn use_choice(form: Form) -> Query {
    use_refusal(form).map_or_else(use_query, |refusal| Query::from(refusal.fields))
}
