//! Tables, and digests in text.

use crate::mutate::files;
use crate::run::fuzz;
use domain::csv::{Table, TableError, import};
use domain::digest_text::{elided, in_text};
use proptest::prelude::*;

/// What holds for every table.
pub fn table(text: &str) {
    let last = 1 + text.matches(['\r', '\n']).count();
    match import(text) {
        Ok(lines) => {
            for line in lines {
                assert!(
                    usize::try_from(line.number).is_ok_and(|number| (2..=last).contains(&number)),
                    "{}",
                    line.number
                );
                assert!(!line.app.is_empty());
            }
        }
        Err(TableError::BadLines(lines)) => {
            assert!(lines.iter().all(|line| line.number >= 1 && !line.why.is_empty()));
        }
        Err(error) => assert!(!error.to_string().is_empty() && !error.advice().is_empty()),
    }
}

#[test]
fn no_table_panics() {
    fuzz(files(), |bytes| {
        let text = String::from_utf8_lossy(&bytes);
        table(&text);
        table(&format!("app,certificate,display_name\n{text}"));
    });
}

#[test]
fn no_search_panics() {
    fuzz(files(), |bytes| {
        let text = String::from_utf8_lossy(&bytes);
        let _ = (in_text(&text), elided(&text));
    });
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(name in "[a-z=+@;'\"\t, -]{0,12}[a-z]") {
        const SHA1: &str = "A538D00E8727EC5814E2FB107B3136376F22695B";
        let mut table = Table::new(&["app", "certificate"]);
        table.row([name.as_str(), SHA1]);
        let lines = import(&table.into_text()).expect("a table");
        // Blanks around a name are no part of it.
        prop_assert_eq!(lines[0].app.trim(), name.trim());
    }
}
