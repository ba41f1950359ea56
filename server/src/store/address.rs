//! Where the database is, and how it is connected to.

use super::StoreError;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyPool, ConnectOptions as _, Connection, Executor as _};
use std::net::IpAddr;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

/// Connections of one process.
const CONNECTIONS: u32 = 8;
/// A page that waits longer for one says that the database does not answer.
const ACQUIRE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file, one process.
    Sqlite,
    /// For several replicas.
    Postgres,
}

/// Where a database is. Parsed from the path of an SQLite file, a `sqlite:` URL, or a `postgres:` (`postgresql:`) URL.
#[derive(Debug, Clone)]
pub struct Address {
    engine: Engine,
    options: AnyConnectOptions,
    /// Lives as long as its connection.
    in_memory: bool,
    /// On another machine, by a connection that may go without TLS.
    in_the_clear: bool,
}

impl FromStr for Address {
    type Err = StoreError;

    fn from_str(path_or_url: &str) -> Result<Self, StoreError> {
        if ["postgres:", "postgresql:"].iter().any(|scheme| path_or_url.starts_with(scheme)) {
            // Names what is wrong with it better than the connection would.
            let in_the_clear = may_go_in_the_clear(&PgConnectOptions::from_str(path_or_url)?);
            let options = path_or_url.parse()?;
            return Ok(Self { engine: Engine::Postgres, options, in_memory: false, in_the_clear });
        }
        let file = if path_or_url.starts_with("sqlite:") {
            if path_or_url.contains(":memory:") || path_or_url.contains("mode=memory") {
                return Ok(Self {
                    engine: Engine::Sqlite,
                    options: path_or_url.parse()?,
                    in_memory: true,
                    in_the_clear: false,
                });
            }
            SqliteConnectOptions::from_str(path_or_url)?
        } else if path_or_url.contains("://") || path_or_url.is_empty() {
            return Err(StoreError::Address(path_or_url.to_owned()));
        } else {
            SqliteConnectOptions::new().filename(path_or_url)
        };
        let absolute = std::path::absolute(file.get_filename())?;
        let url = file.filename(absolute).create_if_missing(true).to_url_lossy();
        Ok(Self {
            engine: Engine::Sqlite,
            options: AnyConnectOptions::from_url(&url)?,
            in_memory: false,
            in_the_clear: false,
        })
    }
}

impl Address {
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// On another machine, by a connection that may go without TLS: tokens and names could be read on the way.
    pub fn in_the_clear(&self) -> bool {
        self.in_the_clear
    }

    pub(super) fn options(&self) -> &AnyConnectOptions {
        &self.options
    }

    pub(super) fn in_memory(&self) -> bool {
        self.in_memory
    }

    pub(super) async fn connect(&self) -> Result<AnyPool, StoreError> {
        install_default_drivers();
        match self.engine {
            Engine::Postgres => self.pool(postgres()).await,
            Engine::Sqlite => {
                if !self.in_memory {
                    make_private(SqliteConnectOptions::from_url(&self.options.database_url)?.get_filename())?;
                }
                // Every connection to `:memory:` would be a database of its own.
                let connections = if self.in_memory { 1 } else { CONNECTIONS };
                // A state saved before a write must survive a power cut: WAL with FULL syncs on every commit.
                self.pool(sqlite(&["PRAGMA synchronous = FULL"]).max_connections(connections)).await
            }
        }
    }

    /// For commits that need not be on the disk yet: the next one through `synced` takes them there with it. Killing the
    /// process loses none of them; a power cut can take the last ones.
    pub(super) async fn connect_unsynced(&self, synced: &AnyPool) -> Result<AnyPool, StoreError> {
        match self.engine {
            Engine::Sqlite if !self.in_memory => self.pool(sqlite(UNSYNCED).max_connections(1)).await,
            _ => Ok(synced.clone()),
        }
    }

    async fn pool(&self, pool: AnyPoolOptions) -> Result<AnyPool, StoreError> {
        Ok(pool.acquire_timeout(ACQUIRE).connect_with(self.options.clone()).await?)
    }
}

/// `prefer`, which is what nothing said means, takes a connection without TLS where the server offers no other.
fn may_go_in_the_clear(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let own = host.starts_with('/')
        || options.get_socket().is_some()
        || host == "localhost"
        || host.trim_matches(['[', ']']).parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    !own && matches!(options.get_ssl_mode(), PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer)
}

/// Whether a connection that nobody uses is in a transaction all the same. A disk that is full can end a transaction behind
/// sqlx's back, or keep it from being rolled back: from then on that connection would begin no other, or hold the file's
/// write lock for good.
pub(crate) fn is_in_doubt(connection: &impl Connection) -> bool {
    connection.is_in_transaction()
}

/// What a pass over a directory writes has more pages than SQLite keeps by itself (2 MB), and would be copied into the file
/// after every thousand of them.
const UNSYNCED: &[&str] =
    &["PRAGMA synchronous = NORMAL", "PRAGMA cache_size = -16384", "PRAGMA wal_autocheckpoint = 8000"];

/// A plan is made for what is asked, each time. A plan for whatever may be asked, which PostgreSQL makes once for a connection, is the
/// one for the tables of then: made while they are nearly empty, it went through every object of a directory, for each page of it that
/// was kept (<https://www.postgresql.org/docs/current/runtime-config-query.html#GUC-PLAN-CACHE-MODE>).
fn postgres() -> AnyPoolOptions {
    AnyPoolOptions::new().max_connections(CONNECTIONS).after_connect(|connection, _| {
        Box::pin(async move { connection.execute("SET plan_cache_mode = force_custom_plan").await.map(drop) })
    })
}

