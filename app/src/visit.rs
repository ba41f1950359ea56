//! One request, as pages and forms see it: who asks, with which desk, and where from.

use crate::contract::Desk;
use crate::contract::people::Viewer;
use crate::contract::problem::Problem;
use crate::document::Files;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, COOKIE, REFERER};
use axum::http::request::Parts;
use axum::response::Response;
use domain::zone::ZoneName;
use std::ops::Deref;
use std::sync::Arc;
use time::OffsetDateTime;
use views::page::Page;
use views::query::Query;
use views::route::{Form, Route};
use views::scene::{FormRefusal, PortalAuthority, Scene, Theme};

/// Where the theme is kept: a cookie, so that the server renders the right one at once.
pub const THEME_COOKIE: &str = "thumbprint-theme";
/// The zone in which the shell shows times.
pub const ZONE_COOKIE: &str = "thumbprint-zone";

/// A refusal waits in the person's session until the page that shows it is asked for.
#[async_trait::async_trait]
pub trait Refusals: Send + Sync {
    /// In place of one that waits already.
    async fn keep(&self, refusal: &FormRefusal) -> Result<(), Problem>;
    /// Until the person comes back from the sign-in that it asks for. It is no refusal any more then.
    async fn keep_for_return(&self, refusal: &FormRefusal) -> Result<(), Problem>;
    /// It is shown once.
    async fn take(&self) -> Option<FormRefusal>;
}

/// In an answer's extensions: the request was refused, and why.
#[derive(Debug, Clone)]
pub struct Refused(pub Arc<Problem>);

impl Refused {
    /// Says so in an answer, whatever form that has.
    pub(crate) fn note(mut response: Response, problem: &Problem) -> Response {
        response.extensions_mut().insert(Self(Arc::new(problem.clone())));
        response
    }
}

/// What the server puts into a request's extensions.
#[derive(Clone)]
pub struct Surroundings {
    pub desk: Arc<dyn Desk>,
    pub refusals: Arc<dyn Refusals>,
    pub now: OffsetDateTime,
    /// `None` only for addresses that cannot stand in code, such as IPv6 literals.
    pub authority: Option<PortalAuthority>,
    pub files: &'static Files,
    /// Of this answer's content security policy.
    pub nonce: String,
    /// The portal's own, such as `https://thumbprint.example.com`.
    pub origin: String,
}

/// What the asking program wants back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Representation {
    /// A page: a browser that opens one or sends a form.
    Page,
    /// A piece of a page: the shell, which has sent the form itself.
    Piece,
    /// JSON: everything else.
    Data,
}

/// The shell sends this with every form.
pub const SHELL_HEADER: &str = "x-thumbprint-shell";

/// A request of anybody.
#[derive(Clone)]
pub struct Visit {
    surroundings: Arc<Surroundings>,
    /// Path and query.
    pub here: String,
    pub wanted: Representation,
    theme: Option<Theme>,
    pub zone: Option<ZoneName>,
    /// Path and query of the portal's own page that the request was made on.
    from: Option<String>,
}

impl Deref for Visit {
    type Target = Surroundings;

    fn deref(&self) -> &Surroundings {
        &self.surroundings
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = axum::http::StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let surroundings = parts.extensions.get::<Surroundings>().cloned().ok_or_else(|| {
            tracing::error!("a page was asked for outside of the portal's router");
            axum::http::StatusCode::INTERNAL_SERVER_ERROR
        })?;
        Ok(Self {
            here: parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            wanted: wanted(&parts.headers),
            theme: theme(&parts.headers),
            zone: cookie(&parts.headers, ZONE_COOKIE).and_then(|zone| zone.parse().ok()),
            from: came_from(&parts.headers, &surroundings.origin),
            surroundings: Arc::new(surroundings),
        })
    }
}

fn wanted(headers: &HeaderMap) -> Representation {
    let accepts = |what: &str| {
        headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains(what))
    };
    match headers.contains_key(SHELL_HEADER) {
        true => Representation::Piece,
        false if accepts("text/html") => Representation::Page,
        false => Representation::Data,
    }
}

