//! Microsoft Graph's refusals.

use crate::graph::GraphError;
use app::contract::problem::Problem;

/// `object`: what was asked for, such as `this app`.
pub(crate) fn of(error: &GraphError, object: &str) -> Problem {
    error.problem(object)
}
