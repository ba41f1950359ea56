//! Credentials one by one, whatever has them.

use super::keep::Keeping;
use super::query::{InventoryQuery, InventoryRow, InventorySort, Ownership, Row, held, named, named_alone, ordered};
use crate::store::sql::{ROWS, Sql};
use crate::store::{Id, Rows, Stamp, StoreError, TenantStore, Transaction, parse};
use domain::credentials::{CredentialKind, Subject};
use domain::inventory::{HeldCertificate, HeldSecret, InventoryObject, Trust};
use futures_util::TryStreamExt as _;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

/// In place of an end that there is not, or that is not known: no end that Graph may send is as late.
pub(super) const NO_END: OffsetDateTime = datetime!(9999-12-31 23:59:59.999999999 UTC);
/// Of an end that Graph sends.
const LAST_END: OffsetDateTime = datetime!(9999-12-31 23:59:59 UTC);

/// A credential with the object that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryCredential {
    pub row: InventoryRow,
    /// One of the object's.
    pub held: Held,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    Certificate(HeldCertificate),
    Secret(HeldSecret),
    Federated(Trust),
}

fn find(object: &InventoryObject, kind: CredentialKind, place: usize) -> Option<Held> {
    match kind {
        CredentialKind::Certificate => object.certificates.readable.get(place).cloned().map(Held::Certificate),
        CredentialKind::Secret => object.secrets.readable.get(place).cloned().map(Held::Secret),
        CredentialKind::Federated => object.trusts.known()?.readable.get(place).cloned().map(Held::Federated),
    }
}

#[derive(sqlx::FromRow)]
struct CredentialRow {
    credential: String,
    place: i64,
    #[sqlx(flatten)]
    object: Row,
}

impl TryFrom<CredentialRow> for InventoryCredential {
    type Error = StoreError;

    fn try_from(row: CredentialRow) -> Result<Self, StoreError> {
        let kind = parse("kind of credential", &row.credential)?;
        let object: InventoryRow = row.object.try_into()?;
        let held = usize::try_from(row.place).ok().and_then(|place| find(&object.object, kind, place));
        let held = held.ok_or_else(|| StoreError::Damaged(format!("{kind} {} of an object", row.place)))?;
        Ok(Self { row: object, held })
    }
}

/// What follows the column by which credentials are sorted.
const ASCENDING: &str = ", c.kind, c.object_id, c.credential, c.place";
const DESCENDING: &str = " DESC, c.kind DESC, c.object_id DESC, c.credential DESC, c.place DESC";

impl TenantStore {
    /// The credentials that the query finds, and how many there are in all: of the whole directory that may be a minute old.
    pub async fn inventory_credentials(
        &self,
        query: &InventoryQuery,
        now: OffsetDateTime,
    ) -> Result<Rows<InventoryCredential>, StoreError> {
        let total = self.number_of_credentials(query, now).await?;
        let mut items = vec![];
        self.each_inventory_credential(query, now, |credential| items.push(credential)).await?;
        Ok(Rows { items, total })
    }

    /// How many the query finds; where it begins, and how many it takes, counts for nothing.
    pub async fn count_inventory_credentials(
        &self,
        query: &InventoryQuery,
        now: OffsetDateTime,
    ) -> Result<u64, StoreError> {
        let mut count = Sql::new("SELECT count(*) FROM inventory_credentials AS c");
        self.narrow(&mut count, query, now);
        let total: i64 = count.scalar()?.fetch_one(&self.store.pool).await?;
        Ok(u64::try_from(total).unwrap_or_default())
    }

    /// Each of them, as one statement finds them.
    pub async fn each_inventory_credential(
        &self,
        query: &InventoryQuery,
        now: OffsetDateTime,
        mut take: impl FnMut(InventoryCredential) + Send,
    ) -> Result<(), StoreError> {
        let mut sql = Sql::new(
            "SELECT c.credential, c.place, i.content, i.first_seen, i.seen_at, i.gone_at
             FROM inventory_credentials AS c JOIN inventory_objects AS i
                ON i.tenant_id = c.tenant_id AND i.kind = c.kind AND i.object_id = c.object_id",
        );
        self.narrow(&mut sql, query, now);
        let (first, then) = match query.sort {
            InventorySort::End | InventorySort::Newest => ("c.end_at", ASCENDING),
            InventorySort::EndDescending => ("c.end_at", DESCENDING),
            InventorySort::Name => ("c.folded", ASCENDING),
            InventorySort::NameDescending => ("c.folded", DESCENDING),
        };
        ordered(&mut sql, query.within.as_ref(), first, then);
        query.cut(&mut sql);
        let mut rows = sql.rows::<CredentialRow>()?.fetch(&self.store.pool);
        while let Some(row) = rows.try_next().await? {
            take(row.try_into()?);
        }
        Ok(())
    }

