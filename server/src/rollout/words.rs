//! What people are told about a push that does not simply go on.

use crate::rollout::waves::Ended;
use app::contract::problem::Problem;

pub(crate) fn already_pushed() -> Problem {
    Problem::new(
        409,
        "already-pushed",
        "This preview was pushed already",
        "A preview is pushed once, and this one has a receipt.",
    )
    .advice("Open its receipt. For another push, make a new preview.")
}

pub(crate) fn nothing_to_push() -> Problem {
    Problem::new(422, "nothing-to-push", "There is nothing to push", "No app of this preview can be written.")
        .advice("See what each app says, and make a new preview.")
}

/// `words`: that were to be typed.
pub(crate) fn not_confirmed(words: &str) -> Problem {
    Problem::new(
        422,
        "removal-not-confirmed",
        "Certificates would be removed",
        format!("This push removes certificates, and “{words}” was not typed. Nothing was sent."),
    )
    .advice(format!("Look at what goes, type “{words}”, and push again."))
}

pub(crate) fn halted(ended: Ended, halt_at: u8) -> Problem {
    Problem::new(
        409,
        "too-many-failures",
        "Too many apps did not end well",
        format!("{} of {} did not; the push halts at more than {halt_at} %.", ended.badly, ended.all),
    )
    .advice("Look at what these apps say. Then go on with the others, or cancel.")
}

pub(crate) fn wave_ended(wave: u32, waves: usize) -> Problem {
    Problem::new(
        409,
        "wave-ended",
        format!("Wave {wave} of {waves} has ended"),
        "This push waits for a person after each wave.",
    )
    .advice("Look at how these apps do. Then go on with the next wave, or cancel.")
}

pub(crate) fn sign_in_again(cause: &Problem) -> Problem {
    let mut problem = Problem::new(
        401,
        "push-needs-sign-in",
        "The sign-in for this push has ended",
        "Entra no longer renews it. The apps whose turn has not come are as they were.",
    )
    .advice("Sign in, and go on with this push.");
    problem.request_id.clone_from(&cause.request_id);
    problem
}

pub(crate) fn paused(who: &str) -> Problem {
    Problem::new(409, "paused", format!("{who} has paused this push"), "Apps that were being written were ended first.")
        .advice("Go on with it, or cancel it.")
}

pub(crate) fn not_looked_at() -> Problem {
    Problem::new(
        502,
        "not-read-back",
        "The app could not be read after the write",
        "The push was cancelled, and its sign-in had ended. The write may have happened.",
    )
    .advice("Compare the app with its state before the write, below.")
}

pub(crate) fn no_plan() -> Problem {
    Problem::new(500, "internal", "The preview is incomplete", "It has no plan for this app.")
}

pub(crate) fn panicked() -> Problem {
    Problem::new(500, "internal", "Something failed on the server", "The work on this app ended early.")
        .advice("Look at the app, and at its state before the write where there is one below, before you push again.")
}
