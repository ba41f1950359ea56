//! Who may ask. Entra decides about apps; this only decides what the portal offers.

use super::RequestDesk;
use crate::operations::Context;
use crate::person::Person;
use app::contract::problem::Problem;

impl RequestDesk {
    /// Somebody with any role, and their tenant.
    pub(super) fn entered(&self) -> Result<(&Person, Context), Problem> {
        let person = self.person.as_ref().ok_or_else(Problem::signed_out)?;
        if person.viewer.may_enter() {
            // A session of a tenant that this portal no longer serves is none.
            let context = self.parts.context(person.viewer.tenant_id).ok_or_else(Problem::signed_out)?;
            return Ok((person, context));
        }
        Err(Problem::new(
            403,
            "no-role",
            "You have no role in this portal",
            format!("{} is signed in, but was given none of its roles.", person.viewer.username),
        )
        .advice("Ask who runs this portal to assign you the role Thumbprint.User, and sign in again."))
    }

    /// Somebody who runs the portal.
    pub(super) fn administering(&self) -> Result<(&Person, Context), Problem> {
        let (person, context) = self.entered()?;
        if person.viewer.is_admin() {
            return Ok((person, context));
        }
        Err(Problem::new(
            403,
            "not-an-administrator",
            "This is for administrators",
            "It needs the role Thumbprint.Admin.",
        )
        .advice("Ask who runs this portal. Nothing was changed."))
    }

    /// Somebody who sees everything.
    pub(super) fn overseeing(&self) -> Result<(&Person, Context), Problem> {
        let (person, context) = self.entered()?;
        if person.viewer.sees_whole_audit() {
            return Ok((person, context));
        }
        Err(Problem::new(
            403,
            "not-an-overseer",
            "This is for administrators and auditors",
            "It is about the whole directory, and needs the role Thumbprint.Admin or Thumbprint.Auditor.",
        )
        .advice("Ask who runs this portal. Nothing was changed."))
    }

    /// Somebody who may upload, preview and push.
    pub(super) fn pushing(&self) -> Result<(&Person, Context), Problem> {
        let (person, context) = self.entered()?;
        if person.viewer.may_push() {
            return Ok((person, context));
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
