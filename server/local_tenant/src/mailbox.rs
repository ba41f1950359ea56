//! What was sent by `sendMail`. It goes nowhere; the control API shows it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

/// Mails kept. The oldest go first.
const MOST: usize = 1_000;

/// A mail that somebody sent.
#[derive(Debug, Clone, PartialEq)]
pub struct SentMail {
    /// By the tenant's clock.
    pub at: OffsetDateTime,
    /// User principal name of the person whose mailbox it was sent from.
    pub mailbox: String,
    /// Object id of the person or the service principal that sent it.
    pub sender: Uuid,
    /// Client id of the application whose token sent it.
    pub client: Uuid,
    pub content: MailContent,
}

/// As it was sent.
#[derive(Debug, Clone, PartialEq)]
pub enum MailContent {
    /// Graph's `message`: `subject`, `body`, `toRecipients` and so on.
    Message(Value),
    /// RFC 5322, decoded.
    Mime(String),
}

#[derive(Debug, Default)]
pub(crate) struct Mailbox(Mutex<VecDeque<SentMail>>);

impl Mailbox {
    pub(crate) fn put(&self, mail: SentMail) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() == MOST {
            all.pop_front();
        }
        all.push_back(mail);
    }

    /// Oldest first.
    pub(crate) fn all(&self) -> Vec<SentMail> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_first() {
        let mailbox = Mailbox::default();
        for number in 0..MOST + 3 {
            mailbox.put(SentMail {
                at: OffsetDateTime::UNIX_EPOCH,
                mailbox: number.to_string(),
                sender: Uuid::nil(),
                client: Uuid::nil(),
                content: MailContent::Mime(String::new()),
            });
        }
        let all = mailbox.all();
        assert_eq!((all.len(), all[0].mailbox.as_str()), (MOST, "3"));
        mailbox.clear();
        assert_eq!(mailbox.all(), []);
    }
}
