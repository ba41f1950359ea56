//! Requests: changes that somebody asks for and others approve.

pub use views::data::requests::*;

use super::paging::Page;
use super::problem::Problem;
use domain::ids::{KeyId, ObjectId};
use domain::requests::{ReviewVerdict, RuleText};
use domain::rollout::PushMode;
use time::Date;
use uuid::Uuid;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait RequestsPort: Send + Sync {
    /// Asks for the change of a preview of the person's own, and answers the request's id. `instead`: a request of theirs
    /// whose preview this one replaces, with which its approvals are void.
    async fn ask(
        &self,
        plan: Uuid,
        reason: &str,
        wanted_on: Option<Date>,
        instead: Option<Uuid>,
    ) -> Result<Uuid, Problem>;
    /// Asks for the removal of a client secret, and answers the request's id.
    async fn ask_removal(
        &self,
        app: ObjectId,
        key: KeyId,
        reason: &str,
        wanted_on: Option<Date>,
    ) -> Result<Uuid, Problem>;
    /// `page` from 1.
    async fn requests(&self, show: RequestShow, page: u32) -> Result<Page<RequestRow>, Problem>;
    /// The rules, and which of them would apply where the viewer changed this app. `app`: a client id, an object id or a
    /// whole name; empty for the rules alone.
    async fn rules(&self, app: &str, mode: PushMode) -> Result<RulesView, Problem>;
    /// A new rule, or other contents for one that is kept here. `version`: that was seen; 0 for a new one.
    async fn keep_rule(&self, version: u32, rule: &RuleText) -> Result<(), Problem>;
    /// `version`: that was seen.
    async fn switch_rule(&self, rule: &str, version: u32, on: bool) -> Result<(), Problem>;
    /// `version`: that was seen.
    async fn remove_rule(&self, rule: &str, version: u32) -> Result<(), Problem>;
    /// How many wait for the viewer. Without a signed-in person none.
    async fn requests_waiting(&self) -> Result<u32, Problem>;
    /// `page`: of its apps, from 1.
    async fn request(&self, id: Uuid, page: u32) -> Result<RequestView, Problem>;
    /// `revision`: that was looked at. A no needs a reason.
    async fn review_request(
        &self,
        id: Uuid,
        revision: u32,
        verdict: ReviewVerdict,
        reason: &str,
    ) -> Result<(), Problem>;
    /// By who asked.
    async fn withdraw_request(&self, id: Uuid) -> Result<(), Problem>;
    /// Says something to it.
    async fn comment_request(&self, id: Uuid, words: &str) -> Result<(), Problem>;
    /// Carries an approved request out, once, with the viewer's own token. Answers the id of the receipt of a push that has begun;
    /// a secret that is to go has none, and the request says what came of it.
    async fn execute_request(&self, id: Uuid, typed: &str) -> Result<Option<Uuid>, Problem>;
}
