//! An approval rule that an administrator keeps in the portal: kept, switched on and off, and taken away. It counts from the next
//! question on: for what waits, too.

use super::book::KeptRule;
use crate::operations::Context;
use crate::operations::settings::{self, Seen, SettingError, as_seen};
use crate::person::Person;
use crate::store::{SettingKind, StoreError};
use domain::requests::{ApprovalRule, RuleError, RuleText, RuleTextError};

/// Of a rule as JSON: the audit log has it whole, before and after.
const LONGEST: usize = 8_000;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeepRuleError {
    #[error(transparent)]
    Text(#[from] RuleTextError),
    /// By itself, or beside the others.
    #[error(transparent)]
    Rule(#[from] RuleError),
    #[error("the rule has more than {LONGEST} characters")]
    TooLong,
    #[error("the rule could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// `version`: that was seen; 0 for a new one.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    version: u32,
    text: &RuleText,
) -> Result<(), KeepRuleError> {
    let rule = text.read()?;
    let seen = seen(context, &rule.name, version);
    let mut others = context.requests.rules.clone();
    let mut before = None;
    for one in context.kept_rules().await? {
        if one.row.name == rule.name && version != 0 {
            before = Some(one);
        } else {
            others.extend(one.rule.ok().filter(|_| !one.pinned));
        }
    }
    if version != 0 && before.as_ref().is_none_or(|before| before.row.version != version) {
        return Err(SettingError::Overtaken.into());
    }
    others.push(rule.clone());
    if !seen.pinned || version == 0 {
        ApprovalRule::check(&others)?;
    }
    let now = serde_json::to_string(&rule)?;
    if now.len() > LONGEST {
        return Err(KeepRuleError::TooLong);
    }
    let detail = match &before {
        None => format!("Now: {now}"),
        Some(before) => format!("Before: {}. Now: {now}", in_words(before)),
    };
    Ok(settings::keep(context, person, &seen, now.as_bytes(), &detail).await?)
}

/// `version`: that was seen.
pub(crate) async fn switch(
    context: &Context,
    person: &Person,
    (rule, version): (&str, u32),
    on: bool,
) -> Result<(), KeepRuleError> {
    let seen = seen(context, rule, version);
    let before = as_seen(context.kept_rules().await?, |one| &one.row, &seen)?;
    Ok(settings::switch(context, person, &seen, on, &in_words(&before)).await?)
}

/// `version`: that was seen.
pub(crate) async fn remove(
    context: &Context,
    person: &Person,
    (rule, version): (&str, u32),
) -> Result<(), KeepRuleError> {
    let seen = seen(context, rule, version);
    let before = as_seen(context.kept_rules().await?, |one| &one.row, &seen)?;
    Ok(settings::remove(context, person, &seen, &in_words(&before)).await?)
}

fn seen<'s>(context: &Context, name: &'s str, version: u32) -> Seen<'s> {
    Seen { kind: SettingKind::Rule, name, version, pinned: context.pins_rule(name) }
}

/// As it is kept: nothing of a rule is secret.
fn in_words(rule: &KeptRule) -> String {
    String::from_utf8_lossy(&rule.row.value).into_owned()
}
