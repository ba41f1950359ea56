//! A database of an earlier version, with rows in it, opened by this one.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::databases::Database;
use sqlx::SqlitePool;
use sqlx::migrate::Migrator;
use time::macros::datetime;

/// What the first release had.
async fn first_release(database: &Database) -> SqlitePool {
    let all = sqlx::migrate!("./migrations/sqlite");
    let first = Migrator { migrations: all.iter().filter(|step| step.version <= 3).cloned().collect(), ..all };
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&database.url).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    first.run(&pool).await.unwrap();
    pool
}

#[tokio::test]
async fn times_of_the_first_release_sort_as_text_afterwards() {
    let database = Database::sqlite();
    let old = first_release(&database).await;
    let whole = datetime!(2026-11-24 12:00 UTC);
    let times = [whole, whole + time::Duration::milliseconds(5), whole + time::Duration::nanoseconds(123_456_789)];
    for (n, at) in (0..).zip(times) {
        sqlx::query(
            "INSERT INTO observed_credentials (tenant_id, object_id, key_id, sha1, first_seen, last_seen, gone_at)
             VALUES ('t', 'o', ?1, 's', ?2, ?2, ?3)",
        )
        .bind(format!("{n}"))
        .bind(at)
        .bind((n > 0).then_some(at))
        .execute(&old)
        .await
        .unwrap();
    }
    old.close().await;

    let store = database.store().await;
    let rows: Vec<(String, String, Option<String>)> =
        sqlx::query_as("SELECT first_seen, last_seen, gone_at FROM observed_credentials ORDER BY last_seen")
            .fetch_all(store.pool())
            .await
            .unwrap();
    let expected =
        ["2026-11-24T12:00:00.000000000Z", "2026-11-24T12:00:00.005000000Z", "2026-11-24T12:00:00.123456789Z"];
    for (n, (first, last, gone)) in rows.iter().enumerate() {
        assert_eq!([first, last], [expected[n]; 2]);
        assert_eq!(gone.as_deref(), (n > 0).then_some(expected[n]));
    }
    assert_eq!(rows.len(), 3);
    drop(store);
    database.store().await;
}
