//! What ends, one of which somebody knows; hours; a calendar.

use super::{NOW, SampleDesk, id};
use app::contract::own_notices::{
    AcknowledgeAsk, CalendarMade, CalendarView, EndingView, Endings, OwnNotices, OwnNoticesPort,
};
use app::contract::paging::Page;
use app::contract::problem::Problem;
use domain::credentials::{Subject, SubjectKind};
use domain::ids::ObjectId;
use domain::notices::{Acknowledgement, CalendarKey, EndingApp, NoticeHours, QuietHours};
use time::Duration;

#[async_trait::async_trait]
impl OwnNoticesPort for SampleDesk {
    async fn own_notices(&self, page: u32) -> Result<OwnNotices, Problem> {
        let viewer = self.known()?;
        let ending = |n: u128, name: &str, days: i64| EndingApp {
            subject: Subject { kind: SubjectKind::Application, id: ObjectId::new(id(n)) },
            name: name.into(),
            ends_at: NOW + Duration::days(days),
            certificates: 1,
            secrets: 0,
        };
        let known = Acknowledgement {
            ends_at: NOW + Duration::days(9),
            person: viewer.object_id,
            who: "Sofia Marchetti".into(),
            at: NOW - Duration::days(1),
            until: NOW + Duration::days(5),
            reason: Some("retired in <b>May</b>".parse().expect("a reason")),
        };
        let items = vec![
            EndingView { app: ending(1, "Payroll export", -2), known: None },
            EndingView { app: ending(40, "Order intake", 4), known: None },
            EndingView { app: ending(2, "Ledger", 9), known: Some(known) },
        ];
        let time = |text: &str| text.parse().expect("a time of day");
        Ok(OwnNotices {
            endings: Some(Endings {
                page: Page { items, page, has_next: false, total: Some(3) },
                is_cut: false,
                read_at: Some(NOW),
            }),
            hours: Some(NoticeHours {
                zone: "Europe/Berlin".parse().expect("a zone"),
                quiet: QuietHours::new(time("22:00"), time("06:30")).ok(),
                morning: time("07:15"),
            }),
            portal_hour: 7,
            calendar: Some(CalendarView {
                names: false,
                made: Some(CalendarMade { at: NOW, expires_at: NOW + Duration::days(90), fetched_at: None }),
            }),
            may_decide: viewer.may_push(),
            is_on: true,
        })
    }

    async fn acknowledge_end(&self, ask: &AcknowledgeAsk) -> Result<(), Problem> {
        self.known()?;
        if ask.ends_at != NOW - Duration::days(2) {
            return Err(Problem::new(409, "not-so-any-more", "That is not so any more", "It was renewed."));
        }
        Ok(())
    }

    async fn remind_again(&self, _: Subject) -> Result<(), Problem> {
        self.known().map(|_| ())
    }

    async fn set_notice_hours(&self, hours: Option<&NoticeHours>) -> Result<(), Problem> {
        self.known()?;
        match hours {
            Some(hours) if hours.zone.as_str() != "Europe/Berlin" || hours.quiet.is_none() => {
                Err(Problem::new(422, "bad-value", "There is no such time zone", "There is none."))
            }
            _ => Ok(()),
        }
    }

    async fn make_calendar(&self) -> Result<CalendarKey, Problem> {
        self.known().map(|_| CalendarKey::new([7; 32]))
    }

    async fn revoke_calendar(&self) -> Result<(), Problem> {
        self.known().map(|_| ())
    }
}
