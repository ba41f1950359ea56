//! Whose credentials they are.

use crate::ids::ObjectId;
use crate::spelling::spelled;
use serde::{Deserialize, Serialize};

spelled! {
    /// The kinds of directory objects that hold credentials.
    pub enum SubjectKind ("kind of directory object") {
        /// An app registration (<https://learn.microsoft.com/graph/api/resources/application>).
        Application = "application",
        /// An enterprise application (<https://learn.microsoft.com/graph/api/resources/serviceprincipal>).
        ServicePrincipal = "service-principal",
        /// A blueprint of agent identities
        /// (<https://learn.microsoft.com/graph/api/resources/agentidentityblueprint>).
        AgentBlueprint = "agent-blueprint",
    }
}

/// A directory object that holds credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// What it is: the same `id` says nothing without it.
    pub kind: SubjectKind,
    /// Its `id` in the directory.
    pub id: ObjectId,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::holds;

    #[test]
    fn spellings() {
        holds(&[
            (SubjectKind::Application, "application"),
            (SubjectKind::ServicePrincipal, "service-principal"),
            (SubjectKind::AgentBlueprint, "agent-blueprint"),
        ]);
        assert_eq!(SubjectKind::ALL.len(), 3);
    }
}
