//! Which ends are told, to whom, and how often.

use super::*;
use crate::store::{AuditEntry, GroupPerson};
use domain::audit::{AuditAction, AuditOutcome};
use domain::teams::GivenApp;
use std::collections::BTreeSet;

#[tokio::test]
async fn a_digest_is_written_once_a_day_and_says_what_still_holds() {
    on_both(async |database| {
        let sink = Sink::default();
        let site = site(database, json!([webhook("ops", &sink.start().await)])).await;
        assert_eq!(site.planner.run().await.unwrap(), 0, "nothing was read, which is not nothing");
        read(&site, vec![app(1, 5), app(2, 6), app(3, 200)]).await;
        assert_eq!(site.planner.run().await.unwrap(), 1);
        assert_eq!(site.planner.run().await.unwrap(), 0);
        // One is renewed before the digest goes out.
        read(&site, vec![app(1, 5), app(2, 400), app(3, 200)]).await;
        site.sender.run().await.unwrap();
        let (_, body) = sink.0.taken.lock().unwrap().remove(0);
        let facts = serde_json::from_slice::<Value>(&body).unwrap()["data"]["facts"].clone();
        assert_eq!((facts["total"].as_u64(), &facts["apps"][0]["name"]), (Some(1), &"app 1".into()));
        site.clock.forward(Duration::days(1));
        read(&site, vec![app(1, 5), app(2, 400)]).await;
        assert_eq!(site.planner.run().await.unwrap(), 0, "four days: no rung of the ladder");
        site.clock.forward(Duration::days(1));
        assert_eq!(site.planner.run().await.unwrap(), 1, "three");
        read(&site, vec![app(1, 500), app(2, 400)]).await;
        site.sender.run().await.unwrap();
        assert_eq!(sink.taken(), 0, "all of it was renewed");
        assert_eq!(site.states().await[0].0, DeliveryState::Lapsed);
    })
    .await;
}

#[tokio::test]
async fn members_of_a_teams_group_are_told_as_long_as_it_is_known_who_they_are() {
    on_both(async |database| {
        let group = ObjectId::new(Uuid::from_u128(0x999));
        let person = |n: u128| ObjectId::new(Uuid::from_u128(n));
        let team = json!({"name": "Payroll", "group": group, "names": ["app 1"], "tell_members": true});
        let team: Team = serde_json::from_value(team).unwrap();
        let site = site_of(database, mail(&[]), &[team], AT).await;
        read(&site, vec![app(1, 5)]).await;
        let told = async || {
            let planned = site.planner.look(site.clock.now()).await.unwrap();
            (planned.digests.into_keys().collect::<Vec<_>>(), planned.names)
        };
        assert_eq!(told().await.0, [Audience::Unowned], "nobody knows who they are");
        let of = |n: u128, address: Option<&str>| GroupPerson {
            id: person(n),
            name: Some(format!("person {n}")),
            address: address.map(str::to_owned),
        };
        let both = [of(7, Some("seven@example.com")), of(8, None)];
        site.store.keep_group(group, Some("payroll"), &both, site.clock.now()).await.unwrap();
        let (audiences, names) = told().await;
        assert_eq!(audiences, [Audience::Person(person(7)), Audience::Person(person(8))]);
        assert_eq!(names[&person(7)], "person 7");
        assert_eq!(site.planner.run().await.unwrap(), 2);
        site.sender.run().await.unwrap();
        let rows = async || {
            let rows = site.store.deliveries(0, 9).await.unwrap().items;
            rows.into_iter().map(|row| (row.audience, row.state)).collect::<Vec<_>>()
        };
        // The address is the group's; the other has none, and there is no mailbox in their place. The host does not answer.
        assert_eq!(rows().await, [(Audience::Person(person(7)), DeliveryState::Waiting)]);
        site.store.keep_group(group, Some("payroll"), &both[1..], site.clock.now()).await.unwrap();
        site.clock.forward(Duration::hours(1));
        site.sender.run().await.unwrap();
        assert_eq!(rows().await, [(Audience::Person(person(7)), DeliveryState::Lapsed)], "they have left it");
        // What was read too long ago sends nothing to anybody.
        site.clock.forward(Duration::days(4));
        read(&site, vec![app(1, 5)]).await;
        assert_eq!(told().await.0, [Audience::Unowned]);
    })
    .await;
}

#[tokio::test]
async fn a_directory_that_is_not_read_any_more_is_told_once_a_day() {
    let database = Database::sqlite();
    let sink = Sink::default();
    let site = site(&database, json!([webhook("ops", &sink.start().await)])).await;
    read(&site, vec![app(1, 5)]).await;
    site.clock.forward(Duration::days(4));
    for _ in 0..2 {
        assert_eq!(site.planner.run().await.unwrap(), 0, "an old list tells nothing of today");
        site.sender.run().await.unwrap();
    }
    assert_eq!(sink.taken(), 1);
}

#[tokio::test]
async fn the_contacts_of_a_team_are_told_of_its_apps_in_place_of_a_mailbox() {
    let database = Database::sqlite();
    let team = |name: &str, names: &[&str], technical: &str| -> Team {
        let team = json!({"name": name, "members": [OWEN], "names": names, "technical": technical});
        serde_json::from_value(team).unwrap()
    };
    let teams = [team("Payroll", &["app 1"], "payroll@example.com"), team("Ledger", &["app 2"], "ask Leila")];
    let site = site_of(&database, mail(&[]), &teams, AT).await;
    read(&site, vec![app(1, 5), app(2, 5), owned(3, 5)]).await;
    let planned = site.planner.look(AT).await.unwrap().digests;
    let payroll = Audience::Team(teams[0].name.clone());
    let names = |audience: &Audience| planned[audience].iter().map(|app| app.name.as_str()).collect::<Vec<_>>();
    assert_eq!(planned.len(), 3);
    assert_eq!(
        (names(&payroll), names(&Audience::Unowned), names(&Audience::Person(OWEN))),
        (vec!["app 1"], vec!["app 2"], vec!["app 3"])
    );
    // What is given to a team by a table is told to its contact as well.
    let given = BTreeSet::from([GivenApp { team: teams[0].name.clone(), app: Uuid::from_u128(2) }]);
    let entry = AuditEntry::new(None, AT, AuditAction::AppsGiven, AuditOutcome::Recorded);
    assert!(site.store.give_apps(&BTreeSet::new(), &given, &entry).await.unwrap());
    let more = site.planner.look(AT).await.unwrap().digests;
    assert_eq!((more[&payroll].len(), more.get(&Audience::Unowned)), (2, None));
    assert!(site.store.give_apps(&given, &BTreeSet::new(), &entry).await.unwrap());
    site.planner.run().await.unwrap();
    site.sender.run().await.unwrap();
    let rows = site.store.deliveries(0, 9).await.unwrap().items;
    assert_eq!(
        rows.iter().map(|row| row.audience.clone()).collect::<Vec<_>>(),
        [payroll],
        "the others have no channel"
    );
    // Where mail is off nobody can be written to.
    let off = site_of(&database, json!({"channels": []}), &teams, AT).await;
    assert_eq!(
        off.planner.look(AT + Duration::days(1)).await.unwrap().digests.keys().collect::<Vec<_>>(),
        [&Audience::Unowned]
    );
}
