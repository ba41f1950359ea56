//! How many files the process may have open, of which each connection is one.

/// Of `wanted` connections, how many there may be. Raises the process's limit of open files as far as it is allowed to;
/// half of them is left for the database and for what the portal asks others.
pub fn room_for(wanted: usize) -> usize {
    let files = limit();
    let most = files.map_or(wanted, |files| wanted.min(files / 2)).max(1);
    if most < wanted {
        tracing::warn!(most, wanted, files, "fewer connections than configured: the process may not open more files");
    }
    most
}

#[cfg(unix)]
fn limit() -> Option<usize> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
    getrlimit(Resource::Nofile).current.map(|files| usize::try_from(files).unwrap_or(usize::MAX))
}

#[cfg(not(unix))]
fn limit() -> Option<usize> {
    None
}
