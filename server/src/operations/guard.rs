//! Who may ask. Entra decides about apps; this only decides what the portal offers.

use crate::operations::{DeskState, RequestDesk};
use crate::person::Person;
use app::contract::problem::Problem;

impl RequestDesk {
    /// Somebody with any role.
    pub(crate) fn entered(&self) -> Result<&Person, Problem> {
        let person = self.person.as_ref().ok_or_else(Problem::signed_out)?;
        if person.viewer.may_enter() {
            return Ok(person);
        }
        Err(Problem::new(
            403,
            "no-role",
            "You have no role in this portal",
            format!("{} is signed in, but was given none of its roles.", person.viewer.username),
        )
        .advice("Ask who runs this portal to assign you the role Thumbprint.User, and sign in again."))
    }

    /// Somebody who may upload, preview and push.
    pub(crate) fn pushing(&self) -> Result<&Person, Problem> {
        let person = self.entered()?;
        if person.viewer.may_push() {
            return Ok(person);
        }
        Err(Problem::new(
            403,
            "read-only-role",
            "Your role only lets you look",
            "Uploading, previewing, pushing and proving need the role Thumbprint.User or Thumbprint.Admin.",
        )
        .advice("Ask who runs this portal for that role, and sign in again. Nothing was changed."))
    }
}

impl DeskState {
    /// The person's token for Graph.
    pub(crate) async fn token(&self, person: &Person) -> Result<String, Problem> {
        Ok(person.tokens.graph_token().await?)
    }
}
