//! How many credentials there were on a day: a few rows for each day on which a pass came to its end, and no credential.

use super::credentials::NO_END;
use crate::store::sql::Sql;
use crate::store::{Stamp, Store, StoreError, TenantStore, Transaction, parse};
use domain::credentials::{CredentialKind, SubjectKind};
use domain::inventory::EndStanding;
use std::collections::HashMap;
use time::{Date, OffsetDateTime, UtcOffset};

/// How many of a kind there were on a day, whatever had them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCount {
    /// Of UTC.
    pub day: Date,
    pub kind: CredentialKind,
    pub standing: EndStanding,
    pub count: u64,
}

impl Store {
    /// Of every tenant: what was counted on the days before. Answers how many rows went.
    pub async fn forget_counts_before(&self, at: OffsetDateTime) -> Result<u64, StoreError> {
        // A day is the beginning of each of its times as text, so that the day of `at` itself goes too.
        self.forget_before("DELETE FROM inventory_counts WHERE day < $1", at).await
    }
}

impl TenantStore {
    /// What there is at `at`, as of that day: a later pass of the same day has the last word.
    pub(super) async fn count_credentials(
        &self,
        transaction: &mut Transaction,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let mut sql = Sql::new("SELECT kind, credential, CASE WHEN credential = ");
        sql.bind(CredentialKind::Federated.as_str()).push(" THEN ").bind(EndStanding::Never.as_str());
        sql.push(" WHEN end_at >= ").bind(Stamp(NO_END)).push(" THEN ").bind(EndStanding::Unknown.as_str());
        sql.push(" WHEN end_at > ").bind(Stamp(at)).push(" THEN ").bind(EndStanding::Ahead.as_str());
        sql.push(" ELSE ").bind(EndStanding::Ended.as_str());
        sql.push(" END, count(*) FROM inventory_credentials WHERE tenant_id = ").bind(self.tenant);
        sql.push(" GROUP BY 1, 2, 3");
        let rows: Vec<(String, String, String, i64)> = sql.rows()?.fetch_all(&mut **transaction).await?;
        let mut found = HashMap::new();
        for (holder, kind, standing, count) in rows {
            let holder: SubjectKind = parse("kind of directory object", &holder)?;
            let kind: CredentialKind = parse("kind of credential", &kind)?;
            let standing: EndStanding = parse("standing of an end", &standing)?;
            found.insert((holder, kind, standing), count);
        }
        let measures: Vec<_> = SubjectKind::ALL
            .iter()
            .flat_map(|holder| CredentialKind::ALL.iter().map(move |kind| (*holder, *kind)))
            .flat_map(|(holder, kind)| EndStanding::of(kind).iter().map(move |standing| (holder, kind, *standing)))
            .collect();
        let day = at.to_offset(UtcOffset::UTC).date();
        let mut sql = Sql::new("INSERT INTO inventory_counts (tenant_id, day, holder, credential, standing, count)");
        sql.values(&measures, |row, (holder, kind, standing)| {
            row.bind(self.tenant).bind(day.to_string()).bind(holder.as_str()).bind(kind.as_str());
            row.bind(standing.as_str()).bind(found.get(&(*holder, *kind, *standing)).copied().unwrap_or_default());
        });
        sql.push(" ON CONFLICT (tenant_id, day, holder, credential, standing) DO UPDATE SET count = excluded.count");
        sql.query()?.execute(&mut **transaction).await?;
        Ok(())
    }

    /// Of all of the directory, for those alone who see all of it; the first day first. `from`: later days alone.
    pub async fn inventory_counts(&self, from: OffsetDateTime) -> Result<Vec<DayCount>, StoreError> {
        let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
            "SELECT day, credential, standing, CAST(sum(count) AS BIGINT) FROM inventory_counts
             WHERE tenant_id = $1 AND day > $2 GROUP BY day, credential, standing ORDER BY day, credential, standing",
        )
        .bind(self.tenant)
        .bind(Stamp(from))
        .fetch_all(&self.store.pool)
        .await?;
        let read = |(day, kind, standing, count): (String, String, String, i64)| {
            Ok(DayCount {
                day: read_day(&day)?,
                kind: parse("kind of credential", &kind)?,
                standing: parse("standing of an end", &standing)?,
                count: u64::try_from(count).unwrap_or_default(),
            })
        };
        rows.into_iter().map(read).collect()
    }
}

fn read_day(text: &str) -> Result<Date, StoreError> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    Date::parse(text, format).map_err(|_| StoreError::Damaged(format!("the day “{text}” of a count")))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::super::tests::{AT, after, filled, object, tenant};
    use super::*;
    use crate::store::databases::on_both;
    use time::Duration;

    /// Day, and how many certificates had ended and had not.
    fn certificates(counts: &[DayCount]) -> Vec<(String, u64, u64)> {
        let of = |day: Date, standing| {
            let is =
                |one: &&DayCount| (one.day, one.kind, one.standing) == (day, CredentialKind::Certificate, standing);
            counts.iter().find(is).unwrap().count
        };
        let mut days: Vec<Date> = counts.iter().map(|one| one.day).collect();
        days.dedup();
        let line = |day: Date| (day.to_string(), of(day, EndStanding::Ended), of(day, EndStanding::Ahead));
        days.into_iter().map(line).collect()
    }

    #[tokio::test]
    async fn a_day_has_one_row_for_each_measure_and_its_last_pass_has_the_last_word() {
        on_both(async |database| {
            let store = tenant(database).await;
            let pass = filled(&store).await;
            let never = AT - Duration::days(400);
            assert_eq!(store.inventory_counts(never).await.unwrap(), [], "a pass under way counts nothing");
            assert!(store.finish_inventory_pass(pass, after(1)).await.unwrap());
            let day = |text: &str, ended, ahead| (text.to_owned(), ended, ahead);
            let counts = store.inventory_counts(never).await.unwrap();
            assert_eq!(counts.len(), 7, "each measure, zero too: {counts:?}");
            assert_eq!(certificates(&counts), [day("2026-11-28", 1, 2)]);
            // Nothing is counted by a pass that was overtaken, and a later one of the day takes the earlier one's place.
            store.gone_from_inventory(&[object(3)], after(2)).await.unwrap();
            let second = store.begin_inventory_pass(after(2)).await.unwrap().number;
            assert!(!store.finish_inventory_pass(pass, after(2)).await.unwrap());
            assert_eq!(certificates(&store.inventory_counts(never).await.unwrap()), [day("2026-11-28", 1, 2)]);
            assert!(store.finish_inventory_pass(second, after(3)).await.unwrap());
            let later = AT + Duration::days(6);
            let third = store.begin_inventory_pass(later).await.unwrap().number;
            assert!(store.finish_inventory_pass(third, later).await.unwrap());
            let both = [day("2026-11-28", 1, 1), day("2026-12-04", 2, 0)];
            assert_eq!(certificates(&store.inventory_counts(never).await.unwrap()), both, "and ends go by");
            assert_eq!(certificates(&store.inventory_counts(AT).await.unwrap()), both[1..]);
            assert_eq!(database.store().await.forget_counts_before(AT).await.unwrap(), 21, "three holders, seven each");
            assert_eq!(certificates(&store.inventory_counts(never).await.unwrap()), both[1..]);
        })
        .await;
    }
}
