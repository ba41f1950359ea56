//! One client secret of an app: what goes with it where it is removed, and what came of a removal.

use super::moving;
use crate::graph::{Application, GraphError, OwnerObject, PasswordCredential};
use crate::operations::Context;
use crate::operations::apps::read::{owner, secret as row};
use crate::operations::inventory::last_use::KnownUses;
use crate::operations::inventory::object::{self, ObjectError};
use crate::operations::requests::removal;
use crate::person::{Person, TokenError};
use crate::store::{SecretRemoval, StoreError};
use app::contract::apps::Right;
use app::contract::secrets::{OtherWays, RemovalView, SecretToRemove, SecretView};
use domain::credentials::{Subject, SubjectKind};
use domain::ids::{KeyId, ObjectId};
use domain::inventory::{LastUse, UnknownUse};
use domain::secret_removal::{MoveStep, RemovalRisk, words_to_type};
use domain::suitability::{signs_in, validity};

/// Why it is not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadSecretError {
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Who may not read the app sees nothing of what happened to it.
    #[error("the app could not be read: {0}")]
    App(GraphError),
    #[error("its owners could not be read: {0}")]
    Owners(GraphError),
    /// Nor was it removed here.
    #[error("the app has no such secret")]
    NoSuchSecret,
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    app: ObjectId,
    key: KeyId,
) -> Result<SecretView, ReadSecretError> {
    let token = person.tokens.graph_token().await?;
    let (owners, found) =
        tokio::join!(context.tenant.graph.owners(&token, app), look(context, person, &token, app, key));
    let found = found?;
    let owners: Vec<OwnerObject> = owners.map_err(ReadSecretError::Owners)?;
    let mine = owners.iter().any(|owner| owner.id == person.viewer.object_id);
    let sees = mine || found.uses.is_some();
    let removal = context.tenant.store.secret_removal(app, key).await?;
    let removal = removal.filter(|removal| is_shown(removal, person, sees));
    if found.secret.is_none() && removal.is_none() {
        return Err(ReadSecretError::NoSuchSecret);
    }
    let asked = removal::waiting(context, person, app, key).await?;
    let Looked { application, secret, uses, rules, federated } = found;
    let step = moving::step(context, &application, uses.as_ref()).await?.unwrap_or(MoveStep::RemoveSecret);
    let now = context.now();
    Ok(SecretView {
        object_id: application.id,
        app_id: application.app_id,
        right: Right::of(person.viewer.changes_every_app, Some(mine)),
        owners: owners.into_iter().map(owner).collect(),
        left: application.password_credentials.iter().filter(|other| other.key_id != Some(key)).count(),
        secret: secret.map(|secret| SecretToRemove {
            others: others(&application, key, federated, now),
            risk: risk(&secret, uses.as_ref(), now),
            row: row(secret, uses.as_ref(), now),
            step,
            rules,
            confirm: words_to_type(key),
        }),
        removal: removal.map(view),
        asked,
        app_name: application.display_name,
        read_at: now,
    })
}

/// What is known of the secret at this moment.
pub(crate) struct Looked {
    pub(crate) application: Application,
    pub(crate) secret: Option<PasswordCredential>,
    /// Where the inventory shows the app to the person.
    pub(crate) uses: Option<KnownUses>,
    /// That ask for approval of a removal.
    pub(crate) rules: Vec<String>,
    /// How many federated credentials it has, where that is known.
    pub(crate) federated: Option<usize>,
}

/// Reads the app anew, with the person's token.
pub(crate) async fn look(
    context: &Context,
    person: &Person,
    token: &str,
    app: ObjectId,
    key: KeyId,
) -> Result<Looked, ReadSecretError> {
    let store = &context.tenant.store;
    let read = context.tenant.graph.application_without_keys(token, app).await;
    let application = read.map_err(ReadSecretError::App)?.value;
    let subject = Subject { kind: SubjectKind::Application, id: app };
    let (uses, federated) = match object::visible(context, person, subject).await {
        Ok(row) => {
            let uses = KnownUses::of(store, Some(application.app_id), context.now()).await?;
            (Some(uses), row.object.trusts.known().map(|trusts| trusts.readable.len()))
        }
        Err(ObjectError::Off | ObjectError::NotThere) => (None, None),
        Err(ObjectError::Store(error)) => return Err(error.into()),
    };
    let needs = removal::needs(context, &application, person.viewer.object_id).await?;
    Ok(Looked {
        secret: application.password_credentials.iter().find(|secret| secret.key_id == Some(key)).cloned(),
        rules: needs.into_iter().filter_map(|need| need.rule).collect(),
        application,
        uses,
        federated,
    })
}

/// What is known of its last use; where the inventory does not show the app to the person, nothing.
pub(super) fn last_use(secret: &PasswordCredential, uses: Option<&KnownUses>) -> LastUse {
    uses.map_or(LastUse::unknown(UnknownUse::NotRead), |uses| uses.last(secret.key_id))
}

pub(super) fn risk(secret: &PasswordCredential, uses: Option<&KnownUses>, now: time::OffsetDateTime) -> RemovalRisk {
    RemovalRisk::of(secret.end, last_use(secret, uses), now)
}

/// Whether what is kept of a removal is for this person. `sees`: they own the app, or the inventory shows it to them.
pub(crate) fn is_shown(removal: &SecretRemoval, person: &Person, sees: bool) -> bool {
    sees || removal.person == person.viewer.object_id || person.viewer.sees_whole_audit()
}

/// What else the app can sign in with.
fn others(app: &Application, key: KeyId, federated: Option<usize>, now: time::OffsetDateTime) -> OtherWays {
    let secrets = app.password_credentials.iter().filter(|secret| secret.key_id != Some(key));
    let in_force = |secret: &&PasswordCredential| validity(secret.start, secret.end, now).is_in_force();
    OtherWays {
        certificates: app.key_credentials.iter().filter(|entry| signs_in(entry, now)).count(),
        secrets: secrets.filter(in_force).count(),
        federated,
    }
}

pub(crate) fn view(removal: SecretRemoval) -> RemovalView {
    let SecretRemoval { key_id, sent_at, outcome, facts, .. } = removal;
    RemovalView {
        key_id,
        sent_at,
        ended_at: facts.ended_at,
        outcome,
        who: facts.who,
        name: facts.name,
        hint: facts.hint,
        start: facts.start,
        end: facts.end,
        last_use: facts.last_use,
        reason: facts.reason,
        reads: facts.reads,
        missing: facts.missing,
        request_id: facts.request_id,
        asked_in: facts.asked_in,
    }
}
