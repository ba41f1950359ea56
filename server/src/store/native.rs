//! The database's address for a library that connects by itself, with sqlx's own drivers.

use super::{Address, Engine, Store, StoreError};
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

/// An [`Address`] in the form of its database's driver.
#[derive(Debug, Clone)]
pub enum Native {
    Sqlite {
        options: SqliteConnectOptions,
        /// Each connection has a database of its own.
        in_memory: bool,
    },
    Postgres(PgConnectOptions),
}

impl Address {
    /// # Errors
    /// None that reading the address has not told already.
    pub fn native(&self) -> Result<Native, StoreError> {
        let url = &self.options().database_url;
        Ok(match self.engine() {
            Engine::Sqlite => {
                Native::Sqlite { options: SqliteConnectOptions::from_url(url)?, in_memory: self.in_memory() }
            }
            Engine::Postgres => Native::Postgres(PgConnectOptions::from_url(url)?),
        })
    }
}

impl Store {
    /// Where its database is.
    pub fn address(&self) -> &Address {
        &self.address
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use std::path::Path;

    #[test]
    fn says_the_same_as_the_address() {
        let native = |text: &str| text.parse::<Address>().unwrap().native().unwrap();
        match native("/var/lib/thumbprint/thumb print?.sqlite") {
            Native::Sqlite { options, in_memory: false } => {
                assert_eq!(options.get_filename(), Path::new("/var/lib/thumbprint/thumb print?.sqlite"));
            }
            other @ (Native::Postgres(_) | Native::Sqlite { .. }) => panic!("{other:?}"),
        }
        assert!(matches!(native("sqlite::memory:"), Native::Sqlite { in_memory: true, .. }));
        match native("postgres://thumbprint@db.example.com:5433/desk?sslmode=verify-full") {
            Native::Postgres(options) => {
                assert_eq!((options.get_host(), options.get_port()), ("db.example.com", 5433));
                assert_eq!((options.get_username(), options.get_database()), ("thumbprint", Some("desk")));
            }
            other @ Native::Sqlite { .. } => panic!("{other:?}"),
        }
    }
}
