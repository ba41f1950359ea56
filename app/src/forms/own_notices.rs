use super::items::subject;
use super::{Done, Fields};
use crate::contract::Desk;
use crate::contract::own_notices::AcknowledgeAsk;
use crate::contract::problem::Problem;
use domain::notices::{DayTime, NoticeHours, QuietHours};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use views::pages::own_notices;
use views::route::Route;

/// `kind`, `object`: which one; `ends`: which end of it the person saw; `until`: a day, or empty; `reason`, which may be empty.
pub async fn acknowledge(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let until = fields.text("until");
    let ends = fields.text("ends");
    let ends_at = OffsetDateTime::parse(&ends, &Rfc3339).map_err(|_| {
        let why = format!("“{ends}” cannot be read as a time.");
        Problem::new(422, "bad-value", "That is not a time", why).advice("Load the page again. Nothing was changed.")
    })?;
    let ask = AcknowledgeAsk {
        subject: subject(fields)?,
        ends_at,
        until: if until.is_empty() { None } else { Some(super::day(&until)?) },
        reason: fields.text("reason"),
    };
    desk.acknowledge_end(&ask).await?;
    Ok(Route::OwnNotices.into())
}

/// `kind`, `object`.
pub async fn remind_again(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    desk.remind_again(subject(fields)?).await?;
    Ok(Route::OwnNotices.into())
}

/// `zone`: empty for the hours of the portal; `morning`; `quiet_from` and `quiet_until`, both or neither.
pub async fn set_hours(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let zone = fields.text("zone");
    if zone.is_empty() {
        desk.set_notice_hours(None).await?;
        return Ok(Route::OwnNotices.into());
    }
    let time = "time of day, such as 07:30";
    let (from, until) = (fields.text("quiet_from"), fields.text("quiet_until"));
    let quiet = match (from.is_empty(), until.is_empty()) {
        (true, true) => None,
        (false, false) => {
            let hours = QuietHours::new(fields.parsed("quiet_from", time)?, fields.parsed("quiet_until", time)?);
            Some(hours.map_err(|_| {
                Problem::new(
                    422,
                    "bad-value",
                    "Quiet hours end at another time than they begin",
                    format!("From {from} until {until} would be the whole day, and nothing would ever come."),
                )
                .advice("Choose another end, or leave both empty. Nothing was changed.")
            })?)
        }
        _ => {
            return Err(Problem::new(
                422,
                "bad-value",
                "Quiet hours have a beginning and an end",
                "One of the two is missing.",
            )
            .advice("Write both, or leave both empty. Nothing was changed."));
        }
    };
    let hours = NoticeHours {
        zone: fields.parsed("zone", "time zone’s name")?,
        quiet,
        morning: fields.parsed_or("morning", time, DayTime::SEVEN)?,
    };
    desk.set_notice_hours(Some(&hours)).await?;
    Ok(Route::OwnNotices.into())
}

/// The answer has the address, and is all that has it.
pub async fn make_calendar(desk: &dyn Desk, origin: &str) -> Result<Done, Problem> {
    let key = desk.make_calendar().await?;
    Ok(Done::Show(own_notices::address(&format!("{origin}{}", Route::Calendar(key)))))
}

pub async fn revoke_calendar(desk: &dyn Desk) -> Result<Done, Problem> {
    desk.revoke_calendar().await?;
    Ok(Route::OwnNotices.into())
}
