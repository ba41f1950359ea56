//! Statements whose shape depends on what is asked for. sqlx's own builder writes `?` for [`Any`], which PostgreSQL does
//! not take.

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::{Query, QueryAs, QueryScalar};
use sqlx::{Any, Arguments as _, AssertSqlSafe, Encode, FromRow, Type};
use std::fmt::Write as _;

/// Rows in one statement. SQLite looks each `$n` up among all that the statement has, one after the other, when it reads the
/// statement and again when the value is bound: the time grows with the square of their number. What a statement may bind at
/// all (32,766 values, 65,535 in PostgreSQL) is far away.
pub(super) const ROWS: usize = 40;

/// Text of the program's own, and values that are only ever bound.
#[derive(Default)]
pub(super) struct Sql {
    text: String,
    arguments: AnyArguments,
    failed: Option<sqlx::Error>,
}

impl Sql {
    pub(super) fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    pub(super) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Writes the value's placeholder.
    pub(super) fn bind<'v, T: Encode<'v, Any> + Type<Any>>(&mut self, value: T) -> &mut Self {
        if let Err(error) = self.arguments.add(value) {
            self.failed.get_or_insert(sqlx::Error::Encode(error));
        }
        // Writing to a string cannot fail.
        let _ = write!(self.text, "${}", self.arguments.len());
        self
    }

    /// `(…), (…)`: `row` binds one row's values.
    pub(super) fn values<T>(&mut self, rows: &[T], mut row: impl FnMut(&mut Row<'_>, &T)) -> &mut Self {
        self.push(" VALUES ");
        for (n, item) in rows.iter().enumerate() {
            self.push(if n == 0 { "(" } else { ", (" });
            row(&mut Row { sql: self, first: true }, item);
            self.push(")");
        }
        self
    }

    /// `begin`: up to and with the opening bracket of a list, of which every item is bound.
    pub(super) fn listed<'v, T, V: Encode<'v, Any> + Type<Any>>(
        &mut self,
        begin: &'static str,
        items: &[T],
        value: impl Fn(&T) -> V,
    ) -> &mut Self {
        self.push(begin);
        for (n, item) in items.iter().enumerate() {
            self.push(if n == 0 { "" } else { ", " }).bind(value(item));
        }
        self.push(")")
    }

    pub(super) fn query(self) -> Result<Query<'static, Any, AnyArguments>, sqlx::Error> {
        let (text, arguments) = self.into_parts()?;
        Ok(sqlx::query_with(text, arguments).persistent(false))
    }

    pub(super) fn rows<O>(self) -> Result<QueryAs<'static, Any, O, AnyArguments>, sqlx::Error>
    where
        O: for<'r> FromRow<'r, AnyRow>,
    {
        let (text, arguments) = self.into_parts()?;
        Ok(sqlx::query_as_with(text, arguments))
    }

    pub(super) fn scalar<O>(self) -> Result<QueryScalar<'static, Any, O, AnyArguments>, sqlx::Error>
    where
        (O,): for<'r> FromRow<'r, AnyRow>,
    {
        let (text, arguments) = self.into_parts()?;
        Ok(sqlx::query_scalar_with(text, arguments))
    }

    fn into_parts(self) -> Result<(AssertSqlSafe<String>, AnyArguments), sqlx::Error> {
        match self.failed {
            Some(error) => Err(error),
            None => Ok((AssertSqlSafe(self.text), self.arguments)),
        }
    }
}

/// One row of [`Sql::values`].
pub(super) struct Row<'s> {
    sql: &'s mut Sql,
    first: bool,
}

impl Row<'_> {
    pub(super) fn bind<'v, T: Encode<'v, Any> + Type<Any>>(&mut self, value: T) -> &mut Self {
        if !std::mem::replace(&mut self.first, false) {
            self.sql.push(", ");
        }
        self.sql.bind(value);
        self
    }
}
