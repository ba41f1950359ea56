//! Who is in a group: `GET /groups/{id}/transitiveMembers`
//! (<https://learn.microsoft.com/graph/api/group-list-transitivemembers>). Needs `GroupMember.Read.All`; names and addresses of
//! people `User.ReadBasic.All` as well: members that may not be read come with type and id, all else null.

use super::pages::{row, unreadable};
use super::url::V1;
use super::{Consistency, Graph, GraphError};
use domain::ids::ObjectId;
use serde::Deserialize;

/// Members of one group that are read.
pub const MOST_MEMBERS: usize = 2_000;

/// A group, as far as this portal reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupObject {
    pub name: Option<String>,
    /// `visibility` is `HiddenMembership`: without `Member.Read.Hidden` a list of its members need not have them.
    pub hidden: bool,
}

/// A person of a group, by way of other groups, too.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupUser {
    pub id: ObjectId,
    pub display_name: Option<String>,
    pub mail: Option<String>,
    pub user_principal_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireGroup {
    display_name: Option<String>,
    visibility: Option<String>,
}

impl Graph {
    pub async fn group(&self, bearer: &str, id: ObjectId) -> Result<GroupObject, GraphError> {
        let url = self.url(V1, &["groups", &id.to_string()], &[("$select", "id,displayName,visibility")]);
        let read = |value| serde_json::from_value::<WireGroup>(value).map_err(|error| error.to_string());
        let group = self.get(bearer, url, Consistency::Default).await?.map(read)?.value;
        let hidden = group.visibility.is_some_and(|visibility| visibility.eq_ignore_ascii_case("HiddenMembership"));
        Ok(GroupObject { name: group.display_name, hidden })
    }

    /// Its people, without devices, service principals and the groups in it. `None`: there are more members than
    /// [`MOST_MEMBERS`].
    pub async fn group_people(&self, bearer: &str, id: ObjectId) -> Result<Option<Vec<GroupUser>>, GraphError> {
        let options = [("$select", "id,displayName,mail,userPrincipalName"), ("$top", "999")];
        let url = self.url(V1, &["groups", &id.to_string(), "transitiveMembers"], &options);
        let (mut people, mut members) = (vec![], 0);
        self.pages(bearer, url, Consistency::Default, |page| {
            members += page.value.len();
            for value in page.value.drain(..) {
                let kind = value["@odata.type"].as_str().ok_or_else(|| unreadable("a member has no type".into()))?;
                if kind == "#microsoft.graph.user" {
                    people.push(row::<GroupUser>(value)?);
                }
            }
            Ok(members <= MOST_MEMBERS)
        })
        .await?;
        Ok((members <= MOST_MEMBERS).then_some(people))
    }
}
