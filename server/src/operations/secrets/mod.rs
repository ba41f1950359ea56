//! Client secrets of app registrations: what is known of one before it goes, its removal, and the way to a certificate.

pub(crate) mod moving;
pub(crate) mod read;
pub(crate) mod remove;

use crate::entropy::Entropy;
use crate::operations::Context;
use crate::rollout::Rollout;
use std::sync::Arc;

/// What a removal uses.
pub(crate) struct SecretContext {
    pub(crate) context: Context,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// Holds the locks of apps, and opens what people hand over.
    pub(crate) rollout: Arc<Rollout>,
}
