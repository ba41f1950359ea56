//! That a push of this process got further, for whoever waits for it.

use tokio::sync::watch;

#[derive(Debug)]
pub struct Changes(watch::Sender<u64>);

impl Default for Changes {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Changes {
    pub fn tell(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Sees every change from now on, several of them as one.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[tokio::test]
    async fn several_changes_are_one_piece_of_news() {
        let changes = Changes::default();
        changes.tell();
        let mut watch = changes.watch();
        assert!(!watch.has_changed().unwrap(), "what was before is known");
        changes.tell();
        changes.tell();
        watch.changed().await.unwrap();
        assert!(!watch.has_changed().unwrap());
    }
}
