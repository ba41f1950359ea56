//! Which changes need approval, and which rule would apply to one, and why: without making anything.

mod form;

pub use form::rule_text;

use crate::components::empty_state::EmptyState;
use crate::components::icon::Icon;
use crate::components::kept::{KeptActions, KeptFrom};
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::page::{Heading, counted};
use crate::components::push_messages::mode_title;
use crate::data::problem::Problem;
use crate::data::requests::{NeedView, RuleVerdict, RuleView, RulesView};
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::route::{Form, Route};
use domain::rollout::PushMode;
use domain::settings::MOST_RULES;
use domain::teams::Membership;
use form::RuleForm;

/// `refused`: why the app that was asked for is not known. `change`: the name of a rule that is to be changed.
pub fn page(rules: RulesView, refused: Option<Problem>, change: String) -> Page {
    Page::new(Route::Rules.title(), move || view! { <Rules rules refused change/> })
}

#[component]
fn Rules(rules: RulesView, refused: Option<Problem>, change: String) -> impl IntoView {
    let RulesView { asked, mode, app, rules, may_change } = rules;
    let kept = rules.iter().filter(|rule| rule.kept.is_some()).count();
    let changed = rules.iter().find(|rule| rule.need.rule.as_deref() == Some(change.as_str()));
    let changed = changed.and_then(|rule| Some((rule.text.clone()?, rule.kept.as_ref()?.version)));
    let room = changed.is_some() || kept < MOST_RULES as usize;
    let applying = rules.iter().filter(|rule| matches!(rule.verdict, Some(RuleVerdict::Applies(_)))).count();
    let answer = app.map(|(id, name)| {
        let (intent, title) = match applying {
            0 => (Intent::Success, "No rule applies: whoever may write the app pushes at once".to_owned()),
            count => (Intent::Info, format!("{} to this change", counted(count, "rule applies", "rules apply"))),
        };
        view! {
            <MessageBar intent title>
                <p>{format!("{}, by you, of ", mode_title(mode))}<a href=Route::App(id).to_string()>{name}</a>". What is not known of an app counts as fitting."</p>
            </MessageBar>
        }
    });
    let option = |one: PushMode| view! { <option value=one.as_str() selected=one == mode>{mode_title(one)}</option> };
    view! {
        <Heading title="Approval rules" lead="Which changes need somebody’s approval, and whose. Try it for one app: nothing is made or sent."/>
        <p class="secondary">{if may_change {
            "Rules of the configuration, in [[approval_rules]], cannot be changed here. Yours count beside them, for requests that wait as well."
        } else {
            "They are set in the configuration of the portal, and by its administrators."
        }}</p>
        <div class="toolbar">
            <form method="get" action=Route::Rules.to_string() class="toolbar__form">
                <div class="search" role="search">
                    <label class="sr-only" for="app">"App: its client id, object id or whole name"</label>
                    <Icon glyph=Glyph::Search/>
                    <input class="input search__input" id="app" name="app" type="search" value=asked placeholder="Client id, object id or whole name" autocomplete="off" spellcheck="false"/>
                </div>
                <label class="sr-only" for="kind">"Change"</label>
                <select class="input select" id="kind" name="kind" autocomplete="off">{PushMode::ALL.iter().copied().map(option).collect_view()}</select>
                <button type="submit" class="button">"Try"</button>
            </form>
        </div>
        {refused.map(|problem| view! { <MessageBar intent=Intent::Error title=problem.title><p>{problem.detail}</p></MessageBar> })}
        {answer}
        {if rules.is_empty() {
            view! { <div class="card"><EmptyState glyph=Glyph::Check title="There are no rules" text="Whoever Entra lets write an app pushes at once. Who may not can ask, and an administrator approves."/></div> }.into_html()
        } else {
            view! {
                <div class="card card--table">
                    <table class="table table--stack">
                        <caption class="sr-only">"Approval rules"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Rule"</th>
                                <th scope="col">"It takes"</th>
                                <th scope="col">"Here"</th>
                            </tr>
                        </thead>
                        <tbody>{rules.into_iter().map(|rule| view! { <Row rule may_change/> }).collect_view()}</tbody>
                    </table>
                </div>
            }
            .into_html()
        }}
        {(may_change && room).then(|| view! { <RuleForm rule=changed/> })}
        {(may_change && !room).then(|| view! { <p class="secondary">{format!("There are {MOST_RULES} rules beside those of the configuration, which is the most that are kept here. Remove one before you add another.")}</p> })}
    }
}

#[component]
fn Row(rule: RuleView, may_change: bool) -> impl IntoView {
    let RuleView { need, terms, approver, verdict, kept, .. } = rule;
    let actions = kept.clone().filter(|_| may_change);
    let yours = match approver {
        Membership::Member => Some("You are one of them."),
        Membership::Unknown => Some("Whether you are one of them is not known: your groups could not be read."),
        Membership::Stranger => None,
    };
    let name = need.rule.clone().unwrap_or_default();
    let verdict = match verdict {
        None => view! { <span class="secondary">"—"</span> }.into_html(),
        Some(RuleVerdict::Applies(why)) => {
            let why = if why.is_empty() { "it is about every change".to_owned() } else { why.join("; ") };
            view! {
                <span class="stacked">
                    <span><span class="badge badge--there"><Icon glyph=Glyph::Check/>"Applies"</span></span>
                    <span class="secondary table__name">{why}</span>
                </span>
            }
            .into_html()
        }
        Some(RuleVerdict::Not(why)) => view! {
            <span class="stacked">
                <span><span class="badge badge--kept"><Icon glyph=Glyph::Minus/>"Does not apply"</span></span>
                <span class="secondary table__name">{why}</span>
            </span>
        }
        .into_html(),
    };
    view! {
        <tr>
            <th scope="row" class="table__name" data-label="Rule">
                <span class="stacked">
                    <span>{name.clone()}</span>
                    <KeptFrom kept/>
                </span>
                {actions.map(|kept| view! { <KeptActions kept what="rule" name route=Route::Rules switch=Form::SwitchRule remove=Form::RemoveRule/> })}
            </th>
            <td data-label="It takes">
                <span class="stacked">
                    {takes(&need).into_iter().map(|line| view! { <span class="table__name">{line}</span> }).collect_view()}
                    {yours.map(|words| view! { <span class="secondary">{words}</span> })}
                    {(!terms.is_empty()).then(|| view! { <span class="secondary table__name">{format!("Nobody’s, where all is so: {}", terms.join("; "))}</span> })}
                </span>
            </td>
            <td data-label="Here">{verdict}</td>
        </tr>
    }
}

/// What a need asks for, line by line.
pub fn takes(need: &NeedView) -> Vec<String> {
    let count = counted(need.approvals.into(), "approval", "approvals");
    let (of, joined) = if need.ordered { ("in this order", ", then ") } else { ("of", ", ") };
    let mut lines = vec![format!("{count} {of}: {}", need.approvers.join(joined))];
    if let Some(hours) = need.fallback_after_hours {
        lines.push(format!("After {} also of: {}", counted(hours.into(), "hour", "hours"), need.fallback.join(", ")));
    }
    if need.automatic {
        lines.push("Its terms are met: nobody has to approve".to_owned());
    }
    lines
}
