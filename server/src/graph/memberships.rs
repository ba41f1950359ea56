//! `GET /me/transitiveMemberOf`: in which groups the signed-in person is, by way of other groups, too. Their own ids are
//! there to read with `User.Read`: <https://learn.microsoft.com/graph/api/user-list-transitivememberof>.

use super::pages::row;
use super::url::V1;
use super::{Consistency, Graph, GraphError};
use domain::ids::ObjectId;
use serde::Deserialize;

#[derive(Deserialize)]
struct OnlyId {
    id: ObjectId,
}

impl Graph {
    /// Object ids of groups, directory roles and administrative units.
    pub async fn own_memberships(&self, bearer: &str) -> Result<Vec<ObjectId>, GraphError> {
        let url = self.url(V1, &["me", "transitiveMemberOf"], &[("$select", "id"), ("$top", "999")]);
        self.all(bearer, url, Consistency::Default, |value| row::<OnlyId>(value).map(|one| one.id)).await
    }
}
