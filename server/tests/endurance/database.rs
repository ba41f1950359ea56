//! A database that can be treated badly: a disk of its own that can be filled, and a PostgreSQL that can be started anew.

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use url::Url;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// On a disk of its own, where one can be mounted.
    Small,
    /// On the machine's.
    Enough,
}

pub struct Database {
    pub engine: Engine,
    /// As the configuration has it.
    pub url: String,
    // Before the disk, which it has files on.
    server: Option<Server>,
    disk: SmallDisk,
}

impl Database {
    pub async fn new(engine: Engine, room: Room) -> Self {
        let disk = SmallDisk::new(room);
        match engine {
            Engine::Sqlite => {
                let url = disk.path().join("thumbprint.sqlite").display().to_string();
                Self { engine, url, server: None, disk }
            }
            Engine::Postgres => {
                let server = Server::start();
                // Its log of writes is elsewhere: where that cannot be written PostgreSQL ends, and comes back by itself when
                // there is room, which is the same as being started anew.
                server.may_use(disk.path());
                let mut url = server.url.clone();
                let mut connection = PgConnection::connect(url.as_str()).await.unwrap();
                let place = disk.path().display();
                for statement in [
                    format!("CREATE TABLESPACE small LOCATION '{place}'"),
                    "CREATE DATABASE thumbprint TABLESPACE small".to_owned(),
                ] {
                    connection.execute(AssertSqlSafe(statement)).await.unwrap();
                }
                url.set_path("thumbprint");
                Self { engine, url: url.into(), server: Some(server), disk }
            }
        }
    }

    /// To look at it past the portal.
    pub fn look_at_url(&self) -> String {
        match self.engine {
            Engine::Sqlite => format!("sqlite://{}?mode=ro", self.url),
            Engine::Postgres => self.url.clone(),
        }
    }

    /// It has a disk of its own, which can be filled without harm to others.
    pub fn can_be_full(&self) -> bool {
        self.disk.mounted
    }

    /// Its disk has no room for so long.
    pub async fn disk_full(&self, lasts: Duration) {
        let file = self.disk.path().join("filled");
        let begun = Instant::now();
        let mut filling = File::create(&file).unwrap();
        while begun.elapsed() < lasts {
            // What is given back meanwhile is taken, too.
            fill(&mut filling);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        std::fs::remove_file(file).unwrap();
    }

    /// Another program has it to itself for so long.
    pub async fn locked(&self, lasts: Duration) {
        let url = match self.engine {
            Engine::Sqlite => format!("sqlite://{}", self.url),
            Engine::Postgres => self.url.clone(),
        };
        sqlx::any::install_default_drivers();
        let mut other = AnyConnection::connect(&url).await.unwrap();
        let lock: &[&str] = match self.engine {
            Engine::Sqlite => &["PRAGMA busy_timeout = 60000", "BEGIN EXCLUSIVE"],
            Engine::Postgres => &["BEGIN", "LOCK TABLE receipts, receipt_apps, states, audit, sessions, schedules"],
        };
        for statement in lock {
            other.execute(*statement).await.unwrap();
        }
        tokio::time::sleep(lasts).await;
        other.execute("ROLLBACK").await.unwrap();
        other.close().await.unwrap();
    }

    /// Ends as where the power fails, and comes back. Of PostgreSQL alone.
    pub async fn started_anew(&self) {
        let server = self.server.as_ref().unwrap();
        let name = server.name.clone();
        tokio::task::spawn_blocking(move || script("restart", &name)).await.unwrap();
        // A connection is answered as soon as it has recovered.
        let pool = AnyPoolOptions::new().acquire_timeout(Duration::from_mins(1)).connect(&self.url).await.unwrap();
        pool.close().await;
    }
}

/// Until there is not a byte of room.
fn fill(file: &mut File) {
    for size in [1 << 20, 1 << 12, 1 << 8, 1] {
        let piece = vec![0; size];
        loop {
            match file.write_all(&piece) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => panic!("the disk could not be filled: {error}"),
            }
        }
    }
}

/// Unmounted when dropped.
struct SmallDisk {
    folder: tempfile::TempDir,
    /// Where this user may mount nothing, it is a folder like another.
    mounted: bool,
}

impl SmallDisk {
    fn new(room: Room) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mount = ["-t", "tmpfs", "-o", "size=128m,mode=0700", "thumbprint-test"];
        let mounted = room == Room::Small && as_root("mount", &mount, folder.path());
        let disk = Self { folder, mounted };
        if mounted {
            let owner = rustix::process::getuid().as_raw().to_string();
            assert!(as_root("chown", &[&owner], disk.path()), "chown failed on a disk that was just mounted");
        }
        disk
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let done = !self.mounted || as_root("umount", &["--lazy"], self.path());
        assert!(done || std::thread::panicking(), "umount failed");
    }
}

/// By root, or by sudo without a password. `false`: it failed, or neither is to be had.
fn as_root(program: &str, arguments: &[&str], path: &Path) -> bool {
    let mut command = if rustix::process::getuid().is_root() {
        Command::new(program)
    } else {
        let mut command = Command::new("sudo");
        command.args(["-n", program]);
        command
    };
    command.args(arguments).arg(path).status().is_ok_and(|status| status.success())
}

/// Stopped when dropped.
struct Server {
    name: String,
    url: Url,
}

impl Server {
    fn start() -> Self {
        let name = Uuid::new_v4().simple().to_string();
        let url = script("start", &name).trim().parse().unwrap();
        Self { name, url }
    }

    /// Gives it a folder, to whoever it runs as.
    fn may_use(&self, folder: &Path) {
        let (_, own) = self.url.query_pairs().find(|(name, _)| name == "host").unwrap();
        let data = format!("--reference={}", PathBuf::from(own.as_ref()).join("data").display());
        // Where this user is not root, PostgreSQL runs as the same.
        let done = as_root("chown", &[&data], folder);
        assert!(done || !rustix::process::getuid().is_root(), "chown failed");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        script("stop", &self.name);
    }
}

fn script(what: &str, name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.ci/postgres.sh");
    let done = Command::new(file).args([what, name]).stderr(Stdio::inherit()).output().unwrap();
    assert!(done.status.success() || std::thread::panicking(), "postgres.sh {what}: {}", done.status);
    String::from_utf8(done.stdout).unwrap()
}
