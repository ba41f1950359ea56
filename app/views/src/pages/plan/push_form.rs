//! The button that pushes a preview, how carefully it goes, and what has to be typed before entries go.

use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::RefusalSlot;
use crate::components::page::plural;
use crate::data::plans::PlanSum;
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::route::Form;
use crate::scene::{use_refusal, use_typed};
use crate::viewer::Viewer;
use domain::rollout::{Pace, PushMode};
use uuid::Uuid;

/// With more apps than this, waves are suggested.
const MANY: u32 = 20;

/// `2 apps will be written, 1 has it already, 1 cannot be changed`.
fn words(sum: PlanSum) -> String {
    let mut parts = Vec::new();
    if sum.writes > 0 {
        parts.push(format!("{} will be written", plural(sum.writes as usize, "app")));
    }
    if sum.noops > 0 {
        let is = if sum.noops == 1 { "is" } else { "are" };
        parts.push(format!("{} {is} unchanged", plural(sum.noops as usize, "app")));
    }
    if sum.refused > 0 {
        parts.push(format!("{} cannot be changed", plural(sum.refused as usize, "app")));
    }
    parts.join(", ")
}

/// What is offered for a push of this size.
fn suggested(writes: u32) -> Pace {
    if writes > MANY { Pace { canary: 5, second: 10, ..Pace::default() } } else { Pace::default() }
}

/// `5 apps first, then 10 %, then the rest`. What cannot be read as a number counts as none.
fn pace_words(canary: &str, second: &str) -> String {
    let canary = canary.trim().parse::<usize>().unwrap_or_default();
    let second = second.trim().parse::<u8>().unwrap_or_default();
    match (canary, second) {
        (0, 0) => "all at once".into(),
        (canary, 0) => format!("{} first, then the rest", plural(canary, "app")),
        (0, second) => format!("{second} % first, then the rest"),
        (canary, second) => format!("{} first, then {second} %, then the rest", plural(canary, "app")),
    }
}

#[component]
pub fn PushForm(
    viewer: Viewer,
    plan: Uuid,
    mode: PushMode,
    sum: PlanSum,
    confirm: Option<String>,
    /// All that is removed has ended.
    ended: bool,
    /// None of the apps is the person's to change, as far as it can be told.
    blocked: bool,
    /// Where other apps are chosen.
    back: Option<String>,
) -> impl IntoView {
    if !viewer.may_push() {
        return view! { <MessageBar intent=Intent::Warning title="Your role reads only: you cannot push this"/> }
            .into_html();
    }
    if sum.writes == 0 {
        let title = if sum.noops > 0 && sum.refused == 0 {
            "There is nothing to push: every app is as this would make it"
        } else {
            "There is nothing that can be pushed"
        };
        return match back {
            Some(back) => view! {
                <MessageBar intent=Intent::Info title><p><a href=back>"Choose other apps"</a></p></MessageBar>
            }
            .into_html(),
            None => view! { <MessageBar intent=Intent::Info title/> }.into_html(),
        };
    }
    let apps = plural(sum.writes as usize, "app");
    let verb = match mode {
        PushMode::Retire => format!("Remove from {apps}"),
        PushMode::Restore => format!("Restore {apps}"),
        PushMode::RestoreExactly => format!("Undo on {apps}"),
        _ => format!("Push to {apps}"),
    };
    let danger = confirm.is_some();
    let button = match (danger, blocked) {
        (true, _) => "button button--danger",
        (false, true) => "button",
        (false, false) => "button button--primary",
    };
    let refused = use_refusal(Form::Push).is_some_and(|refusal| refusal.problem.status == 422);
    let refusal = use_refusal(Form::Push);
    let usual = suggested(sum.writes);
    let typed = |name: &str, usual: String| {
        refusal.as_ref().and_then(|refusal| refusal.field(name)).map_or(usual, str::to_owned)
    };
    let (canary, second) = (typed("canary", usual.canary.to_string()), typed("second", usual.second.to_string()));
    let halt_at = typed("halt_at", usual.halt_at.to_string());
    let ask_between = typed("ask_between", String::new()) == "on";
    let words_typed = use_typed(Form::Push);
    let pending = if sum.writes > MANY {
        "Beginning. The receipt shows how far it is."
    } else {
        "Reading again, writing, and reading back until it is there."
    };
    view! {
        <form method="post" action=Form::Push.path()>
            <div class="push">
                <input type="hidden" name="plan" value=plan.to_string()/>
                {(sum.writes > 1).then(|| view! { <PaceFields writes=sum.writes canary=canary.clone() second=second.clone() halt_at ask_between open=refused/> })}
                <div class="action-bar" class:action-bar--still=blocked>
                    <div class="action-bar__words">
                        <p><strong>{words(sum)}</strong></p>
                        {(sum.writes > 1).then(|| view! {
                            <p class="secondary">{format!("Rollout: {}, unless you set it otherwise ", pace_words(&canary, &second))}<a href="#canary">"above"</a>"."</p>
                        })}
                        {confirm.map(|confirm| view! { <Confirm sum ended confirm typed=words_typed/> })}
                        {blocked.then(|| view! {
                            <label class="checkbox">
                                <input type="checkbox" required autocomplete="off"/>
                                <span>"Entra will refuse this. I have a role for this app that my sign-in does not show: push all the same"</span>
                            </label>
                        })}
                        <RefusalSlot form=Form::Push/>
                        // Seen while the form is on its way.
                        <p class="action-bar__progress">{pending}</p>
                    </div>
                    <button type="submit" class=button data-pending="Pushing" data-confirmed=danger.then_some("")>
                        {verb}
                    </button>
                </div>
            </div>
        </form>
    }
    .into_html()
}

