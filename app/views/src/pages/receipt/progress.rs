//! A push under way: how far it is, and the orders that it takes. The numbers come with the page; hydrated, they follow
//! the server's events, and without scripts the page loads itself again.

use crate::browser;
use crate::components::icon::{Glyph, Icon};
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::outcome::state_title;
use crate::components::page::{grouped, plural};
use crate::components::notices::{ProblemBar, form_problem};
use crate::data::people::Viewer;
use crate::data::pushes;
use crate::data::pushes::{Progress, RunState, SteerPush};
use crate::dates::distance;
use crate::query::href;
use crate::route::Route;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

/// Before asking again where the events broke off.
const LOST_MS: i32 = 5_000;
/// Without scripts, as the content of a `noscript`: what the browser does by itself while a push runs.
const RELOAD: &str = r#"<meta http-equiv="refresh" content="5">"#;

fn percent(progress: &Progress) -> u32 {
    progress.done() * 100 / progress.total().max(1)
}

/// Said aloud: every change of state, each wave, each quarter. Not every app.
fn milestone(progress: &Progress) -> String {
    let quarter = percent(progress) / 25 * 25;
    match progress.state {
        RunState::Running if progress.waves.len() > 1 => {
            format!("Wave {} of {} runs, {quarter} % done", progress.wave, progress.waves.len())
        }
        RunState::Running => format!("Running, {quarter} % done"),
        state => state_title(state).to_owned(),
    }
}

