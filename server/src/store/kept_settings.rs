//! What administrators set in the portal itself: channels for notices, and approval rules. What a value says is for who asks.

use super::notices::forget_channel;
use super::sql::Sql;
use super::{AuditEntry, Engine, Stamp, Store, StoreError, TenantStore, audit, from_json, parse};
use domain::notices::ChannelName;
use domain::requests::ApprovalRule;
use domain::spelling::spelled;
use sqlx::AnyConnection;
use time::OffsetDateTime;

spelled! {
    /// What a setting is.
    pub enum SettingKind ("kind of a setting") {
        /// Its name is a [`ChannelName`], and its value sealed.
        Channel = "channel",
        /// Its value is JSON.
        Rule = "rule",
    }
}

/// One of them, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSetting {
    pub name: String,
    pub value: Vec<u8>,
    pub is_on: bool,
    /// From 1; one more with each change.
    pub version: u32,
    pub changed_at: OffsetDateTime,
    /// The name of who did.
    pub changed_by: String,
}

/// Which one somebody changes, and what they had before them.
#[derive(Debug, Clone, Copy)]
pub struct SettingChange<'c> {
    pub kind: SettingKind,
    pub name: &'c str,
    /// The version that was seen; 0: there was none.
    pub seen: u32,
    pub at: OffsetDateTime,
    /// The name of who does.
    pub by: &'c str,
    /// The configuration has one of this name, and that is the one that is used.
    pub pinned: bool,
}

/// What came of keeping one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKept {
    Kept,
    /// There are as many as there may be.
    Full,
    /// It is not what was seen.
    Overtaken,
}

/// What of one is another.
enum Over<'o> {
    Value(&'o [u8]),
    IsOn(bool),
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    value: Vec<u8>,
    is_on: i64,
    version: i64,
    changed_at: Stamp,
    changed_by: String,
}

impl From<Row> for KeptSetting {
    fn from(row: Row) -> Self {
        Self {
            name: row.name,
            value: row.value,
            is_on: row.is_on != 0,
            version: u32::try_from(row.version).unwrap_or(u32::MAX),
            changed_at: row.changed_at.0,
            changed_by: row.changed_by,
        }
    }
}

/// What the value of a rule says.
///
/// # Errors
/// Where a later version has written it.
pub fn rule_from(row: &KeptSetting) -> Result<ApprovalRule, StoreError> {
    from_json("approval rule", &String::from_utf8_lossy(&row.value))
}

impl Store {
    /// Whether any tenant has a setting of this kind that is used.
    pub async fn has_settings(&self, kind: SettingKind) -> Result<bool, StoreError> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM kept_settings WHERE kind = $1 AND is_on = 1")
            .bind(kind.as_str())
            .fetch_one(&self.pool)
            .await?;
        Ok(count > 0)
    }
}

