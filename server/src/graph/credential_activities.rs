//! `GET /beta/reports/appCredentialSignInActivities`: when each credential was last used to sign in
//! (<https://learn.microsoft.com/graph/api/reportroot-list-appcredentialsigninactivities>). Of beta and the global cloud
//! alone; needs `AuditLog.Read.All`, and a licence.

use super::url::BETA;
use super::{Consistency, Graph, GraphError, pages};
use domain::ids::{AppId, KeyId};
use serde::Deserialize;
use time::OffsetDateTime;
use time::serde::rfc3339;

/// What is read of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CredentialActivity {
    pub app_id: AppId,
    pub key_id: KeyId,
    sign_in_activity: Option<SignInActivity>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SignInActivity {
    /// Whatever came of it.
    #[serde(default, rename = "lastSignInDateTime", with = "rfc3339::option")]
    last: Option<OffsetDateTime>,
    #[serde(default, rename = "lastSuccessfulSignInDateTime", with = "rfc3339::option")]
    succeeded: Option<OffsetDateTime>,
}

impl CredentialActivity {
    /// The last sign-in that succeeded, where the report says so.
    pub fn succeeded(&self) -> Option<OffsetDateTime> {
        self.sign_in_activity?.succeeded
    }

    /// The last sign-in of which it does not say whether it succeeded.
    pub fn attempted(&self) -> Option<OffsetDateTime> {
        let activity = self.sign_in_activity?;
        activity.last.filter(|last| activity.succeeded.is_none_or(|succeeded| *last > succeeded))
    }

    pub fn latest(&self) -> Option<OffsetDateTime> {
        self.succeeded().max(self.attempted())
    }
}

impl Graph {
    /// The whole report, or none of it.
    pub async fn credential_activities(&self, bearer: &str) -> Result<Vec<CredentialActivity>, GraphError> {
        let url = self.url(BETA, &["reports", "appCredentialSignInActivities"], &[]);
        self.all(bearer, url, Consistency::Default, pages::row).await
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use serde_json::json;
    use time::macros::datetime;
    use uuid::Uuid;

    fn row(activity: &serde_json::Value) -> CredentialActivity {
        let [app, key] = [1, 2].map(Uuid::from_u128);
        serde_json::from_value(json!({"appId": app, "keyId": key, "signInActivity": activity})).unwrap()
    }

    #[test]
    fn a_sign_in_of_which_nothing_says_that_it_succeeded_is_an_attempt() {
        let early = "2026-11-01T00:00:00Z";
        let late = "2026-11-02T00:00:00.1234567Z";
        let attempt = row(&json!({"lastSignInDateTime": early}));
        assert_eq!((attempt.attempted(), attempt.succeeded()), (Some(datetime!(2026-11-01 00:00 UTC)), None));
        let both = row(&json!({"lastSignInDateTime": late, "lastSuccessfulSignInDateTime": early}));
        assert_eq!(both.succeeded(), Some(datetime!(2026-11-01 00:00 UTC)));
        assert_eq!(
            (both.attempted(), both.latest()),
            (both.latest(), Some(datetime!(2026-11-02 00:00:00.1234567 UTC)))
        );
        let same = row(&json!({"lastSignInDateTime": early, "lastSuccessfulSignInDateTime": early}));
        assert_eq!(same.attempted(), None);
        assert_eq!(row(&json!(null)).latest(), None);
    }
}
