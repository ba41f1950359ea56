//! One page of a list.

use serde::{Deserialize, Serialize};

/// Rows on one page of a list.
pub const PAGE_SIZE: usize = 25;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// In the order of the list.
    pub items: Vec<T>,
    /// From 1.
    pub page: u32,
    /// There is a page after this one.
    pub has_next: bool,
    /// Absent where the source does not count.
    pub total: Option<u64>,
}