/// What goes, and the words that say that one knows.
#[component]
fn Confirm(sum: PlanSum, ended: bool, confirm: String, typed: Option<String>) -> impl IntoView {
    let entries = if sum.removed == 1 { "1 entry".to_owned() } else { format!("{} entries", sum.removed) };
    let what = if sum.removed > 0 {
        format!("{entries} will be removed from {}.", plural(sum.losing as usize, "app"))
    } else {
        "This changes entries that are there.".to_owned()
    };
    let consequence = match (sum.removed, ended) {
        (0, _) => "",
        (1, true) => " It has ended: nothing signs in with it.",
        (_, true) => " They have ended: nothing signs in with them.",
        (1, false) => " What still signs in with it stops working at once: make sure that nothing does.",
        (_, false) => " What still signs in with them stops working at once: make sure that nothing does.",
    };
    view! {
        <div class="confirm">
            <p id="typed-what">
                <strong>{what}</strong>
                {consequence}
            </p>
            <label class="confirm__label" for="typed">"Type "<code class="mono confirm__words">{confirm.clone()}</code>" to go on"</label>
            <input
                class="input confirm__input"
                id="typed"
                name="typed"
                type="text"
                value=typed
                required
                pattern=literal(&confirm)
                title=format!("Type {confirm}")
                aria-describedby="typed-what"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                data-confirm=confirm.clone()
            />
        </div>
    }
}

/// A pattern that matches these words and nothing else.
fn literal(words: &str) -> String {
    let mut pattern = String::from(r"\s*");
    for letter in words.chars() {
        if r"^$\.*+?()[]{}|/".contains(letter) {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern + r"\s*"
}

#[component]
fn PaceFields(
    writes: u32,
    canary: String,
    second: String,
    halt_at: String,
    ask_between: bool,
    /// To be seen: it was refused.
    open: bool,
) -> impl IntoView {
    let pace = suggested(writes);
    view! {
        <details class="card pace" id="rollout" open=open>
            <summary class="pace__head">
                <Icon glyph=Glyph::ChevronRight/>
                <h2>"Rollout"</h2>
                <span class="secondary">{format!("suggested: {}", pace_words(&pace.canary.to_string(), &pace.second.to_string()))}</span>
            </summary>
            <div class="pace__fields">
                <div class="field">
                    <label for="canary">"First wave, apps"</label>
                    <input class="input" id="canary" name="canary" type="number" inputmode="numeric" min="0" max=writes.to_string() value=canary aria-describedby="canary-hint" autocomplete="off"/>
                    <p class="field__hint" id="canary-hint">"The canaries. 0: no such wave."</p>
                </div>
                <div class="field">
                    <label for="second">"Second wave, percent"</label>
                    <input class="input" id="second" name="second" type="number" inputmode="numeric" min="0" max="100" value=second aria-describedby="second-hint" autocomplete="off"/>
                    <p class="field__hint" id="second-hint">"Of all apps. 0: no such wave."</p>
                </div>
                <div class="field">
                    <label for="halt-at">"Pause when this percent fail"</label>
                    <input class="input" id="halt-at" name="halt_at" type="number" inputmode="numeric" min="0" max="100" value=halt_at aria-describedby="halt-hint" autocomplete="off"/>
                    <p class="field__hint" id="halt-hint">"Counted once five apps are done. 100: never."</p>
                </div>
                <label class="checkbox pace__ask">
                    <input type="checkbox" name="ask_between" value="on" checked=ask_between autocomplete="off"/>
                    <span>"Wait for me after each wave"</span>
                </label>
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_names_only_what_there_is() {
        assert_eq!(
            words(PlanSum { writes: 2, noops: 1, refused: 1, ..PlanSum::default() }),
            "2 apps will be written, 1 app is unchanged, 1 app cannot be changed"
        );
        assert_eq!(words(PlanSum { writes: 1, ..PlanSum::default() }), "1 app will be written");
    }

    #[test]
    fn many_apps_go_in_waves() {
        assert_eq!(suggested(20), Pace::default());
        assert_eq!((suggested(21).canary, suggested(21).second), (5, 10));
        assert_eq!(pace_words("5", "10"), "5 apps first, then 10 %, then the rest");
        assert_eq!(pace_words("1", "0"), "1 app first, then the rest");
        assert_eq!(pace_words("", "x"), "all at once");
    }

    #[test]
    fn a_pattern_takes_the_words_as_they_are() {
        assert_eq!(literal("remove 3 (all)"), r"\s*remove 3 \(all\)\s*");
    }
}
