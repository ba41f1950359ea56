//! One app: its certificates, secrets and owners.

use crate::graph::{self, Application, GraphError, OwnerObject, PasswordCredential};
use crate::operations::Context;
use crate::operations::inventory::last_use::KnownUses;
use crate::operations::inventory::object::{self, ObjectError};
use crate::operations::secrets::moving;
use crate::operations::secrets::read::{is_shown, view as removal};
use crate::operations::teams::of_app;
use crate::person::{Person, TokenError};
use crate::store::{self, MOST_CHANGES, StoreError};
use app::contract::apps::{
    AddedBy, AdminCenterPages, AppDetail, CredentialRow, Owner, Right, SecretRow, TrustedSubject,
};
use app::contract::inventory::ChangeView;
use domain::credentials::{Subject, SubjectKind};
use domain::ids::{AppId, KeyId, ObjectId};
use domain::key_credential::KeyCredential;
use domain::suitability::validity;
use std::collections::HashMap;
use time::OffsetDateTime;
use url::Url;

/// Why the app is not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadAppError {
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("the app could not be read: {0}")]
    App(GraphError),
    #[error("its owners could not be read: {0}")]
    Owners(GraphError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// `admin_center`: the root of Entra's, where the cloud has one.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    admin_center: Option<&Url>,
    id: ObjectId,
) -> Result<AppDetail, ReadAppError> {
    let token = person.tokens.graph_token().await?;
    let graph = &context.tenant.graph;
    let (app, owners, trusted_subjects) =
        tokio::join!(graph.application(&token, id), graph.owners(&token, id), graph.trusted_subjects(&token, id));
    let app: Application = app.map_err(ReadAppError::App)?.value;
    context.tenant.directory.observed(&app).await;
    let owners = owners.map_err(ReadAppError::Owners)?;
    let teams = of_app::handle(context, person, &app, owners.is_empty()).await?;
    let (added, now) = (context.tenant.store.added_by(id).await?, context.now());
    let mine = owners.iter().any(|owner| owner.id == person.viewer.object_id);
    let (changes, uses) = elsewhere(context, person, &app).await?;
    let uses = uses.as_ref();
    let mut removals = context.tenant.store.secret_removals(id).await?;
    removals.retain(|removal| is_shown(removal, person, mine || uses.is_some()));
    Ok(AppDetail {
        moving: moving::step(context, &app, uses).await?,
        removed_secrets: removals.into_iter().map(removal).collect(),
        object_id: app.id,
        app_id: app.app_id,
        changes,
        in_inventory: uses.is_some(),
        mine,
        right: Right::of(person.viewer.changes_every_app, Some(mine)),
        credentials: credentials(&app, added, uses, now),
        secrets: app.password_credentials.into_iter().map(|secret| self::secret(secret, uses, now)).collect(),
        owners: owners.into_iter().map(owner).collect(),
        teams,
        trusted_subjects: trusted_subjects.into_iter().map(trusted).collect(),
        admin_center: admin_center.map(|root| admin_center_pages(root, app.app_id)),
        display_name: app.display_name,
        sign_in_audience: app.sign_in_audience,
        created: app.created,
    })
}

/// What changed of it and was not done here, and what is known of its credentials' use; `None` where the inventory does not
/// show it to the person.
async fn elsewhere(
    context: &Context,
    person: &Person,
    app: &Application,
) -> Result<(Vec<ChangeView>, Option<KnownUses>), StoreError> {
    let (store, subject) = (&context.tenant.store, Subject { kind: SubjectKind::Application, id: app.id });
    match object::visible(context, person, subject).await {
        Ok(_) => {
            let changes = object::changes(store.changes_elsewhere(subject, MOST_CHANGES).await?);
            Ok((changes, Some(KnownUses::of(store, Some(app.app_id), context.now()).await?)))
        }
        Err(ObjectError::Off | ObjectError::NotThere) => Ok((vec![], None)),
        Err(ObjectError::Store(error)) => Err(error),
    }
}

fn credentials(
    app: &Application,
    mut added: HashMap<KeyId, store::AddedBy>,
    uses: Option<&KnownUses>,
    now: OffsetDateTime,
) -> Vec<CredentialRow> {
    let row = |entry: &KeyCredential| CredentialRow {
        last_use: uses.map(|uses| uses.last(entry.key_id())),
        ..credential(entry, app.token_encryption_key_id, &mut added, now)
    };
    app.key_credentials.iter().map(row).collect()
}

fn credential(
    entry: &KeyCredential,
    encryption_key: Option<KeyId>,
    added: &mut HashMap<KeyId, store::AddedBy>,
    now: OffsetDateTime,
) -> CredentialRow {
    let key_id = entry.key_id();
    CredentialRow {
        key_id,
        display_name: entry.display_name().map(Into::into),
        usage: entry.usage().cloned(),
        kind: entry.kind().cloned(),
        thumbprint: entry.thumbprint(),
        odd_identifier: entry.odd_identifier().map(Into::into),
        start: entry.start(),
        end: entry.end(),
        validity: validity(entry.start(), entry.end(), now),
        certificate: entry.certificate().map(|certificate| certificate.facts().clone()),
        added_by: key_id.and_then(|id| added.remove(&id)).map(added_by),
        encrypts_tokens: key_id.is_some() && key_id == encryption_key,
        last_use: None,
    }
}

fn added_by(added: store::AddedBy) -> AddedBy {
    let store::AddedBy { name, at, receipt } = added;
    AddedBy { name, at, receipt }
}

fn trusted(subject: graph::TrustedSubject) -> TrustedSubject {
    TrustedSubject { authority_id: subject.authority_id, subject_name: subject.subject_name }
}

pub(crate) fn secret(secret: PasswordCredential, uses: Option<&KnownUses>, now: OffsetDateTime) -> SecretRow {
    SecretRow {
        last_use: uses.map(|uses| uses.last(secret.key_id)),
        validity: validity(secret.start, secret.end, now),
        key_id: secret.key_id,
        display_name: secret.display_name,
        hint: secret.hint,
        start: secret.start,
        end: secret.end,
    }
}

pub(crate) fn owner(owner: OwnerObject) -> Owner {
    Owner { name: owner.display_name.unwrap_or_else(|| owner.id.to_string()), username: owner.user_principal_name }
}

/// Of an app registration in Entra's admin center; `root`: of that.
pub(crate) fn registration_page(root: &Url, name: &str, app: AppId) -> String {
    let root = root.as_str().trim_end_matches('/');
    format!("{root}/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/{name}/appId/{app}/isMSAApp~/false")
}

fn admin_center_pages(root: &Url, app: AppId) -> AdminCenterPages {
    let page = |name: &str| registration_page(root, name, app);
    AdminCenterPages { overview: page("Overview"), credentials: page("Credentials") }
}
