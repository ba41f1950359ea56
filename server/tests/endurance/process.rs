//! `thumbprint serve` as a process, by a clock that can be moved.

use crate::portal_process::serve;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

/// Of one process.
pub struct Clock {
    file: PathBuf,
    library: PathBuf,
}

impl Clock {
    pub fn new(folder: &Path) -> Self {
        let clock = Self { file: folder.join("clock"), library: faketime() };
        clock.move_to(0);
        clock
    }

    /// So many seconds ahead of the machine's.
    pub fn move_to(&self, seconds: i32) {
        // Whole or not at all: it is read each time that somebody asks what time it is.
        let half = self.file.with_extension("half");
        std::fs::write(&half, format!("{seconds:+}\n")).unwrap();
        std::fs::rename(half, &self.file).unwrap();
    }
}

/// libfaketime, which `.ci/setup.sh test` installs.
fn faketime() -> PathBuf {
    if let Some(named) = std::env::var_os("THUMBPRINT_FAKETIME") {
        return named.into();
    }
    let folders = std::fs::read_dir("/usr/lib").unwrap();
    let mut files = folders.map(|folder| folder.unwrap().path().join("faketime/libfaketimeMT.so.1"));
    files.find(|file| file.is_file()).expect("libfaketime is missing: .ci/setup.sh test installs it")
}

/// Killed when dropped.
pub struct Portal(Child);

impl Portal {
    /// Starts one; it need not serve yet. `log`: appended to. Without a clock of its own it has the machine's.
    pub fn start(config: &Path, log: &Path, clock: Option<&Clock>) -> Self {
        let mut command = serve(config, log);
        if let Some(clock) = clock {
            command
                .env("LD_PRELOAD", &clock.library)
                .env("FAKETIME_TIMESTAMP_FILE", &clock.file)
                .env("FAKETIME_NO_CACHE", "1")
                // Only what time it is changes, and not how long something takes.
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        Self(command.spawn().unwrap())
    }

    /// Resident memory now, in MiB.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap() / 1024
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().unwrap()
    }

    /// SIGKILL: nothing in it runs any more.
    pub fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// SIGTERM, and how it ends.
    pub async fn terminate(&mut self, patience: Duration) -> ExitStatus {
        let id = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        let begun = Instant::now();
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            assert!(begun.elapsed() < patience, "it was told to stop {:?} ago, and runs", begun.elapsed());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
