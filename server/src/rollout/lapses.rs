//! Until when each write without an answer may still be carried out.

use domain::push::WriteId;
use std::collections::BTreeMap;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::time::Instant;

#[derive(Debug)]
pub(super) struct Lapses {
    bound: Duration,
    until: BTreeMap<WriteId, Instant>,
}

impl Lapses {
    /// `sent`: when each was kept, which is right before it was sent. `now`: by the same clock.
    pub(super) fn new(sent: Vec<(WriteId, OffsetDateTime)>, now: OffsetDateTime, bound: Duration) -> Self {
        // A clock that was set back makes nobody wait longer than the bound.
        let left = |at: OffsetDateTime| bound.saturating_sub((now - at).try_into().unwrap_or_default());
        let until = sent.into_iter().map(|(id, at)| (id, Instant::now() + left(at))).collect();
        Self { bound, until }
    }

    /// Is sent now.
    pub(super) fn sent(&mut self, id: WriteId) {
        self.until.insert(id, Instant::now() + self.bound);
    }

    /// Its time is over. Of one that is not known, as an earlier version left it, the time begins now.
    pub(super) fn is_over(&mut self, id: WriteId) -> bool {
        let now = Instant::now();
        *self.until.entry(id).or_insert(now + self.bound) <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[tokio::test(start_paused = true)]
    async fn a_write_is_over_once_its_bound_has_passed_since_it_was_kept() {
        const NOW: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);
        let ago = |seconds| NOW - time::Duration::seconds(seconds);
        let [old, young, ahead, unknown] = [1, 2, 3, 4].map(WriteId::Earlier);
        let sent = vec![(old, ago(60)), (young, ago(10)), (ahead, ago(-3600))];
        let mut lapses = Lapses::new(sent, NOW, Duration::from_mins(1));
        let mut over = |ids: [WriteId; 5]| ids.map(|id| lapses.is_over(id));
        let all = [old, young, ahead, unknown, WriteId::Own(1)];
        assert_eq!(over(all), [true, false, false, false, false]);
        tokio::time::advance(Duration::from_secs(50)).await;
        assert_eq!(over(all), [true, true, false, false, false]);
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(over(all), [true; 5]);
        lapses.sent(WriteId::Own(1));
        assert!(!lapses.is_over(WriteId::Own(1)));
    }
}
