//! The person's own sessions.

use crate::person::Person;
use crate::store::StoreError;
use app::contract::sessions::OwnSession;
use time::OffsetDateTime;

/// The newest first.
pub(crate) async fn handle(person: &Person) -> Result<Vec<OwnSession>, StoreError> {
    let at = |seconds| OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let rows = person.sessions.list().await?;
    // A row without a digest for its id is none of ours.
    let shown = rows.into_iter().filter_map(|(row, is_here)| {
        let (signed_in_at, used_at) = (at(row.created_at), at(row.used_at));
        Some(OwnSession { digest: row.id.parse().ok()?, agent: row.agent, signed_in_at, used_at, is_here })
    });
    Ok(shown.collect())
}