    /// Of the table of credentials alone, so that they are counted without a look at any object.
    pub(super) fn narrow(&self, sql: &mut Sql, query: &InventoryQuery, now: OffsetDateTime) {
        sql.push(" WHERE c.tenant_id = ").bind(self.tenant);
        if let Some(kind) = query.kind {
            sql.push(" AND c.kind = ").bind(kind.as_str());
        }
        held(sql, query, now);
        let subject = " AND (c.kind, c.object_id) IN (";
        self.scoped(sql, subject, query);
        named_alone(sql, subject, query);
        self.attended(sql, subject, query, now);
        named(sql, " AND c.folded", query);
        if let Some(ownership) = query.ownership {
            sql.push(" AND c.ownership = ").bind(ownership.as_str());
        }
    }

    pub(super) async fn write_credentials(
        &self,
        transaction: &mut Transaction,
        rows: &[Keeping],
    ) -> Result<(), StoreError> {
        let found: Vec<_> = rows
            .iter()
            .flat_map(|row| spans(&row.object).map(move |(kind, place, span)| (&row.object, kind, place, span)))
            .collect();
        for found in found.chunks(ROWS) {
            let mut sql = Sql::new(
                "INSERT INTO inventory_credentials
                    (tenant_id, kind, object_id, credential, place, folded, end_at, ownership, thumbprint, issuer, start_at,
                     lifetime_days)",
            );
            sql.values(found, |row, (object, kind, place, (start, end))| {
                let Subject { kind: holder, id } = object.subject;
                row.bind(self.tenant).bind(holder.as_str()).bind(Id(id)).bind(kind.as_str());
                row.bind(i64::try_from(*place).unwrap_or(i64::MAX)).bind(object.name.to_lowercase());
                row.bind(Stamp(end.map_or(NO_END, |end| end.min(LAST_END)))).bind(Ownership::of(object).as_str());
                let certificate = certificate(object, *kind, *place);
                row.bind(certificate.and_then(|one| one.thumbprint).map(|thumbprint| thumbprint.hex()));
                row.bind(certificate.and_then(|one| one.seen.as_ref()).map(|seen| seen.issuer.clone()));
                row.bind(start.map(Stamp)).bind(lifetime_days(*start, *end));
            });
            sql.query()?.execute(&mut **transaction).await?;
        }
        Ok(())
    }
}

fn certificate(object: &InventoryObject, kind: CredentialKind, place: usize) -> Option<&HeldCertificate> {
    object.certificates.readable.get(place).filter(|_| kind == CredentialKind::Certificate)
}

/// Begun days count as whole ones. `None` where either is not known.
fn lifetime_days(start: Option<OffsetDateTime>, end: Option<OffsetDateTime>) -> Option<i64> {
    let lasts = end? - start?;
    let whole = lasts.whole_days();
    Some(if lasts > Duration::days(whole) { whole + 1 } else { whole })
}

/// When it begins and ends, as far as that is known.
type Span = (Option<OffsetDateTime>, Option<OffsetDateTime>);

/// Kind, place, beginning and end of each.
fn spans(object: &InventoryObject) -> impl Iterator<Item = (CredentialKind, usize, Span)> {
    let certificates =
        object.certificates.readable.iter().map(|one| (CredentialKind::Certificate, (one.start, one.end)));
    let secrets = object.secrets.readable.iter().map(|one| (CredentialKind::Secret, (one.start, one.end)));
    let trusts = object.trusts.known().map_or(&[][..], |trusts| &trusts.readable);
    let trusts = trusts.iter().map(|_| (CredentialKind::Federated, (None, None)));
    let numbered = |(place, (kind, span))| (kind, place, span);
    certificates
        .enumerate()
        .map(numbered)
        .chain(secrets.enumerate().map(numbered))
        .chain(trusts.enumerate().map(numbered))
}