/// What the theme's cookie says.
pub fn theme(headers: &HeaderMap) -> Option<Theme> {
    cookie(headers, THEME_COOKIE).and_then(Theme::parse)
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The page that the request was made on, where it is one of the portal's. Where that page was the answer to a form, it is the page
/// of that form.
pub fn came_from(headers: &HeaderMap, origin: &str) -> Option<String> {
    let referer = headers.get(REFERER)?.to_str().ok()?;
    let path = referer.strip_prefix(origin)?;
    let path = path.split_once('#').map_or(path, |(path, _)| path);
    let plain = path.split_once('?').map_or(path, |(path, _)| path);
    if let Some(form) = Form::ALL.iter().find(|form| form.path() == plain) {
        return form.answered_from().map(|page| page.to_string());
    }
    let route = Route::parse(plain)?;
    route.is_page().then(|| path.to_owned())
}

impl Visit {
    pub fn query(&self) -> Query {
        Query::parse(self.here.split_once('?').map_or("", |(_, query)| query))
    }

    /// The page that a form was sent from; the overview, where that is not known.
    pub fn back(&self) -> String {
        self.from.clone().unwrap_or_else(|| Route::Home.to_string())
    }

    /// Around a view: `viewer` sees it, at the address `here`.
    pub fn scene(&self, viewer: Option<Viewer>, here: String, refusal: Option<FormRefusal>) -> Scene {
        Scene { now: self.now, here, viewer, theme: self.theme, authority: self.authority.clone(), waiting: 0, refusal }
    }

    /// Who asks, where that is a person with a role.
    pub async fn member(&self) -> Result<Member, Unshown> {
        let viewer = self.desk.viewer().await?.ok_or_else(Problem::signed_out)?;
        if !viewer.may_enter() {
            return Err(Unshown::NoAccess(viewer));
        }
        Ok(Member { visit: self.clone(), viewer })
    }
}

/// A request of a signed-in person with a role.
#[derive(Clone)]
pub struct Member {
    visit: Visit,
    pub viewer: Viewer,
}

impl Deref for Member {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

/// Why a page is not shown.
#[derive(Debug)]
pub enum Unshown {
    Problem(Problem),
    /// Signed in, without a role.
    NoAccess(Viewer),
}

impl From<Problem> for Unshown {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl Unshown {
    /// Nobody is signed in.
    pub fn is_signed_out(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.is_signed_out())
    }

    /// Somebody is signed in here, and Graph does not accept their token.
    pub fn is_refused_by_graph(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.status == 401 && !problem.is_signed_out())
    }

    /// For programs.
    pub fn to_problem(&self) -> Problem {
        match self {
            Self::Problem(problem) => problem.clone(),
            Self::NoAccess(viewer) => Problem::new(
                403,
                "no-role",
                "You have no access yet",
                format!("{} has no role in this portal.", viewer.username),
            )
            .advice(
                "Ask an administrator for one of the roles Thumbprint.User, Thumbprint.Admin and Thumbprint.Auditor.",
            ),
        }
    }
}

impl From<Unshown> for Page {
    fn from(unshown: Unshown) -> Self {
        match unshown {
            Unshown::Problem(problem) => Self::problem(problem),
            Unshown::NoAccess(viewer) => Self::no_access(viewer),
        }
    }
}

/// A page, or what stands in its place.
pub type Shown = Result<Page, Unshown>;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use axum::http::HeaderName;

    const ORIGIN: &str = "https://thumbprint.example.com";

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn forms_lead_back_to_the_portals_own_pages_only() {
        let from = |url: &str| came_from(&headers(&[(REFERER, url)]), ORIGIN);
        assert_eq!(from("https://thumbprint.example.com/apps?q=a"), Some("/apps?q=a".into()));
        assert_eq!(from("https://thumbprint.example.com/table#csv"), Some("/table".into()));
        for url in [
            "https://thumbprint.example.com.evil.example/apps",
            "https://thumbprint.example.com//evil.example/apps",
            "https://thumbprint.example.com@evil.example/apps",
            "https://evil.example/apps",
            "https://thumbprint.example.com/sign-out",
            "https://thumbprint.example.com/api/push",
            "https://thumbprint.example.com",
            "/apps",
        ] {
            assert_eq!(from(url), None, "{url}");
        }
    }

    #[test]
    fn who_asks_gets_what_they_can_read() {
        assert_eq!(wanted(&headers(&[(ACCEPT, "text/html,*/*")])), Representation::Page);
        assert_eq!(
            wanted(&headers(&[(ACCEPT, "text/html"), (HeaderName::from_static(SHELL_HEADER), "1")])),
            Representation::Piece
        );
        assert_eq!(wanted(&headers(&[(ACCEPT, "*/*")])), Representation::Data);
        assert_eq!(wanted(&HeaderMap::new()), Representation::Data);
    }
}