impl TenantStore {
    /// All of a kind, by name: there are never many.
    pub async fn kept_settings(&self, kind: SettingKind) -> Result<Vec<KeptSetting>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT name, value, is_on, version, changed_at, changed_by FROM kept_settings
             WHERE tenant_id = $1 AND kind = $2 ORDER BY name",
        )
        .bind(self.tenant)
        .bind(kind.as_str())
        .fetch_all(&self.store.pool)
        .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// The version of one that is used; `None`: it is switched off, or gone.
    pub async fn setting_in_use(&self, kind: SettingKind, name: &str) -> Result<Option<u32>, StoreError> {
        let version: Option<i64> = sqlx::query_scalar(
            "SELECT version FROM kept_settings WHERE tenant_id = $1 AND kind = $2 AND name = $3 AND is_on = 1",
        )
        .bind(self.tenant)
        .bind(kind.as_str())
        .bind(name)
        .fetch_optional(&self.store.pool)
        .await?;
        Ok(version.and_then(|version| u32::try_from(version).ok()))
    }

    /// A new one, which is used at once, or another value for the one that was seen. `most`: of this kind.
    pub async fn keep_setting(
        &self,
        change: &SettingChange<'_>,
        value: &[u8],
        most: u32,
        entry: &AuditEntry,
    ) -> Result<SettingKept, StoreError> {
        let mut transaction = self.store.begin().await?;
        let written = if change.seen == 0 {
            // What others add meanwhile would not be counted.
            self.add_alone(&mut transaction, change.kind).await?;
            let there: i64 =
                sqlx::query_scalar("SELECT count(*) FROM kept_settings WHERE tenant_id = $1 AND kind = $2")
                    .bind(self.tenant)
                    .bind(change.kind.as_str())
                    .fetch_one(&mut *transaction)
                    .await?;
            if there >= i64::from(most) {
                return Ok(SettingKept::Full);
            }
            let added = sqlx::query(
                "INSERT INTO kept_settings (tenant_id, kind, name, value, is_on, version, changed_at, changed_by)
                 VALUES ($1, $2, $3, $4, 1, 1, $5, $6) ON CONFLICT (tenant_id, kind, name) DO NOTHING",
            )
            .bind(self.tenant)
            .bind(change.kind.as_str())
            .bind(change.name)
            .bind(value)
            .bind(Stamp(change.at))
            .bind(change.by)
            .execute(&mut *transaction)
            .await?;
            added.rows_affected() > 0
        } else {
            self.write_over(&mut transaction, change, Over::Value(value)).await?
        };
        if !written {
            return Ok(SettingKept::Overtaken);
        }
        audit::write(&mut *transaction, self.tenant, entry).await?;
        transaction.commit().await?;
        Ok(SettingKept::Kept)
    }

    /// `false`, and nothing changed, where it is not what was seen. What waits for a channel that is switched off is not sent any
    /// more.
    pub async fn switch_setting(
        &self,
        change: &SettingChange<'_>,
        on: bool,
        entry: &AuditEntry,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        if !self.write_over(&mut transaction, change, Over::IsOn(on)).await? {
            return Ok(false);
        }
        if !on {
            self.not_used_any_more(&mut transaction, change).await?;
        }
        audit::write(&mut *transaction, self.tenant, entry).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// `false`, and nothing changed, where it is not what was seen.
    pub async fn remove_setting(&self, change: &SettingChange<'_>, entry: &AuditEntry) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        let removed =
            sqlx::query("DELETE FROM kept_settings WHERE tenant_id = $1 AND kind = $2 AND name = $3 AND version = $4")
                .bind(self.tenant)
                .bind(change.kind.as_str())
                .bind(change.name)
                .bind(i64::from(change.seen))
                .execute(&mut *transaction)
                .await?;
        if removed.rows_affected() == 0 {
            return Ok(false);
        }
        self.not_used_any_more(&mut transaction, change).await?;
        audit::write(&mut *transaction, self.tenant, entry).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Until the transaction ends, nobody else adds one of this kind. SQLite's has the whole file to itself.
    async fn add_alone(&self, connection: &mut AnyConnection, kind: SettingKind) -> Result<(), StoreError> {
        if self.store.engine() == Engine::Postgres {
            sqlx::query("SELECT CAST(pg_advisory_xact_lock(hashtextextended($1, 2)) AS TEXT)")
                .bind(format!("{}/{kind}", self.tenant.0))
                .execute(connection)
                .await?;
        }
        Ok(())
    }

    /// `false`, and nothing changed, where it is not what was seen.
    async fn write_over(
        &self,
        connection: &mut AnyConnection,
        change: &SettingChange<'_>,
        what: Over<'_>,
    ) -> Result<bool, StoreError> {
        let mut sql = Sql::new("UPDATE kept_settings SET version = version + 1, changed_at = ");
        sql.bind(Stamp(change.at)).push(", changed_by = ").bind(change.by.to_owned());
        match what {
            Over::Value(value) => sql.push(", value = ").bind(value.to_vec()),
            Over::IsOn(on) => sql.push(", is_on = ").bind(i64::from(on)),
        };
        sql.push(" WHERE tenant_id = ").bind(self.tenant).push(" AND kind = ").bind(change.kind.as_str());
        sql.push(" AND name = ").bind(change.name.to_owned()).push(" AND version = ").bind(i64::from(change.seen));
        Ok(sql.query()?.execute(connection).await?.rows_affected() > 0)
    }

    async fn not_used_any_more(
        &self,
        connection: &mut AnyConnection,
        change: &SettingChange<'_>,
    ) -> Result<(), StoreError> {
        match change.kind {
            SettingKind::Channel if !change.pinned => {
                let name: ChannelName = parse("name of a channel", change.name)?;
                forget_channel(connection, self.tenant, &name).await
            }
            SettingKind::Channel | SettingKind::Rule => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::databases::on_both;
    use domain::audit::{AuditAction, AuditOutcome};
    use domain::ids::TenantId;
    use domain::notices::{Audience, DeliveryState, Notice, NoticeFacts};
    use domain::settings::SettingAct;
    use time::macros::datetime;
    use uuid::Uuid;

    const AT: OffsetDateTime = datetime!(2026-11-30 08:00 UTC);

    fn change(kind: SettingKind, name: &str, seen: u32) -> SettingChange<'_> {
        SettingChange { kind, name, seen, at: AT, by: "Mara", pinned: false }
    }

    #[tokio::test]
    async fn a_setting_changes_only_for_who_has_seen_it_as_it_is() {
        on_both(async |database| {
            let store = database.store().await.of(TenantId::new(Uuid::from_u128(1)));
            let kind = SettingKind::Rule;
            let entry = AuditEntry::new(None, AT, AuditAction::Rule(SettingAct::Added), AuditOutcome::Recorded);
            let keep = async |name: &str, seen, value: &[u8]| {
                store.keep_setting(&change(kind, name, seen), value, 2, &entry).await.unwrap()
            };
            assert_eq!(keep("b", 0, b"1").await, SettingKept::Kept);
            assert_eq!(keep("b", 0, b"2").await, SettingKept::Overtaken, "there is one");
            assert_eq!(keep("c", 3, b"2").await, SettingKept::Overtaken, "there is none");
            assert_eq!(keep("a", 0, b"1").await, SettingKept::Kept);
            assert_eq!(keep("c", 0, b"1").await, SettingKept::Full);
            assert_eq!(keep("b", 1, b"3").await, SettingKept::Kept, "a change takes no place");
            assert!(!store.switch_setting(&change(kind, "b", 1), false, &entry).await.unwrap());
            assert!(store.switch_setting(&change(kind, "b", 2), false, &entry).await.unwrap());
            assert_eq!(store.setting_in_use(kind, "b").await.unwrap(), None);
            assert_eq!(store.setting_in_use(kind, "a").await.unwrap(), Some(1));
            assert_eq!(store.setting_in_use(SettingKind::Channel, "a").await.unwrap(), None, "of another kind");
            let kept = store.kept_settings(kind).await.unwrap();
            let seen = |one: &KeptSetting| (one.name.clone(), one.value.clone(), one.is_on, one.version);
            let expected = [("a".to_owned(), b"1".to_vec(), true, 1), ("b".to_owned(), b"3".to_vec(), false, 3)];
            assert_eq!(kept.iter().map(seen).collect::<Vec<_>>(), expected);
            assert!(!store.remove_setting(&change(kind, "b", 2), &entry).await.unwrap());
            assert!(store.remove_setting(&change(kind, "b", 3), &entry).await.unwrap());
            assert_eq!(store.kept_settings(kind).await.unwrap().len(), 1);
        })
        .await;
    }

    #[tokio::test]
    async fn however_many_add_at_once_there_are_never_more_than_there_may_be() {
        on_both(async |database| {
            let store = database.store().await.of(TenantId::new(Uuid::from_u128(1)));
            let entry = AuditEntry::new(None, AT, AuditAction::Rule(SettingAct::Added), AuditOutcome::Recorded);
            let names: Vec<String> = (0..12).map(|n| format!("rule {n}")).collect();
            let keep = async |name: &String| {
                store.keep_setting(&change(SettingKind::Rule, name, 0), b"1", 3, &entry).await.unwrap()
            };
            let kept = futures_util::future::join_all(names.iter().map(keep)).await;
            assert_eq!(kept.iter().filter(|kept| **kept == SettingKept::Kept).count(), 3, "{kept:?}");
            assert!(kept.iter().all(|kept| matches!(kept, SettingKept::Kept | SettingKept::Full)), "{kept:?}");
            assert_eq!(store.kept_settings(SettingKind::Rule).await.unwrap().len(), 3);
        })
        .await;
    }

    #[tokio::test]
    async fn what_waits_for_a_channel_ends_with_it_and_not_with_a_rule_of_its_name() {
        on_both(async |database| {
            let store = database.store().await.of(TenantId::new(Uuid::from_u128(1)));
            let entry = AuditEntry::new(None, AT, AuditAction::Channel(SettingAct::Added), AuditOutcome::Recorded);
            let name: ChannelName = "ops".parse().unwrap();
            let notice = Notice::new(store.tenant(), Audience::Admins, NoticeFacts::Test, "1", AT);
            store.post_notice(&notice, AT).await.unwrap();
            store.spread_notices(&[(notice.id, vec![name.clone()])], AT).await.unwrap();
            store.hold_channel(&name, AT).await.unwrap();
            for kind in [SettingKind::Rule, SettingKind::Channel] {
                let first = change(kind, "ops", 0);
                assert_eq!(store.keep_setting(&first, b"x", 9, &entry).await.unwrap(), SettingKept::Kept);
            }
            let state = async || store.deliveries(0, 9).await.unwrap().items[0].state;
            assert!(store.remove_setting(&change(SettingKind::Rule, "ops", 1), &entry).await.unwrap());
            assert_eq!(state().await, DeliveryState::Waiting);
            let pinned = SettingChange { pinned: true, ..change(SettingKind::Channel, "ops", 1) };
            assert!(store.switch_setting(&pinned, false, &entry).await.unwrap());
            assert_eq!(state().await, DeliveryState::Waiting, "it is for the one of the configuration");
            assert!(store.switch_setting(&change(SettingKind::Channel, "ops", 2), false, &entry).await.unwrap());
            assert_eq!(state().await, DeliveryState::Disabled);
            assert_eq!(store.channel_standing(&name).await.unwrap().failures, 0, "it begins anew");
        })
        .await;
    }
}
