//! Which rules there are, and which would apply where the person changed an app: nothing is made by it.

use crate::graph::{AppReference, GraphError};
use crate::operations::Context;
use crate::person::{Person, TokenError};
use domain::app_selector::AppFacts;
use domain::ids::ObjectId;
use domain::requests::{Applied, AutomaticTerms, Need};
use domain::rollout::PushMode;

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
}

/// What was found.
pub(crate) struct Tried {
    pub(crate) app: Option<(ObjectId, String)>,
    /// Each with its terms in words, and whether it would apply.
    pub(crate) rules: Vec<(Need, Vec<String>, Option<Applied>)>,
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
    let rules = context.requests.rules.iter().map(|rule| {
        let applied = app.as_ref().map(|app| rule.applies(app, mode, person.viewer.object_id));
        (rule.need(), rule.automatic.as_ref().map(AutomaticTerms::in_words).unwrap_or_default(), applied)
    });
    let rules = rules.collect();
    Ok(Tried { rules, app: app.map(|app| (app.id, app.name)) })
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
