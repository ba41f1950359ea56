//! Departments, as the directory has them of people.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Characters of `department` (<https://learn.microsoft.com/graph/api/resources/user>).
const LONGEST: usize = 64;

/// `department` of a person: one line of 1 to 64 characters, without blanks around it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Department(String);

/// The text names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a department has 1 to {LONGEST} characters on one line")]
pub struct NoDepartment;

impl Department {
    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of the same department have in common: case does not count, as in Graph's own filters.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    /// It is the same, in whatever case.
    pub fn is(&self, other: &Self) -> bool {
        self.folded() == other.folded()
    }
}

impl FromStr for Department {
    type Err = NoDepartment;

    fn from_str(text: &str) -> Result<Self, NoDepartment> {
        let text = text.trim();
        let fits = (1..=LONGEST).contains(&text.chars().count()) && !text.contains(char::is_control);
        if fits { Ok(Self(text.to_owned())) } else { Err(NoDepartment) }
    }
}

impl TryFrom<String> for Department {
    type Error = NoDepartment;

    fn try_from(text: String) -> Result<Self, NoDepartment> {
        text.parse()
    }
}

impl From<Department> for String {
    fn from(department: Department) -> Self {
        department.0
    }
}

impl fmt::Display for Department {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_department_is_the_same_in_any_case_and_no_other() {
        let of = |text: &str| text.parse::<Department>();
        assert_eq!(of(" Finance ").map(|one| one.to_string()), Ok("Finance".into()));
        assert!(of("Finance").is_ok_and(|one| of("FINANCE").is_ok_and(|other| one.is(&other))));
        assert!(of("Finance").is_ok_and(|one| of("Finance EU").is_ok_and(|other| !one.is(&other))));
        for none in ["", " ", "a\nb", &"x".repeat(LONGEST + 1)] {
            assert_eq!(of(none), Err(NoDepartment), "{none:?}");
        }
    }
}
