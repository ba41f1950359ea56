//! Which rules there are, and which would apply where the person changed an app: nothing is made by it.

use super::book::KeptRule;
use super::capacity::{self, Held};
use crate::graph::{AppReference, GraphError};
use crate::operations::{Context, settings};
use crate::person::{Person, TokenError};
use crate::store::StoreError;
use app::contract::settings::{KeptState, KeptView};
use domain::app_selector::AppFacts;
use domain::ids::ObjectId;
use domain::requests::{Applied, ApprovalRule, Approver, AutomaticTerms, Need, RuleText};
use domain::rollout::PushMode;
use domain::teams::Membership;

/// Characters of what is taken for an app.
const LONGEST: usize = 300;

/// Why it is not known which rules would apply.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TryRulesError {
    #[error("no app is called so, or has this id")]
    NoSuchApp,
    #[error("more than one app is called so")]
    NotOne,
    #[error("the text has more than {LONGEST} characters")]
    TooLong,
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Graph(#[from] GraphError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was found.
pub(crate) struct Tried {
    pub(crate) app: Option<(ObjectId, String)>,
    pub(crate) rules: Vec<TriedRule>,
}

/// One rule.
pub(crate) struct TriedRule {
    pub(crate) need: Need,
    /// In words.
    pub(crate) terms: Vec<String>,
    /// Whether it would apply; absent where no app was asked for.
    pub(crate) applied: Option<Applied>,
    /// Whether the person is one of those who approve, or are asked after a time.
    pub(crate) approver: Membership,
    /// `None`: the configuration has it.
    pub(crate) kept: Option<KeptView>,
    /// As it would be typed.
    pub(crate) text: Option<RuleText>,
}

/// `app`: a client id, an object id or a whole name; blank for the rules alone.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    app: &str,
    mode: PushMode,
) -> Result<Tried, TryRulesError> {
    let app = match app.trim() {
        "" => None,
        text => Some(facts(context, person, text).await?),
    };
    let held = capacity::of(context, person, &capacity::named(context).await?).await;
    let me = person.viewer.object_id;
    let tried = |rule: &ApprovalRule, kept: Option<KeptView>| {
        let counts = kept.as_ref().is_none_or(|kept| kept.state == KeptState::On);
        TriedRule {
            need: rule.need(),
            terms: rule.automatic.as_ref().map(AutomaticTerms::in_words).unwrap_or_default(),
            applied: app.as_ref().filter(|_| counts).map(|app| rule.applies(app, mode, me)),
            approver: approver(rule, me, &held),
            text: kept.is_some().then(|| RuleText::from(rule)),
            kept,
        }
    };
    let mut rules: Vec<TriedRule> = context.requests.rules.iter().map(|rule| tried(rule, None)).collect();
    for KeptRule { row, rule, pinned } in context.kept_rules().await? {
        let view = settings::view(&row, pinned, rule.is_ok());
        // One that cannot be read says nothing but its name.
        rules.push(match rule {
            Ok(rule) => tried(&rule, Some(view)),
            Err(_) => unreadable(row.name, view),
        });
    }
    Ok(Tried { rules, app: app.map(|app| (app.id, app.name)) })
}

fn unreadable(name: String, kept: KeptView) -> TriedRule {
    TriedRule {
        need: Need { rule: Some(name), ..Need::usual() },
        terms: vec![],
        applied: None,
        approver: Membership::Unknown,
        text: None,
        kept: Some(kept),
    }
}

fn approver(rule: &ApprovalRule, person: ObjectId, held: &Held) -> Membership {
    let is = |approver: &Approver| approver.is(person, held.capacity());
    if rule.approvers.iter().chain(&rule.fallback).any(is) {
        return Membership::Member;
    }
    let unknown = held.is_unknown && rule.groups().next().is_some();
    if unknown { Membership::Unknown } else { Membership::Stranger }
}

/// Read anew, with the person's token.
async fn facts(context: &Context, person: &Person, text: &str) -> Result<AppFacts, TryRulesError> {
    if text.chars().count() > LONGEST {
        return Err(TryRulesError::TooLong);
    }
    let token = person.tokens.graph_token().await?;
    let graph = &context.tenant.graph;
    let found = graph.find_many(&token, &[AppReference::read(text)]).await?.into_iter().flatten().collect::<Vec<_>>();
    let app = match found.as_slice() {
        [] => return Err(TryRulesError::NoSuchApp),
        [one] => graph.application_without_keys(&token, one.id).await?.value,
        _ => return Err(TryRulesError::NotOne),
    };
    Ok(app.facts())
}
