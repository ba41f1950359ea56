//! What an app of a push came to, as it is kept for good.

use super::stored_json::{Stored, StoredJson, StoredReason};
use domain::diff::Diff;
use domain::ids::{AppId, ObjectId};
use domain::rollout::AppStage;
use serde::{Deserialize, Serialize};

/// In `receipt_apps.result`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredResult {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    /// With its outcome, which the row has in a column too.
    pub stage: AppStage,
    /// Why, where it was not written as planned.
    pub problem: Option<StoredReason>,
    pub diff: Option<Diff>,
    /// `keyCredentials` before and after, pretty-printed as Graph sent them; absent where not read.
    pub before: Option<String>,
    pub after: Option<String>,
    pub steps: Vec<Stored<StoredStep>>,
    pub reads_until_seen: u32,
    pub notes: Vec<Stored<String>>,
    /// The kept state from before, to go back to. The first release kept none.
    pub undo: Option<i64>,
}

/// One request that the push made to Graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredStep {
    /// `GET` or `PATCH`, and for what.
    pub what: String,
    pub status: Option<u16>,
    pub request_id: Option<String>,
}

impl StoredJson for StoredResult {
    const WHAT: &str = "result";
    const LATEST: u32 = 2;

    fn version(&self) -> u32 {
        let parts = self.problem.iter().map(Stored::version);
        let parts = parts.chain(self.steps.iter().map(Stored::version)).chain(self.notes.iter().map(Stored::version));
        parts.max().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::stored_json::{read, write};
    use serde_json::json;

    const APP: &str = "00000000-0000-0000-0000-0000000003e8";
    /// As the versions before this one wrote it.
    const OLD: &str = r#"{"object_id":"00000000-0000-0000-0000-0000000003e8","app_id":"00000000-0000-0000-0000-0000000003e9","display_name":"payroll","stage":{"ended":"refused"},"problem":{"status":403,"code":"forbidden","title":"t","detail":"d","advice":null,"request_id":"r"},"diff":null,"before":"[]","after":null,"steps":[{"what":"PATCH","status":403,"request_id":"r"}],"reads_until_seen":0,"notes":["merged again"],"undo":7}"#;

    #[test]
    fn what_older_versions_wrote_is_read_and_stays_as_it_is() {
        let result: StoredResult = read(OLD).unwrap();
        assert_eq!((result.object_id.to_string().as_str(), result.undo), (APP, Some(7)));
        assert_eq!(result.stage.as_str(), "refused");
        assert_eq!(write(&result).unwrap(), OLD.replacen('{', r#"{"v":1,"#, 1));
        // The first release kept no state to go back to.
        let first = OLD.replace(r#","undo":7"#, "");
        assert_eq!(read::<StoredResult>(&first).unwrap().undo, None);
    }

    #[test]
    fn one_typed_part_makes_it_the_second_form() {
        let old: StoredResult = read(OLD).unwrap();
        let new = StoredResult { notes: vec![Stored::Typed { typed: json!("merged-again") }], ..old };
        let written = write(&new).unwrap();
        assert!(
            written.starts_with(r#"{"v":2,"#) && written.contains(r#""notes":[{"typed":"merged-again"}]"#),
            "{written}"
        );
        assert_eq!(read::<StoredResult>(&written).unwrap(), new);
    }
}