/// `84 apps a minute · about 8 minutes left`; empty until it can be told.
fn speed(progress: &Progress) -> String {
    if progress.state != RunState::Running {
        return String::new();
    }
    let rate = progress.per_minute.map(|rate| format!("{} a minute", plural(rate as usize, "app")));
    let left = progress.seconds_left.map(|seconds| match distance(u64::from(seconds)) {
        Some(left) => format!("about {left} left"),
        None => "less than a minute left".to_owned(),
    });
    [rate, left].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Keeps `progress` as new as the server's events make it. `turned`: counts the changes of state.
pub fn follow(receipt: Uuid, progress: RwSignal<Progress>, turned: RwSignal<u32>) {
    let take = move |new: Progress| {
        let Some(old) = progress.try_get_untracked() else { return false };
        let goes_on = !new.is_over();
        let turn = old.state != new.state;
        progress.set(new);
        if turn {
            turned.update(|count| *count += 1);
        }
        goes_on
    };
    Effect::new(move |_| {
        browser::listen(
            &Route::ReceiptEvents(receipt).to_string(),
            move |text| serde_json::from_str(text).map_or(true, take),
            move || {
                spawn_local(async move {
                    // A page that is gone has no signal any more.
                    while progress.try_get_untracked().is_some() {
                        browser::sleep(LOST_MS).await;
                        if let Ok(new) = pushes::progress(receipt.to_string()).await
                            && !take(new)
                        {
                            break;
                        }
                    }
                });
            },
        );
    });
}

#[component]
pub fn UnderWay(
    viewer: Viewer,
    receipt: Uuid,
    progress: RwSignal<Progress>,
    steer: ServerAction<SteerPush>,
) -> impl IntoView {
    let state = Memo::new(move |_| progress.read().state);
    let said = Memo::new(move |_| milestone(&progress.read()));
    let refused = form_problem::<SteerPush>();
    let may_push = viewer.may_push();
    let running = state.get_untracked() == RunState::Running;
    let number = move |of: fn(&Progress) -> u32| move || grouped(of(&progress.read()) as usize);
    let bad = |progress: &Progress| progress.done() - progress.good();
    let waves = Memo::new(move |_| {
        let progress = progress.read();
        (progress.wave as usize, progress.waves.clone())
    });
    view! {
        {running.then(|| view! { <noscript inner_html=RELOAD></noscript> })}
        {refused.map(|problem| view! { <ProblemBar problem/> })}
        {move || steer.value().get().and_then(Result::err).map(|problem| view! { <ProblemBar problem/> })}
        <Why receipt progress/>
        <section class="card run" aria-labelledby="run-title">
            <div class="card__head">
                <h2 id="run-title">{move || state_title(state.get())}</h2>
                <p class="secondary run__speed">{move || speed(&progress.read())}</p>
            </div>
            <div class="run__bar">
                <progress
                    class="run__progress"
                    aria-labelledby="run-count"
                    max=move || progress.read().total().max(1).to_string()
                    value=move || progress.read().done().to_string()
                ></progress>
                <p class="run__count" id="run-count">
                    <strong>{move || format!("{} %", percent(&progress.read()))}</strong>
                    <span class="secondary">{move || format!("{} of {}", grouped(progress.read().done() as usize), plural(progress.read().total() as usize, "app"))}</span>
                </p>
            </div>
            <dl class="run__counts">
                <div><dt>"Waiting"</dt><dd>{number(|it| it.waiting)}</dd></div>
                <div><dt>"Under way"</dt><dd>{number(|it| it.working)}</dd></div>
                <div><dt>"Verified"</dt><dd>{number(|it| it.verified)}</dd></div>
                <div><dt>"Already there"</dt><dd>{number(|it| it.already_there)}</dd></div>
                <div class:run__bad=move || { bad(&progress.read()) > 0 }><dt>"Not well"</dt><dd>{number(bad)}</dd></div>
            </dl>
            {move || (waves.read().1.len() > 1).then(|| view! { <Waves now=waves.read().0 sizes=waves.read().1.clone()/> })}
            <p class="sr-only" role="status">{move || said.get()}</p>
            <div class="actions run__foot">
                {may_push.then(|| view! { <Orders receipt state steer/> })}
                <p class="secondary actions__note">
                    {move || if state.get() == RunState::Running { "It goes on when you leave this page. " } else { "" }}
                    <a class="without-shell" href=Route::Receipt(receipt).to_string()>"Look again"</a>
                </p>
            </div>
        </section>
    }
}

/// Why it stands still, and what helps.
#[component]
fn Why(receipt: Uuid, progress: RwSignal<Progress>) -> impl IntoView {
    let why = Memo::new(move |_| {
        let progress = progress.read();
        (progress.state, progress.why.clone())
    });
    let back = Route::Receipt(receipt).to_string();
    let sign_in = href(&Route::SignIn.to_string(), [("return", back.as_str())]);
    move || {
        let (state, why) = why.get();
        let sign_in = sign_in.clone();
        match (state, why) {
            (RunState::NeedsSignIn, why) => view! {
                <MessageBar intent=Intent::Warning title="Sign in again, then resume" live=true>
                    <p>{why.map_or_else(|| "The sign-in that this push works with has ended. What was done is done; the rest waits.".to_owned(), |why| why.detail)}</p>
                    <p><a href=sign_in>"Sign in with Microsoft Entra"</a>", and you come back here."</p>
                </MessageBar>
            }
            .into_any(),
            (_, Some(why)) => view! {
                <MessageBar intent=Intent::Warning title=why.title live=true>
                    <p>{why.detail}</p>
                    {why.advice.map(|advice| view! { <p>{advice}</p> })}
                </MessageBar>
            }
            .into_any(),
            (_, None) => ().into_any(),
        }
    }
}

#[component]
fn Waves(now: usize, sizes: Vec<u32>) -> impl IntoView {
    let waves = sizes
        .into_iter()
        .enumerate()
        .map(|(at, size)| {
            let wave = at + 1;
            let class = match wave.cmp(&now) {
                std::cmp::Ordering::Less => "wave wave--done",
                std::cmp::Ordering::Equal => "wave wave--here",
                std::cmp::Ordering::Greater => "wave",
            };
            view! {
                <li class=class aria-current=(wave == now).then_some("step")>
                    {(wave < now).then(|| view! { <Icon glyph=Glyph::Check/> })}
                    <span>{format!("Wave {wave}")}</span>
                    <span class="secondary">{plural(size as usize, "app")}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="waves" aria-label="Waves">{waves}</ol> }
}

/// Pause or resume, and cancel: each a form of its own.
#[component]
fn Orders(receipt: Uuid, state: Memo<RunState>, steer: ServerAction<SteerPush>) -> impl IntoView {
    let pending = steer.pending();
    let order = move |order: &'static str, word: &'static str, class: &'static str| {
        view! {
            <ActionForm action=steer>
                <input type="hidden" name="receipt" value=receipt.to_string()/>
                <input type="hidden" name="steer" value=order/>
                <button type="submit" class=class disabled=move || pending.get()>{word}</button>
            </ActionForm>
        }
    };
    move || {
        let first = match state.get() {
            RunState::Running => order("pause", "Pause", "button").into_any(),
            RunState::Paused | RunState::NeedsSignIn => order("resume", "Resume", "button button--primary").into_any(),
            RunState::Cancelled | RunState::Finished => return ().into_any(),
        };
        view! {
            {first}
            {order("cancel", "Cancel the rest", "button")}
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(state: RunState, waiting: u32, verified: u32) -> Progress {
        Progress {
            state,
            why: None,
            wave: 2,
            waves: vec![5, 100, 895],
            waiting,
            working: 0,
            verified,
            already_there: 0,
            changed: 0,
            refused: 0,
            failed: 0,
            unverified: 0,
            cancelled: 0,
            per_minute: Some(84),
            seconds_left: Some(480),
        }
    }

    #[test]
    fn only_milestones_are_said() {
        assert_eq!(milestone(&progress(RunState::Running, 740, 260)), "Wave 2 of 3 runs, 25 % done");
        assert_eq!(milestone(&progress(RunState::Running, 501, 499)), "Wave 2 of 3 runs, 25 % done");
        assert_eq!(milestone(&progress(RunState::Paused, 501, 499)), "Paused");
    }

    #[test]
    fn speed_is_told_while_it_runs() {
        assert_eq!(speed(&progress(RunState::Running, 1, 1)), "84 apps a minute · about 8 minutes left");
        assert_eq!(speed(&progress(RunState::Paused, 1, 1)), "");
        let soon = Progress { per_minute: None, seconds_left: Some(20), ..progress(RunState::Running, 1, 1) };
        assert_eq!(speed(&soon), "less than a minute left");
    }
}
