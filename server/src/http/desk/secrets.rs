//! Client secrets, as pages have them.

use super::RequestDesk;
use crate::operations::secrets;
use app::contract::ports::SecretsPort;
use app::contract::problem::Problem;
use app::contract::secrets::SecretView;
use async_trait::async_trait;
use domain::ids::{KeyId, ObjectId};

#[async_trait]
impl SecretsPort for RequestDesk {
    async fn secret(&self, app: ObjectId, key: KeyId) -> Result<SecretView, Problem> {
        let (person, context) = self.entered()?;
        Ok(secrets::read::handle(&context, person, app, key).await?)
    }

    async fn remove_secret(&self, app: ObjectId, key: KeyId, typed: &str, reason: &str) -> Result<(), Problem> {
        let (person, context) = self.pushing()?;
        Ok(secrets::remove::handle(&self.parts.secrets(context), person, app, key, typed, reason).await?)
    }
}
