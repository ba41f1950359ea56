//! What somebody knows of is not told.

use super::*;
use crate::store::AuditEntry;
use domain::audit::{AuditAction, AuditOutcome};
use domain::credentials::Subject;
use domain::notices::Acknowledgement;

#[tokio::test]
async fn nobody_is_reminded_of_what_somebody_knows_until_it_has_ended() {
    on_both(async |database| {
        let sink = Sink::default();
        let site = site(database, json!([webhook("ops", &sink.start().await)])).await;
        read(&site, vec![app(1, 5), app(2, 5)]).await;
        let subject = Subject { kind: SubjectKind::Application, id: ObjectId::new(Uuid::from_u128(1)) };
        let ends_at = AT + Duration::days(5);
        let known = Acknowledgement { ends_at, person: OWEN, who: "Owen".into(), at: AT, until: ends_at, reason: None };
        let entry = AuditEntry::new(Some(OWEN), AT, AuditAction::EndAcknowledged, AuditOutcome::Recorded);
        // Between the writing of the digest and its sending.
        assert_eq!(site.planner.run().await.unwrap(), 1);
        site.store.acknowledge_end(subject, &known, &entry).await.unwrap();
        site.sender.run().await.unwrap();
        let told = |sink: &Sink| {
            let (_, body) = sink.0.taken.lock().unwrap().remove(0);
            let apps = serde_json::from_slice::<Value>(&body).unwrap()["data"]["facts"]["apps"].clone();
            apps.as_array().unwrap().iter().map(|app| app["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(told(&sink), ["app 2"]);
        site.clock.forward(Duration::days(2));
        read(&site, vec![app(1, 5), app(2, 5)]).await;
        assert_eq!(site.planner.look(site.clock.now()).await.unwrap().digests[&Audience::Unowned].len(), 1);
        // It has ended.
        site.clock.forward(Duration::days(3));
        read(&site, vec![app(1, 5), app(2, 5)]).await;
        assert_eq!(site.planner.run().await.unwrap(), 1);
        site.sender.run().await.unwrap();
        assert_eq!(told(&sink), ["app 1", "app 2"]);
        // It is known once more; then renewed in part, so that what ends now is something else.
        let until = AT + Duration::days(30);
        site.store.acknowledge_end(subject, &Acknowledgement { until, ..known }, &entry).await.unwrap();
        site.clock.forward(Duration::days(1));
        let due = async || {
            let digests = site.planner.look(site.clock.now()).await.unwrap().digests;
            let mut names: Vec<String> = digests[&Audience::Unowned].iter().map(|app| app.name.clone()).collect();
            names.sort_unstable();
            names
        };
        assert_eq!(due().await, ["app 2"]);
        read(&site, vec![app(1, 12), app(2, 5)]).await;
        assert_eq!(due().await, ["app 1", "app 2"]);
    })
    .await;
}
