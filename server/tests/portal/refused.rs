//! What a signed-in person was refused is in the audit log, whichever operation refused it, and fills no disk.

use crate::support::{TestPortal, Watch};
use app::route::Form;
use reqwest::StatusCode;
use server::Surroundings;
use server::config::Rate;
use time::Duration;

/// What the rows say, oldest first.
async fn rows(database: &std::path::Path) -> Vec<String> {
    let pool = sqlx::SqlitePool::connect(&database.display().to_string()).await.unwrap();
    let rows = sqlx::query_scalar(
        "SELECT who || ': ' || detail FROM audit WHERE action = 'request-refused' AND outcome = 'refused' ORDER BY number",
    );
    rows.fetch_all(&pool).await.unwrap()
}

#[tokio::test]
async fn each_refusal_has_a_row_and_the_same_again_is_only_counted() {
    let watch = Watch::new();
    let surroundings = Surroundings { clock: watch.clone(), ..Surroundings::default() };
    let quick = Rate { burst: 1_000, per_minute: 1_000 };
    let portal = TestPortal::start_in(surroundings, |config| config.limits.upload = quick).await;
    let mut owen = portal.signed_in("owen.carter").await;
    let mut refused = vec![];
    for form in Form::ALL {
        watch.move_by(Duration::minutes(1));
        let mut answers = vec![];
        for _ in 0..3 {
            let page = owen.stay().submit(form.path(), &[]).await;
            answers.push(page.status.is_client_error() || page.header("location").ends_with("#refused"));
        }
        if answers.contains(&true) {
            assert_eq!(answers, [true; 3], "{}", form.path());
            refused.push(format!("POST {}", form.path()));
        }
    }
    assert!(refused.len() >= 13 && refused.contains(&"POST /api/steer".to_owned()), "{refused:?}");

    watch.move_by(Duration::minutes(1));
    for _ in 0..3 {
        let problem = owen.api("/api/proof-target?app=nonsense").await;
        assert_eq!(problem.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = owen.get("/receipts/0f1e2d3c-4b5a-4978-8685-9483a2b10001").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        // What the library refuses, before any code of the portal's own.
        let page = owen.stay().submit("/api/prove", &[("app", "nonsense")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        // Nobody has refused this: there is nothing.
        assert_eq!(owen.get("/nowhere").await.status, StatusCode::NOT_FOUND);
    }
    refused.extend(["GET /api/proof-target", "GET /receipts/{id}", "POST /api/prove"].map(str::to_owned));

    let TestPortal { portal: running, database, .. } = portal;
    running.shutdown().await;
    let rows = rows(&database).await;
    for what in &refused {
        let of: Vec<_> = rows.iter().filter(|row| row.starts_with(&format!("Owen Carter: {what}:"))).collect();
        assert_eq!(of.len(), 2, "{what}: {rows:#?}");
        assert!(!of[0].contains("more") && of[1].ends_with("Refused 2 times more within the same minute."), "{of:?}");
    }
    assert_eq!(rows.len(), 2 * refused.len(), "and nothing else: {rows:#?}");
}

#[tokio::test]
async fn whoever_is_refused_all_the_time_leaves_few_rows() {
    let watch = Watch::new();
    let surroundings = Surroundings { clock: watch.clone(), ..Surroundings::default() };
    let portal = TestPortal::start_in(surroundings, |_| ()).await;
    let mut owen = portal.signed_in("owen.carter").await;
    // More kinds than get a row each.
    let forms = Form::ALL.iter().filter(|form| !form.brings_certificate());
    for _ in 0..9 {
        for form in forms.clone() {
            owen.stay().submit(form.path(), &[]).await;
        }
        for path in ["/api/proof-target?app=nonsense", "/api/doctor-evidence?app=nonsense", "/apps/nonsense"] {
            owen.api(path).await;
        }
    }
    watch.move_by(Duration::minutes(1));
    let TestPortal { portal: running, database, .. } = portal;
    running.shutdown().await;
    let rows = rows(&database).await;
    // Ten kinds and what stands for all others; each once as it came, and once with how often.
    assert_eq!(rows.len(), 22, "{rows:#?}");
    assert!(rows.iter().any(|row| row.contains("Requests of many kinds were refused.")), "{rows:#?}");
}
