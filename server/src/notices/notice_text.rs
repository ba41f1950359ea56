//! A notice in words, for people. The same for every channel; each cuts as it must.

use domain::notices::{Alarm, EndingApp, Notice, NoticeFacts, RequestEvent, RequestFacts};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const TIME: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");

/// Plain text; nothing of it is markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NoticeText {
    pub(super) subject: String,
    pub(super) lead: String,
    pub(super) lines: Vec<String>,
    /// Of a list that is longer than the lines.
    pub(super) more: u32,
    /// Where to look and what to do.
    pub(super) link: String,
}

impl NoticeText {
    /// `origin`: of the portal, without a slash at its end.
    pub(super) fn of(notice: &Notice, origin: &str, now: OffsetDateTime) -> Self {
        match &notice.facts {
            NoticeFacts::Ending(ending) => {
                let shown = u32::try_from(ending.apps.len()).unwrap_or(u32::MAX);
                let (ended, apps) = (ending.apps.iter().any(|app| app.ends_at <= now), ending.total);
                let what = if apps == 1 { "1 app".to_owned() } else { format!("{apps} apps") };
                let subject = if ended {
                    format!("Credentials of {what} have ended, or end soon")
                } else {
                    format!("Credentials of {what} end soon")
                };
                Self {
                    subject,
                    lead: format!(
                        "Nothing takes their place yet. Register a new certificate before the old one ends, or acknowledge what you know of: reminders stop for it then. The directory was read on {}.",
                        moment(ending.read_at)
                    ),
                    lines: ending.apps.iter().map(|app| line(app, now)).collect(),
                    more: apps.saturating_sub(shown),
                    link: format!("{origin}/notices"),
                }
            }
            NoticeFacts::Request(request) => asked(request, origin),
            NoticeFacts::Alarm(alarm) => Self {
                subject: match alarm.alarm {
                    Alarm::InventoryStopped => "The directory is not being read".into(),
                    Alarm::ChannelBroken => "A channel for notices is broken".into(),
                },
                lead: match alarm.alarm {
                    Alarm::InventoryStopped => {
                        format!(
                            "The last complete reading ended on {}. What ends since then is not told. Look at the portal's log.",
                            moment(alarm.since)
                        )
                    }
                    Alarm::ChannelBroken => format!(
                        "The receiver of “{}” says that it is gone. Nothing is sent there since {}.",
                        alarm.what.as_deref().unwrap_or_default(),
                        moment(alarm.since)
                    ),
                },
                lines: vec![],
                more: 0,
                link: format!("{origin}/settings/notices"),
            },
            NoticeFacts::Test => Self {
                subject: "A test of this channel".into(),
                lead: "An administrator of Thumbprint wanted to see that notices arrive here. Nothing has happened."
                    .into(),
                lines: vec![],
                more: 0,
                link: format!("{origin}/settings/notices"),
            },
        }
    }

    /// What is cut, in words; nothing where all is there. `shown`: lines that are.
    pub(super) fn rest(&self, shown: usize) -> Option<String> {
        let cut = u32::try_from(self.lines.len().saturating_sub(shown)).unwrap_or(u32::MAX);
        let more = self.more.saturating_add(cut);
        (more > 0).then(|| format!("and {} more", grouped(more)))
    }
}

fn moment(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC).format(TIME).unwrap_or_default()
}

fn line(app: &EndingApp, now: OffsetDateTime) -> String {
    let what = match (app.certificates, app.secrets) {
        (0, 1..) => "secret",
        (1.., 1..) => "certificate and secret",
        _ => "certificate",
    };
    let name = if app.name.is_empty() { app.subject.id.to_string() } else { app.name.clone() };
    let verb = if app.ends_at <= now { "ended" } else { "ends" };
    format!("{name}: {what} {verb} on {}", moment(app.ends_at))
}

fn asked(request: &RequestFacts, origin: &str) -> NoticeText {
    let event = match request.event {
        RequestEvent::Waits => "waits for approval",
        RequestEvent::Approved => "was approved",
        RequestEvent::Escalated => "has waited for others, and waits for your approval, too",
        RequestEvent::NeedsExecutor => "was approved, and waits for somebody who carries it out",
        RequestEvent::Rejected => "was rejected",
        RequestEvent::Withdrawn => "was withdrawn",
        RequestEvent::Expired => "has expired",
        RequestEvent::Void => "is void: what was approved is not what is there any more. Nothing was written",
        RequestEvent::Done => "was carried out",
        RequestEvent::Failed => "was not carried out, or only in part",
        RequestEvent::BreakGlass => "was carried out past its approval",
        RequestEvent::Comment => "has a new comment",
    };
    let apps = if request.apps == 1 { "1 app".into() } else { format!("{} apps", request.apps) };
    let by = request.by.as_ref().map(|by| format!(" By {by}.")).unwrap_or_default();
    NoticeText {
        subject: format!("A request {}", event.split([':', ',']).next().unwrap_or(event)),
        lead: format!("“{}” for {apps}, asked for by {}, {event}.{by}", request.what, request.asker),
        lines: request.reason.iter().map(|reason| format!("Reason: {reason}")).collect(),
        more: 0,
        link: format!("{origin}/requests/{}", request.request),
    }
}

/// `1983` as `1,983`.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
pub(super) mod samples {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use domain::credentials::{Subject, SubjectKind};
    use domain::ids::{ObjectId, TenantId};
    use domain::notices::{Audience, EndingApp, EndingFacts, Notice, NoticeFacts};
    use time::macros::datetime;
    use time::{Duration, OffsetDateTime};
    use uuid::Uuid;

    pub(crate) const AT: OffsetDateTime = datetime!(2026-11-29 08:00 UTC);

    /// Of so many apps, the names of which try what names can do.
    pub(crate) fn digest(apps: u32) -> Notice {
        let app = |n: u32| EndingApp {
            subject: Subject { kind: SubjectKind::Application, id: ObjectId::new(Uuid::from_u128(n.into())) },
            name: format!("<b>\"payroll\" & [x](http://evil.example) *{n}*</b>\u{202e}{}", "ä".repeat(90)),
            ends_at: AT + Duration::hours(i64::from(n)),
            certificates: 1,
            secrets: 0,
        };
        let facts = EndingFacts::new((0..apps).map(app).collect(), AT).unwrap();
        let owen = Audience::Person(ObjectId::new(Uuid::from_u128(7)));
        Notice::new(TenantId::new(Uuid::from_u128(1)), owen, NoticeFacts::Ending(facts), "2026-11-29", AT)
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{AT, digest};
    use super::*;

    #[test]
    fn a_cut_list_says_how_many_more_there_are() {
        let words = NoticeText::of(&digest(2_000), "https://t.example", AT);
        assert_eq!(words.subject, "Credentials of 2,000 apps have ended, or end soon".replace("2,000", "2000"));
        assert_eq!(words.rest(17).as_deref(), Some("and 1,983 more"));
        assert_eq!(words.rest(words.lines.len()).as_deref(), Some("and 1,800 more"));
        let one = NoticeText::of(&digest(1), "https://t.example", AT);
        assert!(one.lines[0].ends_with("certificate ended on 2026-11-29 08:00 UTC"), "{}", one.lines[0]);
        assert_eq!((one.rest(1), one.lines.len()), (None, 1));
    }
}
