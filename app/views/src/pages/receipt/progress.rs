//! A push under way: how far it is, and the orders that it takes. The shell puts newer ones in its place, as the server's
//! events bring them; without scripts the page loads itself again.

use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::{RefusalSlot, sign_in_here};
use crate::components::outcome::state_title;
use crate::components::page::{grouped, plural};
use crate::data::pushes::Progress;
use crate::dates::distance;
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::route::{Form, Route};
use domain::rollout::RunState;
use uuid::Uuid;

/// Where the page says why an order was refused. It stays while the rest is replaced.
const REFUSED: &str = "steer-refused";
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

#[component]
pub fn UnderWay(receipt: Uuid, progress: Progress) -> impl IntoView {
    let state = progress.state;
    let running = state == RunState::Running;
    let bad = progress.done() - progress.good();
    let count = |of: u32| grouped(of as usize);
    let waves = (progress.waves.len() > 1).then(|| (progress.wave as usize, progress.waves.clone()));
    view! {
        {running.then(|| view! { <noscript inner_html=RELOAD></noscript> })}
        <section class="card run" id="run" aria-labelledby="run-title">
            <div class="card__head">
                <h2 id="run-title">{state_title(state)}</h2>
                <p class="secondary run__speed">{speed(&progress)}</p>
            </div>
            <Why progress=progress.clone()/>
            <div class="run__bar">
                <progress
                    class="run__progress"
                    aria-labelledby="run-count"
                    max=progress.total().max(1).to_string()
                    value=progress.done().to_string()
                ></progress>
                <p class="run__count" id="run-count">
                    <strong>{format!("{} %", percent(&progress))}</strong>
                    <span class="secondary">{format!("{} of {}", count(progress.done()), plural(progress.total() as usize, "app"))}</span>
                </p>
            </div>
            <dl class="run__counts">
                <div><dt>"Waiting"</dt><dd>{count(progress.waiting)}</dd></div>
                <div><dt>"Under way"</dt><dd>{count(progress.working)}</dd></div>
                <div><dt>"Verified"</dt><dd>{count(progress.verified)}</dd></div>
                <div><dt>"Already there"</dt><dd>{count(progress.already_there)}</dd></div>
                <div class=(bad > 0).then_some("run__bad")><dt>"With problems"</dt><dd>{count(bad)}</dd></div>
            </dl>
            {waves.map(|(now, sizes)| view! { <Waves now sizes/> })}
            <p class="sr-only" id="run-said" role="status">{milestone(&progress)}</p>
            <div class="actions run__foot">
                {progress.may_steer.then(|| view! { <Orders receipt state/> })}
                <p class="secondary actions__note">
                    {if running { "It goes on when you leave this page. " } else { "" }}
                    <a class="without-shell" href=Route::Receipt(receipt).to_string()>"Look again"</a>
                </p>
            </div>
        </section>
    }
}

/// Beside the orders, and no part of what is replaced.
#[component]
pub fn SteerRefusal() -> impl IntoView {
    view! { <div class="refused" id=REFUSED><RefusalSlot form=Form::Steer/></div> }
}

/// Why it stands still, and what helps.
#[component]
fn Why(progress: Progress) -> impl IntoView {
    let bar = match (progress.state, progress.why) {
        (RunState::NeedsSignIn, _) if !progress.may_steer => view! {
            <MessageBar intent=Intent::Info title="It waits for a sign-in" live=true>
                <p>"The sign-in that this push works with has ended. Who began it has to sign in again; what was done is done, and the rest waits."</p>
            </MessageBar>
        }
        .into_html(),
        (RunState::NeedsSignIn, why) => view! {
            <MessageBar intent=Intent::Warning title="Sign in again, then resume" live=true>
                <p>{why.map_or_else(|| "The sign-in that this push works with has ended. What was done is done; the rest waits.".to_owned(), |why| why.detail)}</p>
                <p><a href=sign_in_here()>"Sign in with Microsoft Entra"</a>", and you come back here."</p>
            </MessageBar>
        }
        .into_html(),
        (_, Some(why)) => view! {
            <MessageBar intent=Intent::Warning title=why.title live=true>
                <p>{why.detail}</p>
                {why.advice.map(|advice| view! { <p>{advice}</p> })}
            </MessageBar>
        }
        .into_html(),
        (_, None) => ().into_html(),
    };
    view! { <div id="run-why">{bar}</div> }
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
fn Orders(receipt: Uuid, state: RunState) -> impl IntoView {
    let order = |order: &'static str, word: &'static str, class: &'static str| {
        view! {
            <form method="post" action=Form::Steer.path() id=format!("order-{order}") data-refusal-in=REFUSED>
                <input type="hidden" name="receipt" value=receipt.to_string()/>
                <input type="hidden" name="steer" value=order/>
                <button type="submit" class=class data-pending="One moment">{word}</button>
            </form>
        }
    };
    let first = match state {
        RunState::Running => order("pause", "Pause", "button"),
        RunState::Paused | RunState::NeedsSignIn => order("resume", "Resume", "button button--primary"),
        RunState::Cancelled | RunState::Finished => return ().into_html(),
    };
    view! {
        {first}
        {order("cancel", "Cancel the rest", "button")}
    }
    .into_html()
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
            may_steer: true,
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
