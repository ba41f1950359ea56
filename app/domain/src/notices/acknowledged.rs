//! Somebody says that they know of an end: the ladder of reminders stops for it, until it is renewed or a day comes.

use super::ending::{EndingApp, STILL_TOLD};
use crate::ids::ObjectId;
use crate::inventory::Reason;
use time::{Duration, OffsetDateTime};

/// That somebody knows of an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Of which end: another one, after a renewal, is another thing to know.
    pub ends_at: OffsetDateTime,
    /// Who knows of it.
    pub person: ObjectId,
    /// Their name.
    pub who: String,
    /// Since when.
    pub at: OffsetDateTime,
    /// From then on people are reminded again.
    pub until: OffsetDateTime,
    /// Why that is enough, where it was said.
    pub reason: Option<Reason>,
}

/// The day has come already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the day has come already")]
pub struct AcknowledgedInThePast;

impl Acknowledgement {
    /// Until when people are not reminded: the day that was asked for, but not beyond the end. That it has ended is told
    /// once more, and can be acknowledged once more.
    ///
    /// # Errors
    /// Where the day that was asked for is over.
    pub fn end(
        asked: Option<OffsetDateTime>,
        ends_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<OffsetDateTime, AcknowledgedInThePast> {
        let last = if ends_at > now { ends_at } else { ends_at + Duration::days(STILL_TOLD) };
        match asked {
            Some(asked) if asked <= now => Err(AcknowledgedInThePast),
            Some(asked) => Ok(asked.min(last)),
            None => Ok(last),
        }
    }

    /// Nobody is reminded of this app now.
    pub fn quiets(&self, app: &EndingApp, now: OffsetDateTime) -> bool {
        self.ends_at == app.ends_at && now < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::{Subject, SubjectKind};
    use time::macros::datetime;
    use uuid::Uuid;

    const END: OffsetDateTime = datetime!(2026-12-31 12:00 UTC);

    #[test]
    fn an_acknowledgement_ends_with_what_it_is_about_at_the_latest() {
        let days = |n: i64| END + Duration::days(n);
        assert_eq!(Acknowledgement::end(None, END, days(-9)), Ok(END));
        assert_eq!(Acknowledgement::end(Some(days(-5)), END, days(-9)), Ok(days(-5)));
        assert_eq!(Acknowledgement::end(Some(days(5)), END, days(-9)), Ok(END));
        assert_eq!(Acknowledgement::end(Some(days(5)), END, days(1)), Ok(days(5)));
        assert_eq!(Acknowledgement::end(None, END, days(1)), Ok(days(STILL_TOLD)));
        assert_eq!(Acknowledgement::end(Some(days(-9)), END, days(-9)), Err(AcknowledgedInThePast));
    }

    #[test]
    fn another_end_is_another_thing_to_know() {
        let known = Acknowledgement {
            ends_at: END,
            person: ObjectId::new(Uuid::from_u128(1)),
            who: "Owen Carter".into(),
            at: END - Duration::days(9),
            until: END,
            reason: None,
        };
        let app = |ends_at| EndingApp {
            subject: Subject { kind: SubjectKind::Application, id: ObjectId::new(Uuid::from_u128(2)) },
            name: "payroll".into(),
            ends_at,
            certificates: 1,
            secrets: 0,
        };
        let before = END - Duration::days(1);
        assert!(known.quiets(&app(END), before));
        assert!(!known.quiets(&app(END), END), "it is over");
        assert!(!known.quiets(&app(END + Duration::days(90)), before), "it was renewed");
    }
}
