//! A person's own morning, and quiet hours.

use super::*;
use domain::notices::{NoticeHours, QuietHours};

fn hours(zone: &str, quiet: Option<(&str, &str)>, morning: &str) -> NoticeHours {
    let quiet = quiet.map(|(from, until)| QuietHours::new(from.parse().unwrap(), until.parse().unwrap()).unwrap());
    NoticeHours { zone: zone.parse().unwrap(), quiet, morning: morning.parse().unwrap() }
}

#[tokio::test]
async fn a_digest_is_written_on_the_persons_own_morning() {
    on_both(async |database| {
        // Half past five in the evening in Auckland, on the day before UTC's is over: 04:30 UTC.
        let at = datetime!(2026-11-29 04:30 UTC);
        let site = site_of(database, mail(&[OWEN]), &[], at).await;
        site.store.set_notice_hours(OWEN, Some(&hours("Pacific/Auckland", None, "17:31")), at).await.unwrap();
        read(&site, vec![owned(1, 5), app(2, 5)]).await;
        assert_eq!(site.planner.run().await.unwrap(), 0, "not yet, and not the portal's hour either");
        site.clock.forward(Duration::minutes(1));
        assert_eq!(site.planner.run().await.unwrap(), 1, "Owen's alone");
        site.clock.forward(Duration::hours(2) + Duration::minutes(29));
        assert_eq!(site.planner.run().await.unwrap(), 1, "what nobody owns, at seven of UTC");
        assert_eq!(site.planner.run().await.unwrap(), 0);
        // It has ended: each day of their own, once.
        site.clock.forward(Duration::days(6));
        read(&site, vec![owned(1, 5), app(2, 400)]).await;
        let mut written = vec![];
        for _ in 0..48 {
            written.push(site.planner.run().await.unwrap());
            site.clock.forward(Duration::hours(1));
        }
        // From eight in the evening on, and then at the first full hour after 17:31.
        let days: Vec<usize> = (0..48).filter(|hour| written[*hour] > 0).collect();
        assert_eq!((days, written.iter().sum::<u32>()), (vec![0, 22, 46], 3));
    })
    .await;
}

#[tokio::test]
async fn mail_to_a_person_waits_for_the_end_of_their_quiet_hours() {
    on_both(async |database| {
        let at = datetime!(2026-11-29 21:30 UTC);
        let site = site_of(database, mail(&[OWEN]), &[], at).await;
        let night = hours("Europe/Berlin", Some(("22:00", "07:00")), "07:00");
        site.store.set_notice_hours(OWEN, Some(&night), at).await.unwrap();
        let other = ObjectId::new(Uuid::from_u128(0xccc));
        for person in [OWEN, other] {
            let notice = Notice::new(site.store.tenant(), Audience::Person(person), NoticeFacts::Test, "1", at);
            assert!(site.store.post_notice(&notice, at).await.unwrap());
        }
        site.sender.run().await.unwrap();
        let rows = async || site.store.deliveries(0, 9).await.unwrap().items;
        let row = rows().await.remove(0);
        let until = datetime!(2026-11-30 06:00 UTC);
        assert_eq!(
            (rows().await.len(), row.at, row.is_quiet, row.attempts),
            (1, until, true, 0),
            "the other has no address"
        );
        site.clock.forward(Duration::hours(8));
        site.sender.run().await.unwrap();
        assert_eq!(rows().await[0].attempts, 0, "half past six in Berlin");
        site.clock.forward(Duration::minutes(30));
        site.sender.run().await.unwrap();
        let row = rows().await.remove(0);
        assert_eq!((row.is_quiet, row.attempts), (false, 1), "it is sent, though nobody answers: {row:?}");
    })
    .await;
}
