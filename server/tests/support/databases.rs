//! A database for one test: an SQLite file of its own, and a database of its own on the tests' PostgreSQL.

#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::Store;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;
use url::Url;
use uuid::Uuid;

/// With the value `postgres`, tests that need only one database have it there.
const WHERE: &str = "THUMBPRINT_TEST_ON";
/// Where the tests' PostgreSQL is: the URL of a database whose user may make others.
const POSTGRES: &str = "THUMBPRINT_TEST_POSTGRES";

pub struct Database {
    /// As the configuration has it.
    pub url: String,
    folder: Option<TempDir>,
}

/// Runs a test on an SQLite file and on PostgreSQL.
pub async fn on_both(test: impl AsyncFn(&Database)) {
    for database in [Database::sqlite(), Database::postgres().await] {
        // Shown where the test fails.
        eprintln!("on {}", if database.folder.is_some() { "SQLite" } else { "PostgreSQL" });
        test(&database).await;
    }
}

impl Database {
    /// SQLite, or what the environment says.
    pub async fn any() -> Self {
        match std::env::var(WHERE).as_deref() {
            Err(_) | Ok("sqlite") => Self::sqlite(),
            Ok("postgres") => Self::postgres().await,
            Ok(other) => panic!("{WHERE} is {other}, and not sqlite or postgres"),
        }
    }

    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { url: folder.path().join("thumbprint.sqlite").display().to_string(), folder: Some(folder) }
    }

    /// Fails where there is no PostgreSQL for tests: a test that is not made must not look as if it had passed.
    pub async fn postgres() -> Self {
        let mut url = server();
        let name = format!("thumbprint_{}", Uuid::new_v4().simple());
        execute(&url, format!("CREATE DATABASE {name}")).await;
        url.set_path(&name);
        Self { url: url.into(), folder: None }
    }

    /// The store on it. Several of them are as several replicas.
    pub async fn store(&self) -> Store {
        match Store::open(&self.url).await {
            Ok(store) => store,
            Err(error) => panic!("{}: {error:?}", self.url),
        }
    }

    /// Everything that is in it, as far as one can look: the bytes of SQLite's files, PostgreSQL's rows as text.
    pub async fn contents(&self) -> Vec<u8> {
        if let Some(folder) = &self.folder {
            let files = std::fs::read_dir(folder.path()).unwrap();
            return files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
        }
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        let tables: Vec<String> =
            sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
                .fetch_all(&mut connection)
                .await
                .unwrap();
        let mut contents = String::new();
        for table in tables {
            let rows = AssertSqlSafe(format!("SELECT CAST(it AS TEXT) FROM {table} AS it"));
            contents.extend(sqlx::query_scalar::<_, String>(rows).fetch_all(&mut connection).await.unwrap());
        }
        contents.into_bytes()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.folder.is_some() {
            return;
        }
        let url: Url = self.url.parse().unwrap();
        let sql = format!("DROP DATABASE {} WITH (FORCE)", url.path().trim_start_matches('/'));
        // The test's own runtime may be ending.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(execute(&server(), sql));
        });
        let dropped = dropping.join().is_ok();
        assert!(dropped || std::thread::panicking(), "{} could not be dropped", self.url);
    }
}

fn server() -> Url {
    let Ok(url) = std::env::var(POSTGRES) else {
        panic!("{POSTGRES} is not set. Start a PostgreSQL for tests: export {POSTGRES}=$(.ci/postgres.sh start)")
    };
    url.parse().unwrap()
}

async fn execute(server: &Url, sql: String) {
    let mut connection = PgConnection::connect(server.as_str()).await.unwrap();
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
}
