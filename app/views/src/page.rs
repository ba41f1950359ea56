//! A page: its title, its status, and what it shows.

use crate::components::header::{Brand, Header};
use crate::components::notices::{NoAccess, ProblemNotice, RefusalOnTop, SignIn};
use crate::components::shortcuts::Shortcuts;
use crate::data::problem::Problem;
use crate::prelude::*;
use crate::route::Section;
use crate::tool::Tool;
use crate::viewer::Viewer;

/// What a request for a page is answered with.
pub struct Page {
    /// Empty on the overview, which has the product's name alone.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Which worker it needs.
    pub tool: Option<Tool>,
    /// It may be found by search engines.
    pub public: bool,
    /// The entry of the navigation that is lit, where the path does not say it.
    pub section: Option<Section>,
    /// Only the brand is on top of it: nothing is known about who looks at it.
    pub bare: bool,
    /// Renders what is in `main`. It runs within a [`crate::scene::Scene`].
    pub body: Box<dyn FnOnce() -> Html + Send>,
}

impl Page {
    pub fn new<V: IntoView + 'static>(title: impl Into<String>, body: impl FnOnce() -> V + Send + 'static) -> Self {
        Self {
            title: title.into(),
            status: 200,
            tool: None,
            public: false,
            section: None,
            bare: false,
            body: Box::new(move || body().into_html()),
        }
    }

    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// It needs the browser's worker.
    #[must_use]
    pub fn tool(mut self, tool: Tool) -> Self {
        self.tool = Some(tool);
        self
    }

    /// For everybody, search engines included.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.public = true;
        self
    }

    /// It belongs to this entry of the navigation, whatever its path says.
    #[must_use]
    pub fn section(mut self, section: Section) -> Self {
        self.section = Some(section);
        self
    }

    /// An answer to a request of which nothing is known. `sign_in`: signing in again is what helps.
    pub fn refusal(problem: Problem, sign_in: bool) -> Self {
        let (title, status) = (problem.title.clone(), problem.status);
        Self { bare: true, ..Self::new(title, move || view! { <ProblemNotice problem sign_in/> }) }.status(status)
    }

    /// In place of a page whose data did not come.
    pub fn problem(problem: Problem) -> Self {
        if problem.is_signed_out() {
            return Self::sign_in();
        }
        let (title, status) = (problem.title.clone(), problem.status);
        Self::new(title, move || view! { <ProblemNotice sign_in=status == 401 problem/> }).status(status)
    }

    /// In place of a page that needs a signed-in person.
    pub fn sign_in() -> Self {
        Self::new("Sign in", || view! { <SignIn/> }).status(401)
    }

    /// Signed in, but without one of the portal's app roles.
    pub fn no_access(viewer: Viewer) -> Self {
        Self::new("No access yet", || view! { <NoAccess viewer/> }).status(403)
    }

    /// `Apps · Thumbprint`
    pub fn full_title(&self) -> String {
        if self.title.is_empty() { "Thumbprint".to_owned() } else { format!("{} · Thumbprint", self.title) }
    }
}

/// All that is in the document's body.
#[component]
pub fn Body(body: Box<dyn FnOnce() -> Html + Send>, section: Option<Section>, bare: bool) -> impl IntoView {
    // Before what stands on top of it, which has what found no place in it.
    let content = body();
    view! {
        <a class="skip" href="#main">"Skip to the content"</a>
        {if bare { view! { <Brand/> }.into_html() } else { view! { <Header section/> }.into_html() }}
        <main class="main" id="main" tabindex="-1"><RefusalOnTop/>{content}</main>
        // What the shell says aloud.
        <p class="sr-only" id="live" role="status"></p>
        {(!bare).then(|| view! { <Shortcuts/> })}
    }
}
