use super::{Done, Fields};
use crate::contract::Desk;
use crate::contract::problem::Problem;
use domain::rollout::{Pace, Steer};
use uuid::Uuid;
use views::route::Route;

/// Begins a push, once per preview: `plan`; `typed`: the words that the preview asks for where entries will go; `canary`,
/// `second`, `ask_between`, `halt_at`: in which waves.
pub async fn push(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let id = desk.push(fields.parsed("plan", "plan id")?, &fields.text("typed"), pace(fields)?).await?;
    Ok(Route::Receipt(id).into())
}

/// The same past the rules: also `reason`.
pub async fn push_past_rules(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let (plan, typed) = (fields.parsed("plan", "plan id")?, fields.text("typed"));
    let id = desk.push_past_rules(plan, &typed, pace(fields)?, &fields.text("reason")).await?;
    Ok(Route::Receipt(id).into())
}

fn pace(fields: &Fields) -> Result<Pace, Problem> {
    let usual = Pace::default();
    Ok(Pace {
        canary: fields.parsed_or("canary", "number of apps", usual.canary)?,
        second: fields.parsed_or("second", "percentage", usual.second)?,
        ask_between: fields.is_on("ask_between"),
        halt_at: fields.parsed_or("halt_at", "percentage", usual.halt_at)?,
    })
}

/// `receipt`; `steer` is `pause`, `resume` or `cancel`.
pub async fn steer(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let receipt: Uuid = fields.parsed("receipt", "receipt id")?;
    let steer = match fields.raw("steer") {
        "pause" => Steer::Pause,
        "resume" => Steer::Resume,
        "cancel" => Steer::Cancel,
        other => {
            let why = format!("“{other}” is none of pause, resume and cancel.");
            return Err(Problem::new(422, "bad-value", "That is not a valid order", why));
        }
    };
    desk.steer(receipt, steer).await?;
    Ok(Route::Receipt(receipt).into())
}
