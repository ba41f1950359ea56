//! Channels and deliveries of every kind.

use super::{NOW, SampleDesk, id};
use app::contract::notices::{Channel, ChannelFields, Delivery, Notices, NoticesPort, PlannedDigest, PlannedNotices};
use app::contract::paging::Page;
use app::contract::problem::Problem;
use domain::notices::{ChannelName, DeliveryState, NoticeId, NoticeKind};
use views::data::settings::{KeptState, KeptView};

/// Set by somebody in the portal.
pub fn kept(state: KeptState) -> KeptView {
    KeptView { version: 3, state, changed_at: NOW, changed_by: "Mara Lindqvist".into() }
}

#[async_trait::async_trait]
impl NoticesPort for SampleDesk {
    async fn notices(&self, page: u32) -> Result<Notices, Problem> {
        self.known()?;
        let channel = |name: &str, kind: &str, address: &str| Channel {
            name: name.parse().expect("a name"),
            kind: String::from(kind),
            address: address.into(),
            tells: "administrators".into(),
            tells_of: vec!["admins".into()],
            kept: None,
            failures: 0,
            held_until: None,
            disabled_at: None,
        };
        let delivery = |n: u128, state, answer: Option<(Option<u16>, &str)>| Delivery {
            notice: NoticeId::new(id(n)),
            kind: NoticeKind::Ending,
            audience: "Owen Carter".into(),
            channel: "ops".parse().expect("a name"),
            state,
            is_quiet: n == 703,
            attempts: 2,
            at: NOW,
            answer: answer.map(|(status, text)| (status, text.into())),
        };
        let items = vec![
            delivery(700, DeliveryState::Waiting, Some((Some(503), "<b>later</b>"))),
            delivery(701, DeliveryState::Accepted, Some((Some(202), ""))),
            delivery(702, DeliveryState::Lapsed, None),
            delivery(703, DeliveryState::Waiting, None),
        ];
        let digest = PlannedDigest { audience: "Owen Carter".into(), apps: vec!["Payroll export".into()], total: 3 };
        Ok(Notices {
            channels: vec![
                channel("ops", "webhook", "https://hooks.example/…"),
                Channel {
                    failures: 3, held_until: Some(NOW), ..channel("chat", "slack", "https://hooks.slack.com/…")
                },
                Channel { disabled_at: Some(NOW), ..channel("old", "teams", "https://teams.example/…") },
                Channel { kept: Some(kept(KeptState::On)), ..channel("oncall", "email", "a…@example.com") },
                Channel {
                    kept: Some(kept(KeptState::Off)), ..channel("quiet", "slack", "https://hooks.slack.com/…")
                },
                Channel { kept: Some(kept(KeptState::Unreadable)), ..channel("sealed", "", "") },
            ],
            mail: true,
            deliveries: Page { items, page, has_next: false, total: Some(4) },
            planned: PlannedNotices { read_at: Some(NOW), digests: vec![digest], total: 1 },
        })
    }

    async fn test_channel(&self, _: &ChannelName) -> Result<(), Problem> {
        self.known().map(|_| ())
    }

    async fn free_channel(&self, _: &ChannelName) -> Result<(), Problem> {
        self.known().map(|_| ())
    }

    async fn keep_channel(&self, fields: &ChannelFields) -> Result<(), Problem> {
        self.known()?;
        if fields.tells.is_empty() {
            return Err(Problem::new(422, "bad-channel", "The channel cannot be used", "Nothing would be told there."));
        }
        Ok(())
    }

    async fn switch_channel(&self, _: &ChannelName, _: u32, _: bool) -> Result<(), Problem> {
        self.known().map(|_| ())
    }

    async fn remove_channel(&self, _: &ChannelName, version: u32) -> Result<(), Problem> {
        self.known()?;
        if version != 3 {
            return Err(Problem::new(409, "changed-meanwhile", "Somebody else changed it", "It is not what you saw."));
        }
        Ok(())
    }

    async fn replay_notice(&self, notice: NoticeId, _: &ChannelName) -> Result<(), Problem> {
        self.known()?;
        if notice == NoticeId::new(id(700)) {
            return Err(Problem::new(409, "still-waiting", "That is not to be replayed", "It still waits to be sent."));
        }
        Ok(())
    }
}
