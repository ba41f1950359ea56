//! A channel: how a notice goes over it, and what an answer means.

use super::envelope;
use super::notice_text::NoticeText;
use super::outbound::{Outbound, OutboundError, OutboundResponse};
use super::sign::signatures;
use super::{slack, teams};
use crate::config::{ChannelKind, ChannelSettings};
use crate::store::Attempt;
use domain::notices::{DeliveryState, Notice};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use std::time::Duration;
use time::OffsetDateTime;

/// What becomes of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryVerdict {
    Ended(DeliveryState),
    /// The receiver is gone: nothing more is to be sent there.
    Gone,
    /// Once more, later. `holds`: the others that wait for this channel are to wait as well.
    Again {
        asked: Option<Duration>,
        holds: bool,
    },
}

/// One that goes over HTTP.
pub struct Channel {
    settings: ChannelSettings,
    outbound: Outbound,
    /// Of the portal, without a slash at its end.
    origin: String,
}

impl Channel {
    pub fn new(settings: ChannelSettings, outbound: Outbound, origin: String) -> Self {
        Self { settings, outbound, origin }
    }

    /// Of its address.
    pub(super) fn address_digest(&self) -> String {
        self.settings.url.digest()
    }

    /// Sends once.
    pub async fn send(&self, notice: &Notice, now: OffsetDateTime) -> (Attempt, DeliveryVerdict) {
        let answer = match self.request(notice, now) {
            Ok((headers, body)) => self.outbound.post(self.settings.url.url(), headers, body, now).await,
            Err(error) => Err(OutboundError::Failed(error)),
        };
        match answer {
            Ok(answer) => {
                let verdict = judge(self.settings.kind, &answer);
                (Attempt { at: now, status: Some(answer.status), answer: answer.text }, verdict)
            }
            Err(error) => {
                let attempt = Attempt { at: now, status: None, answer: error.to_string() };
                (attempt, DeliveryVerdict::Again { asked: None, holds: true })
            }
        }
    }

    fn request(&self, notice: &Notice, now: OffsetDateTime) -> Result<(HeaderMap, Vec<u8>), String> {
        let words = NoticeText::of(notice, &self.origin, now);
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let body = match self.settings.kind {
            ChannelKind::Slack => slack::message(&words).to_string().into_bytes(),
            ChannelKind::Teams => teams::message(&words).to_string().into_bytes(),
            ChannelKind::Webhook => {
                let body = envelope::body(notice, &self.origin, &words.link).map_err(|error| error.to_string())?;
                let mut set = |name: &'static str, value: String| -> Result<(), String> {
                    let value = HeaderValue::try_from(value).map_err(|error| error.to_string())?;
                    headers.insert(HeaderName::from_static(name), value);
                    Ok(())
                };
                set("content-type", envelope::CONTENT_TYPE.to_owned())?;
                set("webhook-id", notice.id.to_string())?;
                set("webhook-timestamp", now.unix_timestamp().to_string())?;
                set("webhook-signature", signatures(&self.settings, notice.id, now, &body))?;
                body
            }
        };
        Ok((headers, body))
    }
}

/// Standard Webhooks: 2xx is success, 410 means that the endpoint is to be switched off, all else is a failure, a
/// redirect too. Slack has no webhook of that name any more at 404, and no channel at 410; 400 is about this message
/// (<https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors>).
fn judge(kind: ChannelKind, answer: &OutboundResponse) -> DeliveryVerdict {
    match (kind, answer.status) {
        // Took it; what became of the card it does not say.
        (ChannelKind::Teams, 200..=299) => DeliveryVerdict::Ended(DeliveryState::Accepted),
        (_, 200..=299) => DeliveryVerdict::Ended(DeliveryState::Delivered),
        (_, 410) | (ChannelKind::Slack, 404) => DeliveryVerdict::Gone,
        (ChannelKind::Slack, 400) => DeliveryVerdict::Ended(DeliveryState::GivenUp),
        (_, status) => DeliveryVerdict::Again { asked: answer.retry_after, holds: status == 429 || status >= 500 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ChannelKind::{Slack, Teams, Webhook};

    #[test]
    fn what_an_answer_means_depends_on_who_gives_it() {
        let judge = |kind, status| judge(kind, &OutboundResponse { status, retry_after: None, text: String::new() });
        let again = |holds| DeliveryVerdict::Again { asked: None, holds };
        assert_eq!(judge(Webhook, 204), DeliveryVerdict::Ended(DeliveryState::Delivered));
        assert_eq!(judge(Slack, 200), DeliveryVerdict::Ended(DeliveryState::Delivered));
        assert_eq!(judge(Teams, 202), DeliveryVerdict::Ended(DeliveryState::Accepted), "not known to be delivered");
        assert_eq!(judge(Webhook, 410), DeliveryVerdict::Gone);
        assert_eq!(judge(Slack, 404), DeliveryVerdict::Gone);
        assert_eq!(judge(Webhook, 404), again(false));
        assert_eq!(judge(Webhook, 307), again(false));
        assert_eq!(judge(Webhook, 429), again(true));
        assert_eq!(judge(Teams, 503), again(true));
        assert_eq!(judge(Slack, 400), DeliveryVerdict::Ended(DeliveryState::GivenUp));
    }
}
