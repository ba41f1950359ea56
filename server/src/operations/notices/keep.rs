//! Keeps a channel that an administrator wrote down in the portal.

use super::{KeepChannelError, NoticeContext, ways};
use crate::config::Tells;
use crate::entropy::Entropy;
use crate::notices::receiver::ChannelText;
use crate::operations::settings::{Seen, SettingError, as_seen};
use crate::person::Person;
use crate::store::{SettingKept, SettingKind};
use app::contract::notices::ChannelFields;
use domain::settings::{MOST_CHANNELS, SettingAct};

pub(crate) async fn handle(
    notices: &NoticeContext,
    person: &Person,
    entropy: &dyn Entropy,
    fields: &ChannelFields,
) -> Result<(), KeepChannelError> {
    let (book, context) = (&notices.book, &notices.context);
    let seen = Seen {
        kind: SettingKind::Channel,
        name: &fields.name,
        version: fields.version,
        pinned: book.pins(&fields.name),
    };
    if seen.pinned && seen.version == 0 {
        return Err(KeepChannelError::Pinned);
    }
    let before = match seen.version {
        0 => None,
        _ => Some(as_seen(book.kept().await?, |one| &one.row, &seen)?),
    };
    let typed = typed(fields)?;
    let text = match before.as_ref().and_then(|before| before.text.as_ref()) {
        Some(before) => typed.or(before),
        None => typed,
    };
    let receiver = text.read(&fields.name, book.settings())?;
    let now = text.in_words(Some(&receiver));
    let (act, detail) = match &before {
        None => (SettingAct::Added, format!("Now: {now}")),
        Some(before) => {
            let secret = before.text.as_ref().and_then(|before| text.changed_secrets(before));
            let secret = secret.map(|what| format!(" ({what})")).unwrap_or_default();
            (SettingAct::Changed, format!("Before: {}. Now: {now}{secret}", ways::in_words(before)))
        }
    };
    let entry = seen.entry(context, person, act, &detail);
    let value = book.seal(&fields.name, &text, entropy)?;
    let change = seen.change(context, person);
    match context.tenant.store.keep_setting(&change, &value, MOST_CHANNELS, &entry).await? {
        SettingKept::Kept => Ok(()),
        SettingKept::Full => Err(SettingError::Full(MOST_CHANNELS).into()),
        SettingKept::Overtaken => Err(SettingError::Overtaken.into()),
    }
}

fn typed(fields: &ChannelFields) -> Result<ChannelText, KeepChannelError> {
    let lines = |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let tells = |word: &String| match word.as_str() {
        "admins" => Ok(Tells::Admins),
        "unowned" => Ok(Tells::Unowned),
        _ => Err(KeepChannelError::Tells),
    };
    Ok(ChannelText {
        kind: fields.kind.clone(),
        tells: fields.tells.iter().map(tells).collect::<Result<_, _>>()?,
        url: fields.url.clone(),
        to: lines(&fields.to),
        secrets: lines(&fields.secrets),
        private_keys: lines(&fields.private_keys),
    })
}
