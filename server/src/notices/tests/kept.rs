//! Channels that an administrator keeps in the portal, beside those of the configuration.

use super::*;
use crate::config::Tells;
use crate::notices::receiver::{ChannelText, WrittenKind};
use crate::store::{AuditEntry, SettingChange, SettingKept, SettingKind};
use domain::audit::{AuditAction, AuditOutcome};
use domain::settings::SettingAct;

fn webhook_text(url: &str) -> ChannelText {
    ChannelText {
        tells: vec![Tells::Admins],
        url: url.into(),
        secrets: vec![SECRET.into()],
        ..ChannelText::new(WrittenKind::Webhook)
    }
}

fn entry() -> AuditEntry {
    AuditEntry::new(None, AT, AuditAction::Channel(SettingAct::Added), AuditOutcome::Recorded)
}

fn change(name: &str, seen: u32) -> SettingChange<'_> {
    SettingChange { kind: SettingKind::Channel, name, seen, at: AT, by: "Mara", pinned: false }
}

impl Site {
    async fn keep(&self, name: &str, seen: u32, text: &ChannelText) {
        let value = self.book.seal(name, text, &OsEntropy).unwrap();
        let kept = self.store.keep_setting(&change(name, seen), &value, 9, &entry()).await.unwrap();
        assert_eq!(kept, SettingKept::Kept);
    }
}

#[tokio::test]
async fn what_is_kept_here_comes_after_what_the_configuration_has_and_never_in_its_place() {
    on_both(async |database| {
        let (pinned, kept, shadowed) = (Sink::default(), Sink::default(), Sink::default());
        let site = site(database, json!([webhook("ops", &pinned.start().await)])).await;
        site.keep("more", 0, &webhook_text(&kept.start().await)).await;
        site.keep("ops", 0, &webhook_text(&shadowed.start().await)).await;
        site.post("1").await;
        site.sender.run().await.unwrap();
        assert_eq!((pinned.taken(), kept.taken(), shadowed.taken()), (1, 1, 0));
        assert_eq!(pinned.ids(), kept.ids());
    })
    .await;
}

#[tokio::test]
async fn the_first_channel_that_is_kept_is_enough_and_one_that_is_switched_off_is_told_nothing() {
    on_both(async |database| {
        let sink = Sink::default();
        let site = site(database, json!([])).await;
        site.post("1").await;
        site.sender.run().await.unwrap();
        assert!(!site.book.is_on().await.unwrap() && site.states().await.is_empty());
        site.keep("ops", 0, &webhook_text(&sink.start().await)).await;
        site.sender.run().await.unwrap();
        assert_eq!((sink.taken(), site.book.is_on().await.unwrap()), (1, true));

        // What waits for its next attempt is not sent any more.
        sink.answers(&[(404, None)]);
        site.post("2").await;
        site.sender.run().await.unwrap();
        assert!(site.store.switch_setting(&change("ops", 1), false, &entry()).await.unwrap());
        site.clock.forward(Duration::minutes(10));
        site.post("3").await;
        site.sender.run().await.unwrap();
        assert_eq!(sink.taken(), 2);
        let mut states = site.states().await;
        states.sort_unstable_by_key(|(_, attempts)| *attempts);
        assert!(states.contains(&(DeliveryState::Disabled, 1)), "{states:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_changed_goes_to_the_new_address_and_what_another_key_sealed_goes_nowhere() {
    on_both(async |database| {
        let (first, second) = (Sink::default(), Sink::default());
        let site = site(database, json!([])).await;
        site.keep("ops", 0, &webhook_text(&first.start().await)).await;
        site.post("1").await;
        site.sender.run().await.unwrap();
        site.keep("ops", 1, &webhook_text(&second.start().await)).await;
        site.post("2").await;
        site.sender.run().await.unwrap();
        assert_eq!((first.taken(), second.taken()), (1, 1));

        // As it would be after the portal has got another key; and no value can stand in for another's.
        let other = Sealer::new(&TokenKey::random(&OsEntropy), &[]).unwrap();
        for value in [
            other.seal("channel ops", b"{}", &OsEntropy).unwrap(),
            site.book.seal("other", &webhook_text("https://h.example.com/"), &OsEntropy).unwrap(),
        ] {
            let seen = site.store.kept_settings(SettingKind::Channel).await.unwrap()[0].version;
            site.store.keep_setting(&change("ops", seen), &value, 9, &entry()).await.unwrap();
            let kept = site.book.kept().await.unwrap();
            assert!(kept[0].text.is_none() && kept[0].receiver.is_none());
            assert!(!site.book.is_on().await.unwrap());
        }
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_a_channel_of_nobody_ends() {
    on_both(async |database| {
        let sink = Sink::default();
        let site = site(database, json!([webhook("ops", &sink.start().await)])).await;
        let notice = site.post("1").await;
        site.store.spread_notices(&[(notice.id, vec!["gone".parse().unwrap()])], AT).await.unwrap();
        site.sender.run().await.unwrap();
        assert_eq!(site.states().await, [(DeliveryState::Waiting, 0)], "another process may have it");
        site.clock.forward(Duration::minutes(61));
        site.sender.run().await.unwrap();
        assert_eq!((site.states().await, sink.taken()), (vec![(DeliveryState::Disabled, 0)], 0));
    })
    .await;
}
