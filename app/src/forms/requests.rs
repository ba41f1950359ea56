use super::{Done, Fields};
use crate::contract::Desk;
use crate::contract::problem::Problem;
use time::Date;
use uuid::Uuid;
use views::pages::rules::rule_text;
use views::route::Route;

/// `plan`; `reason`; `wanted_on`: such as `2026-12-24`, or empty; `instead`: a request of the person's own, or empty.
pub async fn ask(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let plan = fields.parsed("plan", "plan id")?;
    let instead = Some(fields.text("instead")).filter(|text| !text.is_empty());
    let instead = instead.map(|text| super::parse("request id", &text)).transpose()?;
    let id = desk.ask(plan, &fields.text("reason"), wanted_on(fields)?, instead).await?;
    Ok(Route::Request(id).into())
}

/// `app`: its object id; `key_id`; `reason`; `wanted_on`, or empty.
pub async fn ask_removal(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let (app, key) = (fields.parsed("app", "object id")?, fields.parsed("key_id", "key id")?);
    let id = desk.ask_removal(app, key, &fields.text("reason"), wanted_on(fields)?).await?;
    Ok(Route::Request(id).into())
}

fn wanted_on(fields: &Fields) -> Result<Option<Date>, Problem> {
    let day = Some(fields.text("wanted_on")).filter(|text| !text.is_empty());
    day.map(|text| super::day(&text)).transpose()
}

/// `request`; `revision`: that was looked at; `verdict`: `approve` or `reject`; `reason`.
pub async fn review(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let (id, revision) = (request(fields)?, fields.parsed("revision", "revision")?);
    desk.review_request(id, revision, fields.parsed("verdict", "verdict")?, &fields.text("reason")).await?;
    Ok(Route::Request(id).into())
}

/// `request`.
pub async fn withdraw(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let id = request(fields)?;
    desk.withdraw_request(id).await?;
    Ok(Route::Request(id).into())
}

/// `request`, `words`.
pub async fn comment(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let id = request(fields)?;
    desk.comment_request(id, &fields.text("words")).await?;
    Ok(Route::Request(id).into())
}

/// `request`; `typed`: the words that are asked for where entries will go.
pub async fn execute(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let id = request(fields)?;
    let receipt = desk.execute_request(id, &fields.text("typed")).await?;
    Ok(receipt.map_or(Route::Request(id), Route::Receipt).into())
}

fn request(fields: &Fields) -> Result<Uuid, Problem> {
    fields.parsed("request", "request id")
}

/// `version`; and the rule, field by field.
pub async fn keep_rule(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    desk.keep_rule(fields.parsed_or("version", "version", 0)?, &rule_text(fields.query())).await?;
    Ok(Route::Rules.into())
}

/// `rule`, `version`, `on`
pub async fn switch_rule(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let version = fields.parsed("version", "version")?;
    desk.switch_rule(&fields.text("rule"), version, fields.is_on("on")).await?;
    Ok(Route::Rules.into())
}

/// `rule`, `version`
pub async fn remove_rule(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    desk.remove_rule(&fields.text("rule"), fields.parsed("version", "version")?).await?;
    Ok(Route::Rules.into())
}
