//! Secrets: one that may go, one that is the last, one that a rule keeps, and one that went.

use super::{NOW, SampleDesk, id};
use app::contract::apps::{Owner, Right, SecretRow};
use app::contract::ports::SecretsPort;
use app::contract::problem::Problem;
use app::contract::secrets::{OtherWays, RemovalView, SecretToRemove, SecretView};
use domain::ids::{AppId, KeyId, ObjectId};
use domain::inventory::{LastUse, Quiet, SeenUse, UnknownUse, UseSource};
use domain::rollout::Outcome;
use domain::secret_removal::{MoveStep, RemovalRisk, words_to_type};
use domain::suitability::Validity;
use time::Duration;

/// Nobody knows whether it is used, and there are other ways to sign in.
pub const UNKNOWN: u128 = 12;
/// In use, and the last.
pub const LAST: u128 = 401;
/// Nobody has used it for long.
pub const UNUSED: u128 = 402;
/// A rule asks for approval.
pub const RULED: u128 = 403;
/// Removed.
pub const GONE: u128 = 404;
/// Removed, as far as anybody can tell.
pub const DOUBTFUL: u128 = 405;

pub fn key(n: u128) -> KeyId {
    KeyId::new(id(n))
}

fn last(n: u128) -> LastUse {
    let quiet = |days| Ok(Quiet { since: NOW - Duration::days(days), until: NOW });
    match n {
        LAST => LastUse {
            seen: Some(SeenUse { at: NOW - Duration::days(1), succeeded: true, by: UseSource::Report }),
            quiet: quiet(1),
        },
        UNUSED => LastUse { seen: None, quiet: quiet(60) },
        _ => LastUse::unknown(UnknownUse::StandsStill),
    }
}

fn to_remove(n: u128) -> SecretToRemove {
    let end = Some(NOW + Duration::days(100));
    let row = SecretRow {
        key_id: Some(key(n)),
        display_name: Some("ci <b>nightly</b>".into()),
        hint: Some("Ab3".into()),
        start: Some(NOW - Duration::days(265)),
        end,
        validity: Validity::Valid,
        last_use: Some(last(n)),
    };
    SecretToRemove {
        row,
        risk: RemovalRisk::of(end, last(n), NOW),
        others: match n {
            LAST => OtherWays { certificates: 0, secrets: 0, federated: Some(0) },
            _ => OtherWays { certificates: 1, secrets: 2, federated: None },
        },
        step: if n == LAST { MoveStep::AddCertificate } else { MoveStep::RemoveSecret },
        rules: if n == RULED { vec!["payroll goes by two".into()] } else { vec![] },
        confirm: words_to_type(key(n)),
    }
}

pub fn removal(n: u128) -> RemovalView {
    let good = n == GONE;
    RemovalView {
        key_id: key(n),
        sent_at: NOW - Duration::hours(2),
        ended_at: Some(NOW - Duration::hours(2) + Duration::seconds(4)),
        outcome: Some(if good { Outcome::Verified } else { Outcome::Unverified }),
        who: "Owen Carter".into(),
        name: Some("ci".into()),
        hint: Some("Ab3".into()),
        start: None,
        end: Some(NOW + Duration::days(100)),
        last_use: last(n),
        reason: Some("the job signs in with its <certificate>".into()),
        reads: 3,
        missing: if good { vec![] } else { vec![key(10)] },
        request_id: Some(id(801).to_string()),
        asked_in: good.then(|| id(super::requests::SECRET_GONE)),
    }
}

pub fn view(object_id: ObjectId, n: u128) -> SecretView {
    let gone = [GONE, DOUBTFUL].contains(&n);
    SecretView {
        object_id,
        app_id: AppId::new(id(501)),
        app_name: "Payroll export".into(),
        right: if n == UNUSED { Right::Missing } else { Right::Owner },
        owners: vec![Owner { name: "Owen Carter".into(), username: None }],
        left: 2,
        secret: (!gone).then(|| to_remove(n)),
        removal: gone.then(|| removal(n)),
        asked: (n == LAST).then(|| id(super::requests::SECRET_APPROVED)),
        read_at: NOW,
    }
}

#[async_trait::async_trait]
impl SecretsPort for SampleDesk {
    async fn secret(&self, object_id: ObjectId, asked: KeyId) -> Result<SecretView, Problem> {
        self.known()?;
        let all = [UNKNOWN, LAST, UNUSED, RULED, GONE, DOUBTFUL];
        let Some(n) = all.into_iter().find(|n| key(*n) == asked) else {
            return Err(Problem::new(404, "secret-not-found", "The app has no such secret", "It never was there."));
        };
        Ok(view(object_id, n))
    }

    async fn remove_secret(&self, _: ObjectId, asked: KeyId, typed: &str, reason: &str) -> Result<(), Problem> {
        self.known()?;
        if typed != words_to_type(asked) {
            return Err(Problem::new(
                422,
                "removal-not-confirmed",
                "A secret would be removed for good",
                "It was not typed.",
            ));
        }
        if reason.is_empty() {
            return Err(Problem::new(422, "reason-missing", "The secret may still be used", "A reason is needed."));
        }
        Ok(())
    }
}
