//! Times as both databases keep them.

use sqlx::any::{AnyTypeInfo, AnyValueRef};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Any, Database, Decode, Encode, Type};
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

/// RFC 3339 in UTC, always with nine digits of fraction: as text it sorts and compares as the time does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stamp(pub(crate) OffsetDateTime);

const WRITTEN: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:9]Z");

impl Type<Any> for Stamp {
    fn type_info() -> AnyTypeInfo {
        <String as Type<Any>>::type_info()
    }

    fn compatible(info: &AnyTypeInfo) -> bool {
        <String as Type<Any>>::compatible(info)
    }
}

impl Encode<'_, Any> for Stamp {
    fn encode_by_ref(&self, buffer: &mut <Any as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Any>::encode(self.0.to_offset(UtcOffset::UTC).format(WRITTEN)?, buffer)
    }
}

impl Decode<'_, Any> for Stamp {
    fn decode(value: AnyValueRef<'_>) -> Result<Self, BoxDynError> {
        let text = <String as Decode<Any>>::decode(value)?;
        Ok(Self(OffsetDateTime::parse(&text, &Rfc3339)?))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use time::macros::datetime;

    #[test]
    fn as_text_they_sort_as_times_do() {
        let times = [
            datetime!(2026-11-24 11:59:59.999999999 UTC),
            datetime!(2026-11-24 13:00 +1),
            datetime!(2026-11-24 12:00:00.000000001 UTC),
            datetime!(2026-11-24 12:00:00.5 UTC),
            datetime!(2026-11-24 12:00:01 UTC),
        ];
        let written = times.map(|at| at.to_offset(UtcOffset::UTC).format(WRITTEN).unwrap());
        assert_eq!(written[1], "2026-11-24T12:00:00.000000000Z");
        assert!(written.is_sorted(), "{written:?}");
        for (text, at) in written.iter().zip(times) {
            assert_eq!(OffsetDateTime::parse(text, &Rfc3339).unwrap(), at);
        }
    }
}
