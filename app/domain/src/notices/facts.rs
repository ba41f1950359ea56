//! What a notice tells: data, not text.

use super::ending::EndingFacts;
use crate::spelling::spelled;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::serde::rfc3339;
use uuid::Uuid;

spelled! {
    /// What a notice is about. Receivers of webhooks choose by it.
    pub enum NoticeKind ("kind of notice") {
        /// Credentials that end: one notice for a person and day.
        Ending = "ending",
        /// Something came of a request for a change, or is waited for.
        Request = "request",
        /// The portal itself does not do what it should.
        Alarm = "alarm",
        /// An administrator wants to see that a channel works.
        Test = "test",
    }
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum NoticeFacts {
    /// Credentials that end.
    Ending(EndingFacts),
    /// A request for a change.
    Request(RequestFacts),
    /// The portal itself.
    Alarm(AlarmFacts),
    /// Nothing has happened.
    Test,
}

impl NoticeFacts {
    /// What it is about.
    pub fn kind(&self) -> NoticeKind {
        match self {
            Self::Ending(_) => NoticeKind::Ending,
            Self::Request(_) => NoticeKind::Request,
            Self::Alarm(_) => NoticeKind::Alarm,
            Self::Test => NoticeKind::Test,
        }
    }
}

spelled! {
    /// What came of a request, or what it waits for.
    pub enum RequestEvent ("event of a request") {
        /// It waits for somebody's approval.
        Waits = "waits",
        /// It is approved.
        Approved = "approved",
        /// It has waited for others' approval, and waits for this one's, too.
        Escalated = "escalated",
        /// It is approved, and waits for somebody whom Entra lets carry it out.
        NeedsExecutor = "needs-executor",
        /// Somebody said no.
        Rejected = "rejected",
        /// The asker took it back.
        Withdrawn = "withdrawn",
        /// Nobody decided in time.
        Expired = "expired",
        /// What was approved is not what is there any more: nothing was written.
        Void = "void",
        /// It was carried out, and seen to be.
        Done = "done",
        /// It was carried out in part, or not at all.
        Failed = "failed",
        /// Somebody went past the approval, with a reason.
        BreakGlass = "break-glass",
        /// Somebody wrote a comment.
        Comment = "comment",
    }
}

/// A request for a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestFacts {
    /// Of the request.
    pub request: Uuid,
    /// What came of it.
    pub event: RequestEvent,
    /// What is wanted, in a line.
    pub what: String,
    /// To how many apps.
    pub apps: u32,
    /// Who asks: their display name.
    pub asker: String,
    /// Who did it: their display name. `None`: nobody, time passed.
    pub by: Option<String>,
    /// What they wrote.
    pub reason: Option<String>,
}

spelled! {
    /// What does not go as it should.
    pub enum Alarm ("alarm") {
        /// The directory has not been read for too long.
        InventoryStopped = "inventory-stopped",
        /// A channel says that it is gone.
        ChannelBroken = "channel-broken",
    }
}

/// The portal itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmFacts {
    /// What it is.
    pub alarm: Alarm,
    /// Since when.
    #[serde(with = "rfc3339")]
    pub since: OffsetDateTime,
    /// Which one, for instance the name of a channel.
    pub what: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::holds;

    #[test]
    fn spellings() {
        holds(&[
            (NoticeKind::Ending, "ending"),
            (NoticeKind::Request, "request"),
            (NoticeKind::Alarm, "alarm"),
            (NoticeKind::Test, "test"),
        ]);
        holds(&[
            (RequestEvent::Waits, "waits"),
            (RequestEvent::Approved, "approved"),
            (RequestEvent::Escalated, "escalated"),
            (RequestEvent::NeedsExecutor, "needs-executor"),
            (RequestEvent::Rejected, "rejected"),
            (RequestEvent::Withdrawn, "withdrawn"),
            (RequestEvent::Expired, "expired"),
            (RequestEvent::Void, "void"),
            (RequestEvent::Done, "done"),
            (RequestEvent::Failed, "failed"),
            (RequestEvent::BreakGlass, "break-glass"),
            (RequestEvent::Comment, "comment"),
        ]);
        holds(&[(Alarm::InventoryStopped, "inventory-stopped"), (Alarm::ChannelBroken, "channel-broken")]);
        assert_eq!(NoticeKind::ALL.len() + RequestEvent::ALL.len() + Alarm::ALL.len(), 18);
    }

    #[test]
    fn facts_are_kept_under_the_name_of_their_kind() {
        let request = RequestFacts {
            request: Uuid::from_u128(1),
            event: RequestEvent::Rejected,
            what: "Add a certificate".into(),
            apps: 1,
            asker: "Mara Lind".into(),
            by: Some("Ada Field".into()),
            reason: None,
        };
        for facts in [NoticeFacts::Test, NoticeFacts::Request(request)] {
            let json = serde_json::to_value(&facts).expect("JSON");
            assert_eq!(json["kind"], facts.kind().as_str());
            assert_eq!(serde_json::from_value::<NoticeFacts>(json).expect("its own JSON"), facts);
        }
    }
}
