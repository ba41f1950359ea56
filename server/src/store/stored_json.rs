//! JSON in columns, with the version of its form beside its members: `{"v":1,…}`.
//!
//! This is the one place that reads and writes it. A form that is to change gets a type of its own, and the reader of the
//! old one says in [`StoredJson::read`] how the one becomes the other: rows are never rewritten.

use super::StoreError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is kept as a JSON object.
///
/// Lists and single words (`receipts.certificates`, `receipts.mode`, `plan_apps.findings`, `certificates.container`) have
/// no member for a version. Where one of them has to change its form, it becomes such an object.
pub(super) trait StoredJson: Serialize + DeserializeOwned {
    /// As an error names it.
    const WHAT: &str;
    /// The latest form that is known.
    const LATEST: u32 = 1;

    /// The form in which this is written.
    fn version(&self) -> u32 {
        Self::LATEST
    }

    /// `v`: from 1 to [`Self::LATEST`]. What was written before there were versions is of the first.
    fn read(v: u32, text: &str) -> Result<Self, serde_json::Error> {
        let _ = v;
        serde_json::from_str(text)
    }
}

/// Where nothing says the version, it is from before there were any.
fn first() -> u32 {
    1
}

#[derive(Deserialize)]
struct Version {
    #[serde(default = "first")]
    v: u32,
}

#[derive(Serialize)]
struct Versioned<'a, T> {
    v: u32,
    #[serde(flatten)]
    content: &'a T,
}

/// # Errors
/// [`StoreError::Damaged`] for what is no such object, and for a version that this program does not know: a database that
/// a later one has written to.
pub(super) fn read<T: StoredJson>(text: &str) -> Result<T, StoreError> {
    let damaged = |e: serde_json::Error| StoreError::Damaged(format!("{}: {e}", T::WHAT));
    let Version { v } = serde_json::from_str(text).map_err(damaged)?;
    if !(1..=T::LATEST).contains(&v) {
        return Err(StoreError::Damaged(format!("{}: version {v} of it is not known", T::WHAT)));
    }
    T::read(v, text).map_err(damaged)
}

/// With its version.
pub(super) fn write<T: StoredJson>(content: &T) -> Result<String, StoreError> {
    super::to_json(T::WHAT, &Versioned { v: content.version(), content })
}

/// What a person was told of a failure, as it was told then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredProblem {
    /// HTTP status that fits.
    pub status: u16,
    /// In kebab-case.
    pub code: String,
    pub title: String,
    pub detail: String,
    pub advice: Option<String>,
    pub request_id: Option<String>,
}

/// Something that a person is told of: as words that were chosen when it happened, or, from the second version on, as what
/// happened, whose words are found when it is shown. The store does not look into the latter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Stored<T> {
    /// First, as it is tried first: no told one has this member.
    Typed {
        typed: Value,
    },
    Told(T),
}

/// Why something was not done as planned, or stands still.
pub type StoredReason = Stored<StoredProblem>;

impl<T> Stored<T> {
    pub(super) fn version(&self) -> u32 {
        match self {
            Self::Told(_) => 1,
            Self::Typed { .. } => 2,
        }
    }
}

impl StoredJson for StoredReason {
    const WHAT: &str = "reason";
    const LATEST: u32 = 2;

    fn version(&self) -> u32 {
        self.version()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use serde_json::json;

    const OLD: &str = r#"{"status":409,"code":"paused","title":"Owen has paused this push","detail":"d","advice":null,"request_id":null}"#;

    #[test]
    fn what_has_no_version_is_of_the_first_and_is_written_with_it() {
        let reason: StoredReason = read(OLD).unwrap();
        let Stored::Told(problem) = &reason else { panic!("{reason:?}") };
        assert_eq!((problem.code.as_str(), problem.title.as_str()), ("paused", "Owen has paused this push"));
        let written = write(&reason).unwrap();
        assert_eq!(written, OLD.replacen('{', r#"{"v":1,"#, 1));
        assert_eq!(read::<StoredReason>(&written).unwrap(), reason);
    }

    #[test]
    fn what_happened_is_of_the_second() {
        let text = r#"{"v":2,"typed":{"paused-by":{"name":"Owen"}}}"#;
        let reason: StoredReason = read(text).unwrap();
        assert_eq!(reason, Stored::Typed { typed: json!({"paused-by": {"name": "Owen"}}) });
        assert_eq!(write(&reason).unwrap(), text);
    }

    #[test]
    fn a_later_version_is_not_guessed_at() {
        for v in ["0", "3", "4294967296", "\"1\""] {
            let later = OLD.replacen('{', &format!(r#"{{"v":{v},"#), 1);
            assert!(matches!(read::<StoredReason>(&later), Err(StoreError::Damaged(_))), "{v}");
        }
        for text in ["[]", "{}", "null", ""] {
            assert!(matches!(read::<StoredReason>(text), Err(StoreError::Damaged(_))), "{text}");
        }
    }

    #[test]
    fn a_new_form_says_how_an_old_one_is_read() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct Words {
            words: String,
        }
        impl StoredJson for Words {
            const WHAT: &str = "words";
            const LATEST: u32 = 2;

            fn read(v: u32, text: &str) -> Result<Self, serde_json::Error> {
                match v {
                    1 => Ok(Self { words: serde_json::from_str::<StoredProblem>(text)?.title }),
                    _ => serde_json::from_str(text),
                }
            }
        }
        assert_eq!(read::<Words>(OLD).unwrap(), Words { words: "Owen has paused this push".into() });
        let new = Words { words: "paused".into() };
        assert_eq!(write(&new).unwrap(), r#"{"v":2,"words":"paused"}"#);
        assert_eq!(read::<Words>(r#"{"v":2,"words":"paused"}"#).unwrap(), new);
    }
}
