//! `/policies`: app management policies, the lists of trusted CAs they name, and what they refuse.

pub(crate) mod assignments;
pub(crate) mod authorities;
pub(crate) mod custom;
pub(crate) mod enforce;
pub(crate) mod store;
pub(crate) mod tenant;

use uuid::Uuid;

use super::Request;
use super::audit::entry::{Audit, Target};
use crate::store::Directory;

fn audit(
    request: &Request<'_>,
    directory: &Directory,
    activity: &'static str,
    operation: &'static str,
    id: Uuid,
    name: &str,
) -> Audit {
    Audit::new(
        request,
        directory,
        activity,
        operation,
        Target { id, name: name.to_owned(), kind: "Policy".into() },
        vec![],
    )
}
