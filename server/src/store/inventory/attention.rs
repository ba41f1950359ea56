//! Why somebody should look at objects, as rows that one index counts and puts in an order.

use super::keep::{Keeping, among};
use crate::store::sql::{ROWS, Sql};
use crate::store::{Id, Stamp, StoreError, TenantStore, Transaction};
use domain::credentials::Subject;
use domain::inventory::{Attention, AttentionKind, LifetimePolicy, attentions};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use time::macros::datetime;

/// In place of "always before" and "for ever": text that sorts before and after every time.
pub(super) const ALWAYS: OffsetDateTime = datetime!(0001-01-01 00:00 UTC);
pub(super) const FOR_EVER: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);

/// A span in which the same spans hold from its beginning to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    from: OffsetDateTime,
    until: OffsetDateTime,
    /// The first of their ends.
    worst_until: OffsetDateTime,
    /// The first of their beginnings.
    worst_from: OffsetDateTime,
}

/// Spans of one reason, cut where one of them begins or ends: none of the pieces overlaps another.
fn pieces(spans: &[(OffsetDateTime, OffsetDateTime)]) -> Vec<Piece> {
    let mut cuts: Vec<OffsetDateTime> = spans.iter().flat_map(|(from, until)| [*from, *until]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let piece = |cut: &[OffsetDateTime]| {
        let [from, until] = *cut else { return None };
        let over = || spans.iter().filter(|span| span.0 <= from && until <= span.1);
        let (worst_until, worst_from) = (over().map(|span| span.1).min()?, over().map(|span| span.0).min()?);
        Some(Piece { from, until, worst_until, worst_from })
    };
    cuts.windows(2).filter_map(piece).collect()
}

fn pieces_of(found: &[Attention]) -> Vec<(AttentionKind, Piece)> {
    let mut kinds: BTreeMap<AttentionKind, Vec<(OffsetDateTime, OffsetDateTime)>> = BTreeMap::new();
    for one in found {
        kinds.entry(one.kind).or_default().push((one.from.unwrap_or(ALWAYS), one.until.unwrap_or(FOR_EVER)));
    }
    kinds.iter().flat_map(|(kind, spans)| pieces(spans).into_iter().map(move |piece| (*kind, piece))).collect()
}

impl TenantStore {
    /// Of objects whose rows were just forgotten. What was put aside counts until [`Self::settle_items`], which has to follow.
    pub(super) async fn write_attentions(
        &self,
        transaction: &mut Transaction,
        rows: &[Keeping],
        policy: &LifetimePolicy,
    ) -> Result<(), StoreError> {
        let found: Vec<(Subject, String, AttentionKind, Piece)> = rows
            .iter()
            .flat_map(|row| {
                let (subject, folded) = (row.object.subject, row.object.name.to_lowercase());
                let pieces = pieces_of(&attentions(&row.object, policy)).into_iter();
                pieces.map(move |(kind, piece)| (subject, folded.clone(), kind, piece))
            })
            .collect();
        for found in found.chunks(ROWS) {
            let mut sql = Sql::new(
                "INSERT INTO inventory_attention
                    (tenant_id, attention, kind, object_id, folded, from_at, until_at, worst_until, worst_from)",
            );
            sql.values(found, |row, (subject, folded, kind, piece)| {
                row.bind(self.tenant).bind(kind.as_str()).bind(subject.kind.as_str()).bind(Id(subject.id));
                row.bind(folded.clone()).bind(Stamp(piece.from)).bind(Stamp(piece.until));
                row.bind(Stamp(piece.worst_until)).bind(Stamp(piece.worst_from));
            });
            sql.query()?.execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// Of objects whose attentions were just written: what changed and is not acknowledged is one of them.
    pub(super) async fn attend_to_changes(
        &self,
        transaction: &mut Transaction,
        subjects: &[Subject],
    ) -> Result<(), StoreError> {
        let mut sql = Sql::new(
            "INSERT INTO inventory_attention
                (tenant_id, attention, kind, object_id, folded, from_at, until_at, worst_until, worst_from)
             SELECT c.tenant_id, ",
        );
        sql.bind(AttentionKind::ChangedElsewhere.as_str());
        sql.push(", c.kind, c.object_id, min(i.folded), min(c.found_at), ").bind(Stamp(FOR_EVER)).push(", ");
        sql.bind(Stamp(FOR_EVER)).push(
            ", min(c.found_at) FROM inventory_changes AS c JOIN inventory_objects AS i
                ON i.tenant_id = c.tenant_id AND i.kind = c.kind AND i.object_id = c.object_id
             WHERE c.acknowledged_at IS NULL AND i.gone_at IS NULL AND c.number IN
                (SELECT number FROM inventory_changes WHERE acknowledged_at IS NULL AND tenant_id = ",
        );
        sql.bind(self.tenant);
        among(&mut sql, subjects);
        sql.push(") GROUP BY c.tenant_id, c.kind, c.object_id");
        sql.query()?.execute(&mut **transaction).await?;
        Ok(())
    }

    /// A decision goes with its reason: where the reason comes back, nobody has decided about that. What is left and put
    /// aside is out of the count.
    pub(super) async fn settle_items(
        &self,
        transaction: &mut Transaction,
        subjects: &[Subject],
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        if subjects.is_empty() {
            return Ok(());
        }
        let mut sql = Sql::new("DELETE FROM inventory_items WHERE tenant_id = ");
        sql.bind(self.tenant);
        among(&mut sql, subjects);
        sql.push(
            " AND NOT EXISTS (SELECT 1 FROM inventory_attention AS a WHERE a.tenant_id = inventory_items.tenant_id
                AND a.kind = inventory_items.kind AND a.object_id = inventory_items.object_id
                AND a.attention = inventory_items.attention AND a.from_at <= ",
        );
        sql.bind(Stamp(at)).push(" AND a.until_at > ").bind(Stamp(at)).push(")");
        sql.query()?.execute(&mut **transaction).await?;
        let mut sql = Sql::new(
            "UPDATE inventory_attention SET aside_until =
                (SELECT t.aside_until FROM inventory_items AS t WHERE t.tenant_id = inventory_attention.tenant_id
                    AND t.attention = inventory_attention.attention AND t.kind = inventory_attention.kind
                    AND t.object_id = inventory_attention.object_id)
             WHERE tenant_id = ",
        );
        sql.bind(self.tenant);
        among(&mut sql, subjects);
        sql.push(
            " AND EXISTS (SELECT 1 FROM inventory_items AS t WHERE t.tenant_id = inventory_attention.tenant_id
                AND t.attention = inventory_attention.attention AND t.kind = inventory_attention.kind
                AND t.object_id = inventory_attention.object_id AND t.aside_until IS NOT NULL)",
        );
        sql.query()?.execute(&mut **transaction).await?;
        Ok(())
    }
}

/// `AND` it holds, and is not put aside.
pub(super) fn counted(sql: &mut Sql, now: OffsetDateTime) {
    holds(sql, now);
    sql.push(" AND aside_until <= ").bind(Stamp(now));
}

/// `AND` it holds, put aside or not.
pub(super) fn holds(sql: &mut Sql, now: OffsetDateTime) {
    sql.push(" AND from_at <= ").bind(Stamp(now)).push(" AND until_at > ").bind(Stamp(now));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i64) -> OffsetDateTime {
        datetime!(2026-11-28 0:00 UTC) + time::Duration::days(day)
    }

    fn cut(spans: &[(i64, i64)]) -> Vec<(i64, i64, i64, i64)> {
        let spans: Vec<_> = spans.iter().map(|(from, until)| (day(*from), day(*until))).collect();
        let number = |at: OffsetDateTime| (at - day(0)).whole_days();
        let row = |one: Piece| [one.from, one.until, one.worst_until, one.worst_from].map(number);
        pieces(&spans).into_iter().map(row).map(|[a, b, c, d]| (a, b, c, d)).collect()
    }

    #[test]
    fn spans_that_overlap_are_cut_and_keep_what_is_worst() {
        assert_eq!(cut(&[(0, 7)]), [(0, 7, 7, 0)]);
        assert_eq!(cut(&[(0, 7), (3, 10)]), [(0, 3, 7, 0), (3, 7, 7, 0), (7, 10, 10, 3)]);
        assert_eq!(cut(&[(0, 2), (5, 6)]), [(0, 2, 2, 0), (5, 6, 6, 5)], "and in between there is nothing");
        assert_eq!(cut(&[(0, 2), (0, 2)]), [(0, 2, 2, 0)]);
        assert_eq!(cut(&[]), []);
    }
}
