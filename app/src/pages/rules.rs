use crate::contract::requests::RulesView;
use crate::visit::{Member, Shown};
use domain::rollout::PushMode;
use views::pages::rules;

pub async fn page(member: &Member) -> Shown {
    let query = member.query();
    let mode = query.text("kind").parse().unwrap_or(PushMode::Append);
    let change = query.text("change");
    match member.desk.rules(&query.text("app"), mode).await {
        Ok(found) => Ok(rules::page(found, None, change)),
        // The question stays, with why there is no answer.
        Err(problem) if problem.code == "no-such-app" => {
            let rules = member.desk.rules("", mode).await?;
            Ok(rules::page(RulesView { asked: query.text("app"), ..rules }, Some(problem), change))
        }
        Err(problem) => Err(problem.into()),
    }
}
