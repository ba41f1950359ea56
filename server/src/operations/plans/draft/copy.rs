//! Certificates that another app has.

use crate::http::problems;
use crate::operations::DeskState;
use crate::operations::plans::draft::recipe::{Recipe, usable};
use crate::person::Person;
use app::contract::problem::Problem;
use domain::ids::{KeyId, ObjectId};
use domain::key_credential::KeyCredential;

/// With keys: it is the certificates themselves that are copied. No `key_ids` means every usable `Verify` entry.
pub(crate) async fn prepare(
    state: &DeskState,
    person: &Person,
    token: &str,
    from: ObjectId,
    key_ids: &[KeyId],
) -> Result<Recipe, Problem> {
    let app =
        state.graph.application(token, from).await.map_err(|e| problems::graph::of(&e, "the app to copy from"))?.value;
    let name = app.display_name.as_str();
    state.observed(person.viewer.tenant_id, app.id, app.app_id, name, &app.key_credentials).await;
    let now = state.clock.now();
    let entries: Vec<KeyCredential> = if key_ids.is_empty() {
        let verify = app.key_credentials.iter().filter(|entry| entry.is_for_sign_in());
        verify
            .filter(|entry| entry.certificate().is_some_and(|one| usable(one.facts(), now).is_ok()))
            .cloned()
            .collect()
    } else {
        let find = |id: &KeyId| {
            let entry = app.key_credentials.find(*id).ok_or_else(|| {
                Problem::new(
                    422,
                    "no-such-entry",
                    "An entry to copy is not there",
                    format!("“{name}” has no entry with keyId {id} any more."),
                )
                .advice("Open the app again and choose from what is there.")
            })?;
            match entry.certificate() {
                Some(certificate) => usable(certificate.facts(), now).map(|()| entry.clone()),
                None => Err(Problem::new(
                    422,
                    "cannot-copy",
                    "An entry cannot be copied",
                    format!("Graph does not show the certificate of “{}”.", entry.name()),
                )
                .advice("Upload the certificate instead.")),
            }
        };
        key_ids.iter().map(find).collect::<Result<_, _>>()?
    };
    if entries.is_empty() {
        return Err(Problem::new(
            422,
            "nothing-to-copy",
            "There is nothing to copy",
            format!("“{name}” has no certificate that could be used on another app."),
        )
        .advice("Upload the certificate instead."));
    }
    Ok(Recipe::Copy { from: app.display_name, entries })
}
