//! Carries out pushes: wave by wave, app by app, as `domain::push` asks for it.

mod conclude;
mod drive;
mod one_app;
mod reader;
mod record;
mod run;
mod steps;
mod stored;
mod watched;
mod waves;
mod width;
pub(crate) mod words;

pub(crate) use record::{about_run, blank};
pub(crate) use waves::Course;
