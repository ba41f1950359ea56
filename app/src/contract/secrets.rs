//! Client secrets: what goes with one, and its removal.

pub use views::data::secrets::*;

use super::problem::Problem;
use domain::ids::{KeyId, ObjectId};

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait SecretsPort: Send + Sync {
    /// Reads the app and looks at one of its secrets; also one that was removed here.
    async fn secret(&self, app: ObjectId, key: KeyId) -> Result<SecretView, Problem>;
    /// Removes it, for good. `typed`: the words that are asked for; `reason`: why it goes though it may be used.
    async fn remove_secret(&self, app: ObjectId, key: KeyId, typed: &str, reason: &str) -> Result<(), Problem>;
}
