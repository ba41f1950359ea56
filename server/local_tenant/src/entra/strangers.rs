//! People of the process's other tenants, as the sign-in of one meets them.

use uuid::Uuid;

use super::Authority;
use crate::state::Tenant;

/// Somebody of another tenant.
#[derive(Debug, Clone)]
pub(crate) struct Stranger {
    pub(crate) id: Uuid,
    pub(crate) user_principal_name: String,
    pub(crate) display_name: String,
    /// Of their own tenant.
    pub(crate) tenant: Uuid,
}

impl Tenant {
    /// Everybody of the other tenants. The account picker shows them too.
    pub(crate) fn strangers(&self) -> Vec<Stranger> {
        let of = |other: Self| {
            let directory = other.read();
            let stranger = |person: &crate::store::Person| Stranger {
                id: person.id,
                user_principal_name: person.user_principal_name.clone(),
                display_name: person.display_name.clone(),
                tenant: other.profile.id,
            };
            directory.people.iter().map(stranger).collect::<Vec<_>>()
        };
        self.others().into_iter().flat_map(of).collect()
    }

    /// The tenant that serves a sign-in: the one that the URL names; where it names all of them, that of the person, once it is
    /// known who that is.
    pub(super) fn serving(&self, authority: Authority, person: Option<Uuid>) -> Self {
        let home = person.filter(|_| authority == Authority::AnyOrganization).and_then(|id| self.of_person(id));
        home.unwrap_or_else(|| self.clone())
    }
}
