//! Where an app is on its way from secrets to a certificate.

use crate::graph::Application;
use crate::operations::Context;
use crate::operations::inventory::last_use::KnownUses;
use crate::store::StoreError;
use domain::key_credential::KeyCredential;
use domain::secret_removal::MoveStep;
use domain::suitability::{PROVEN_WITHIN, signs_in};

/// `None`: the app has no secret. A certificate is proven by a proof that was made here, or by a sign-in that Graph's report of
/// sign-ins has seen succeed.
pub(crate) async fn step(
    context: &Context,
    app: &Application,
    uses: Option<&KnownUses>,
) -> Result<Option<MoveStep>, StoreError> {
    if app.password_credentials.is_empty() {
        return Ok(None);
    }
    let now = context.now();
    let usable: Vec<&KeyCredential> = app.key_credentials.iter().filter(|entry| signs_in(entry, now)).collect();
    let seen = |entry: &&KeyCredential| {
        let last = uses.and_then(|uses| uses.last(entry.key_id()).seen);
        last.is_some_and(|seen| seen.succeeded && now - seen.at <= PROVEN_WITHIN)
    };
    let proven = usable.iter().any(seen) || {
        let thumbprints: Vec<_> = usable.iter().filter_map(|entry| entry.thumbprint()).collect();
        context.tenant.store.proven_on(app.id, &thumbprints, now - PROVEN_WITHIN).await?
    };
    Ok(Some(MoveStep::of(!usable.is_empty(), proven)))
}
