//! Keeps a channel that an administrator wrote down in the portal.

use super::{KeepChannelError, NoticeContext, ways};
use crate::entropy::Entropy;
use crate::notices::receiver::ChannelText;
use crate::operations::settings::{self, Seen, as_seen};
use crate::person::Person;
use crate::store::SettingKind;
use app::contract::notices::ChannelFields;

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
    let detail = match &before {
        None => format!("Now: {now}"),
        Some(before) => {
            let secret = before.text.as_ref().and_then(|before| text.changed_secrets(before));
            let secret = secret.map(|what| format!(" ({what})")).unwrap_or_default();
            format!("Before: {}. Now: {now}{secret}", ways::in_words(before))
        }
    };
    let value = book.seal(&fields.name, &text, entropy)?;
    Ok(settings::keep(context, person, &seen, &value, &detail).await?)
}

fn typed(fields: &ChannelFields) -> Result<ChannelText, KeepChannelError> {
    let lines = |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let tells = |word: &String| word.parse().map_err(|_| KeepChannelError::Tells);
    Ok(ChannelText {
        kind: fields.kind.parse().map_err(|_| KeepChannelError::Kind)?,
        tells: fields.tells.iter().map(tells).collect::<Result<_, _>>()?,
        url: fields.url.clone(),
        to: lines(&fields.to),
        secrets: lines(&fields.secrets),
        private_keys: lines(&fields.private_keys),
    })
}
