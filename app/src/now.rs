//! The page's clock. The server's time travels with the page, so that what is hydrated equals what was rendered;
//! afterwards every change of page moves it on to the browser's time.

use crate::browser;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use time::OffsetDateTime;

/// The server may put its own clock's reading into the context under this type; without it the system's is used.
#[derive(Debug, Clone, Copy)]
pub struct ServerNow(pub OffsetDateTime);

#[derive(Clone, Copy)]
pub struct Now(RwSignal<OffsetDateTime>);

impl Now {
    /// Puts the clock into the context. Call once, at the root.
    pub fn provide() -> Self {
        let seconds =
            SharedValue::new(|| use_context::<ServerNow>().map_or_else(browser::now, |now| now.0).unix_timestamp())
                .into_inner();
        let now =
            Self(RwSignal::new(OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)));
        provide_context(now);
        now
    }

    /// Reads the browser's clock at every change of page. Call inside the router.
    pub fn follow_navigation(self) {
        let pathname = use_location().pathname;
        Effect::new(move |_| {
            pathname.track();
            self.0.set(browser::now());
        });
    }

    pub fn get(self) -> OffsetDateTime {
        self.0.get()
    }

    /// For what is decided once, at the moment in which it is shown.
    pub fn get_untracked(self) -> OffsetDateTime {
        self.0.get_untracked()
    }
}

pub fn use_now() -> Now {
    expect_context()
}
