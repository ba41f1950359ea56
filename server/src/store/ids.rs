//! Ids as both databases keep them: as text, in the one spelling that the newtype itself writes.

use domain::ids::{AppId, KeyId, ObjectId, TenantId};
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use sqlx::any::{AnyTypeInfo, AnyValueRef};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Any, Database, Decode, Encode, Type};
use std::fmt::Display;
use std::str::FromStr;
use uuid::Uuid;

/// What may be an [`Id`]: its `Display` has one spelling, so that equal ids are equal as text. GUIDs are lower-case with
/// hyphens, thumbprints upper-case hexadecimal.
pub(super) trait Spelled: Display + FromStr {
    /// As an error names it.
    const WHAT: &str;
}

macro_rules! spelled {
    ($($id:ty: $what:literal),+ $(,)?) => {
        $(impl Spelled for $id {
            const WHAT: &str = $what;
        })+
    };
}

spelled! {
    AppId: "app id",
    KeyId: "key id",
    ObjectId: "object id",
    TenantId: "tenant id",
    Uuid: "id",
    Thumbprint: "SHA-1 thumbprint",
    Sha256Thumbprint: "SHA-256 thumbprint",
}

/// An id in a statement or a row. The ids are another crate's, and so is sqlx: neither can be taught the other without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Id<T>(pub(super) T);

impl<T> Type<Any> for Id<T> {
    fn type_info() -> AnyTypeInfo {
        <String as Type<Any>>::type_info()
    }

    fn compatible(info: &AnyTypeInfo) -> bool {
        <String as Type<Any>>::compatible(info)
    }
}

impl<T: Spelled> Encode<'_, Any> for Id<T> {
    fn encode_by_ref(&self, buffer: &mut <Any as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Any>::encode(self.0.to_string(), buffer)
    }
}

impl<'r, T: Spelled> Decode<'r, Any> for Id<T> {
    fn decode(value: AnyValueRef<'r>) -> Result<Self, BoxDynError> {
        let text = <&str as Decode<Any>>::decode(value)?;
        text.parse().map(Self).map_err(|_| format!("“{text}” is no {}", T::WHAT).into())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::store::StoreError;
    use crate::store::databases::on_both;

    #[tokio::test]
    async fn an_id_is_the_same_text_on_both_and_comes_back() {
        on_both(async |database| {
            let store = database.store().await;
            let key = KeyId::new(Uuid::from_u128(0xabc));
            let sha1: Thumbprint = "a538d00e8727ec5814e2fb107b3136376f22695b".parse().unwrap();
            let row: (String, String, Id<KeyId>, Id<Thumbprint>) = sqlx::query_as("SELECT $1, $2, $1, $2")
                .bind(Id(key))
                .bind(Id(sha1))
                .fetch_one(store.pool())
                .await
                .unwrap();
            assert_eq!(row.0, "00000000-0000-0000-0000-000000000abc");
            assert_eq!(row.1, "A538D00E8727EC5814E2FB107B3136376F22695B");
            assert_eq!((row.2, row.3), (Id(key), Id(sha1)));
            let none: (Option<Id<KeyId>>,) =
                sqlx::query_as("SELECT $1").bind(None::<Id<KeyId>>).fetch_one(store.pool()).await.unwrap();
            assert_eq!(none.0, None);
            let read = sqlx::query_scalar::<_, Id<ObjectId>>("SELECT $1").bind("payroll").fetch_one(store.pool()).await;
            let error = StoreError::from(read.unwrap_err());
            assert!(
                matches!(&error, StoreError::Damaged(what) if what.contains("“payroll” is no object id")),
                "{error:?}"
            );
        })
        .await;
    }
}