fn sqlite(pragmas: &'static [&'static str]) -> AnyPoolOptions {
    // It is in this process: there is nothing that could have hung up meanwhile.
    let options = AnyPoolOptions::new().test_before_acquire(false).after_release(|connection, _| {
        // What is still to be rolled back is rolled back before this is answered.
        Box::pin(async move { connection.ping().await.map(|()| !is_in_doubt(connection)) })
    });
    options.after_connect(move |connection, _| {
        Box::pin(async move {
            for pragma in ["PRAGMA busy_timeout = 10000", "PRAGMA foreign_keys = ON"] {
                connection.execute(pragma).await?;
            }
            // These look into the file. Where that is not possible for now, on a disk that is full, the connection is none the
            // less good: the file keeps its mode, and what is not said to a connection is FULL. What is asked of it next
            // fails at once; were it refused here, the pool would try for others until nobody waits any more.
            for pragma in ["PRAGMA journal_mode = WAL"].iter().chain(pragmas) {
                if let Err(error) = connection.execute(*pragma).await {
                    tracing::warn!(error = &error as &dyn std::error::Error, pragma, "SQLite could not be told");
                    break;
                }
            }
            Ok(())
        })
    })
}

/// Nobody else on the machine has to read it. SQLite gives its side files the mode of the main one.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::Store;

    #[test]
    fn the_scheme_chooses() {
        for (text, engine) in [
            ("thumbprint.sqlite", Engine::Sqlite),
            ("/var/lib/thumbprint/thumb print?.sqlite", Engine::Sqlite),
            ("sqlite:data/thumbprint.sqlite", Engine::Sqlite),
            ("sqlite::memory:", Engine::Sqlite),
            ("postgres://thumbprint@db.example.com/thumbprint?sslmode=verify-full", Engine::Postgres),
            ("postgresql://db.example.com/thumbprint", Engine::Postgres),
        ] {
            assert_eq!(text.parse::<Address>().unwrap().engine(), engine, "{text}");
        }
        for text in ["", "mysql://db.example.com/thumbprint", "https://example.com"] {
            assert!(matches!(text.parse::<Address>(), Err(StoreError::Address(_))), "{text}");
        }
        assert!("postgres://db.example.com:port/x".parse::<Address>().is_err());
    }

    #[tokio::test]
    async fn sqlite_syncs_and_minds_foreign_keys_on_every_connection() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a name with spaces, ? and #.sqlite");
        let store = Store::open(path.to_str().unwrap()).await.unwrap();
        assert!(path.is_file());
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            let mut connection = store.pool().acquire().await.unwrap();
            let ask = async |connection: &mut sqlx::AnyConnection, pragma: &'static str| {
                sqlx::query_scalar::<_, i64>(pragma).fetch_one(connection).await.unwrap()
            };
            assert_eq!(ask(&mut connection, "PRAGMA synchronous").await, 2);
            assert_eq!(ask(&mut connection, "PRAGMA foreign_keys").await, 1);
            assert_eq!(ask(&mut connection, "PRAGMA busy_timeout").await, 10_000);
            let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await.unwrap();
            assert_eq!(mode, "wal");
            connections.push(connection);
        }
        let mut unsynced = store.unsynced.acquire().await.unwrap();
        for (pragma, expected) in [("PRAGMA synchronous", 1), ("PRAGMA foreign_keys", 1)] {
            let set: i64 = sqlx::query_scalar(pragma).fetch_one(&mut *unsynced).await.unwrap();
            assert_eq!(set, expected, "{pragma}");
        }
    }

    #[tokio::test]
    async fn a_connection_that_could_not_be_told_anything_syncs_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}?mode=rwc", folder.path().join("desk.sqlite").display());
        install_default_drivers();
        let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
        for (pragma, expected) in [("PRAGMA synchronous", 2), ("PRAGMA foreign_keys", 1)] {
            let set: i64 = sqlx::query_scalar(pragma).fetch_one(&mut connection).await.unwrap();
            assert_eq!(set, expected, "{pragma}");
        }
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_read_fails_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.sqlite");
        // As where the disk is full, it opens, and no statement that looks into it succeeds.
        std::fs::write(&path, [b'x'; 4096]).unwrap();
        install_default_drivers();
        let address: Address = path.to_str().unwrap().parse().unwrap();
        let begun = std::time::Instant::now();
        let pool = sqlite(&["PRAGMA synchronous = FULL"]).acquire_timeout(ACQUIRE).connect_lazy_with(address.options);
        for _ in 0..3 {
            assert!(sqlx::query("SELECT count(*) FROM schedules").execute(&pool).await.is_err());
        }
        assert!(begun.elapsed() < ACQUIRE / 2, "it waited {:?}", begun.elapsed());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nobody_else_can_read_its_files() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path().join("desk.sqlite").to_str().unwrap()).await.unwrap();
        sqlx::query("CREATE TABLE x (y)").execute(store.pool()).await.unwrap();
        let files: Vec<_> = std::fs::read_dir(directory.path()).unwrap().map(Result::unwrap).collect();
        assert!(files.len() > 1, "the write-ahead log is a file of its own");
        for file in files {
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{}", file.path().display());
        }
    }
}
