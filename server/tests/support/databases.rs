//! A database for one test: an SQLite file of its own, and a database of its own on the tests' PostgreSQL. Their tables are there:
//! they are copies of one that each test binary makes once, for making them takes longer than many a test.

#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::Store;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};
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
        let database = Self::empty_sqlite();
        std::fs::copy(sqlite_template(), &database.url).unwrap();
        database
    }

    /// Without a table; not even the file is there.
    pub fn empty_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { url: folder.path().join("thumbprint.sqlite").display().to_string(), folder: Some(folder) }
    }

    /// Fails where there is no PostgreSQL for tests: a test that is not made must not look as if it had passed.
    pub async fn postgres() -> Self {
        let template = postgres_template().await;
        Self::made_on_postgres(&format!(" TEMPLATE {template}")).await
    }

    /// Without a table.
    pub async fn empty_postgres() -> Self {
        Self::made_on_postgres("").await
    }

    async fn made_on_postgres(how: &str) -> Self {
        let name = format!("thumbprint_{}", Uuid::new_v4().simple());
        execute(&server(), format!("CREATE DATABASE {name}{how}")).await;
        Self { url: on_server(&name), folder: None }
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
        let dropped = apart(execute(&server(), sql));
        assert!(dropped || std::thread::panicking(), "{} could not be dropped", self.url);
    }
}

/// Of this binary, as it was compiled.
fn binary() -> (PathBuf, SystemTime) {
    let path = std::env::current_exe().unwrap();
    let compiled = path.metadata().unwrap().modified().unwrap();
    (path, compiled)
}

/// Beside the binary, and newer.
fn sqlite_template() -> PathBuf {
    let (binary, compiled) = binary();
    let template = binary.with_extension("tables.sqlite");
    if template.metadata().is_ok_and(|file| file.modified().unwrap() >= compiled) {
        return template;
    }
    // Another test may be about the same: whose comes last is as good.
    let folder = tempfile::tempdir_in(binary.parent().unwrap()).unwrap();
    let (first, whole) = (folder.path().join("first.sqlite"), folder.path().join("whole.sqlite"));
    apart(async {
        let store = Store::open(first.to_str().unwrap()).await.unwrap();
        // Whole in one file, whatever its journal still has.
        let copy = AssertSqlSafe(format!("VACUUM INTO '{}'", whole.display()));
        store.pool().execute(copy).await.unwrap();
    });
    std::fs::rename(whole, &template).unwrap();
    template
}

/// A database to which nobody is connected, of this name.
async fn postgres_template() -> String {
    let (path, compiled) = binary();
    let mut hash = DefaultHasher::new();
    path.hash(&mut hash);
    let all = format!("thumbprint_tables_{:016x}_", hash.finish());
    let name = format!("{all}{}", compiled.duration_since(UNIX_EPOCH).unwrap().as_secs());
    let mut connection = PgConnection::connect(server().as_str()).await.unwrap();
    let there = "SELECT datname::text FROM pg_database WHERE starts_with(datname, $1)";
    let named: Vec<String> = sqlx::query_scalar(there).bind(&all).fetch_all(&mut connection).await.unwrap();
    if named.contains(&name) {
        return name;
    }
    // Until this connection ends; another test may have made it meanwhile.
    connection.execute("SELECT pg_advisory_lock(7)").await.unwrap();
    let named: Vec<String> = sqlx::query_scalar(there).bind(&all).fetch_all(&mut connection).await.unwrap();
    if named.contains(&name) {
        return name;
    }
    for old in named {
        connection.execute(AssertSqlSafe(format!("DROP DATABASE {old} WITH (FORCE)"))).await.unwrap();
    }
    let unnamed = format!("{name}_new");
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {unnamed}"))).await.unwrap();
    Store::open(&on_server(&unnamed)).await.unwrap().pool().close().await;
    connection.execute(AssertSqlSafe(format!("ALTER DATABASE {unnamed} RENAME TO {name}"))).await.unwrap();
    name
}

/// The caller's own runtime may be ending, or is none.
fn apart(work: impl Future<Output = ()> + Send) -> bool {
    std::thread::scope(|scope| {
        let running = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(work);
        });
        running.join().is_ok()
    })
}

fn on_server(name: &str) -> String {
    let mut url = server();
    url.set_path(name);
    url.into()
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
