//! The channels, what was sent over them, and what would be sent now.

use super::{NoticeContext, NoticeError};
use crate::config::{ChannelSettings, EMAIL, EmailSettings, Tells};
use crate::notices::receiver::Receiver;
use crate::notices::{DueNotices, KeptChannel, PlanError};
use crate::operations::settings;
use crate::store::{DeliveryRow, Rows, StoreError};
use app::contract::notices as shown;
use app::contract::paging::{PAGE_SIZE, Page};
use domain::ids::ObjectId;
use domain::notices::{Audience, ChannelName};
use std::collections::HashMap;

impl From<PlanError> for NoticeError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Store(error) => Self::Store(error),
        }
    }
}

/// Apps that a digest of the preview names.
const MOST_NAMED: usize = 5;

/// `page`: of the deliveries, from 1.
pub(crate) async fn handle(notices: &NoticeContext, page: u32) -> Result<shown::Notices, NoticeError> {
    let store = &notices.context.tenant.store;
    let mut channels = vec![];
    for channel in &notices.settings.channels {
        channels.push(stands(notices, pinned(channel)).await?);
    }
    if let (Some(email), Ok(name)) = (&notices.settings.email, EMAIL.parse()) {
        channels.push(stands(notices, mail(email, name)).await?);
    }
    for channel in notices.book.kept().await? {
        let Ok(name) = channel.row.name.parse() else { continue };
        let shown = kept(&channel, name);
        // How the one of the configuration stands says nothing of this one.
        channels.push(if channel.pinned { shown } else { stands(notices, shown).await? });
    }
    let page = page.max(1);
    let skip = u64::from(page - 1) * PAGE_SIZE as u64;
    let rows = store.deliveries(skip, PAGE_SIZE as u64).await?;
    let planned = notices.planner.look(notices.context.now()).await?;
    Ok(shown::Notices {
        channels,
        mail: notices.settings.email.is_some(),
        deliveries: deliveries(notices, rows, page).await?,
        planned: digests(notices, planned).await?,
    })
}

async fn stands(notices: &NoticeContext, channel: shown::Channel) -> Result<shown::Channel, StoreError> {
    let standing = notices.context.tenant.store.channel_standing(&channel.name).await?;
    Ok(shown::Channel {
        failures: standing.failures,
        held_until: standing.held_until.filter(|until| *until > notices.context.now()),
        disabled_at: standing.disabled_at,
        ..channel
    })
}

fn pinned(channel: &ChannelSettings) -> shown::Channel {
    of((channel.name.0.clone(), channel.kind.as_str()), channel.url.masked(), &channel.tells)
}

fn kept(channel: &KeptChannel, name: ChannelName) -> shown::Channel {
    let (kind, tells) = channel.text.as_ref().map_or(("", &[][..]), |text| (text.kind.as_str(), &text.tells));
    let address = channel.receiver.as_ref().map_or_else(|| "not known".to_owned(), Receiver::masked);
    let view = settings::view(&channel.row, channel.pinned, channel.receiver.is_some());
    shown::Channel { kept: Some(view), ..of((name, kind), address, tells) }
}

fn mail(email: &EmailSettings, name: ChannelName) -> shown::Channel {
    let mut tells = vec!["owners whose address is known"];
    tells.extend(email.admins.as_ref().map(|_| Tells::Admins.in_words()));
    tells.extend(email.unowned.as_ref().map(|_| Tells::Unowned.in_words()));
    shown::Channel { tells: tells.join(", "), ..of((name, EMAIL), email.place(), &[]) }
}

/// One that has never failed.
fn of((name, kind): (ChannelName, &str), address: String, tells: &[Tells]) -> shown::Channel {
    let words: Vec<&str> = tells.iter().map(|tells| tells.in_words()).collect();
    shown::Channel {
        name,
        kind: kind.to_owned(),
        address,
        tells: words.join(", "),
        tells_of: tells.iter().map(|tells| tells.as_str().to_owned()).collect(),
        kept: None,
        failures: 0,
        held_until: None,
        disabled_at: None,
    }
}

async fn deliveries(
    notices: &NoticeContext,
    rows: Rows<DeliveryRow>,
    page: u32,
) -> Result<Page<shown::Delivery>, StoreError> {
    let mut items = vec![];
    for row in rows.items {
        items.push(shown::Delivery {
            notice: row.notice,
            kind: row.kind,
            audience: named(notices, &row.audience, &HashMap::new()).await?,
            channel: row.channel,
            state: row.state,
            is_quiet: row.is_quiet,
            attempts: row.attempts,
            at: row.at,
            answer: row.last.map(|last| (last.status, last.answer)),
        });
    }
    let has_next = rows.total > u64::from(page) * PAGE_SIZE as u64;
    Ok(Page { items, page, has_next, total: Some(rows.total) })
}

async fn digests(notices: &NoticeContext, planned: DueNotices) -> Result<shown::PlannedNotices, StoreError> {
    let total = planned.digests.len();
    let mut digests = vec![];
    for (audience, apps) in planned.digests.into_iter().take(shown::MOST_PLANNED) {
        digests.push(shown::PlannedDigest {
            audience: named(notices, &audience, &planned.names).await?,
            total: apps.len(),
            apps: apps.into_iter().take(MOST_NAMED).map(|app| app.name).collect(),
        });
    }
    Ok(shown::PlannedNotices { read_at: planned.read_at, digests, total })
}

/// A person by name, where they have signed in here or `names`, as the directory has it, knows it.
async fn named(
    notices: &NoticeContext,
    audience: &Audience,
    names: &HashMap<ObjectId, String>,
) -> Result<String, StoreError> {
    let Audience::Person(id) = audience else { return Ok(shown::audience_words(audience)) };
    let known = notices.context.tenant.store.known_person(*id).await?.map(|person| person.name);
    Ok(known.or_else(|| names.get(id).cloned()).unwrap_or_else(|| shown::audience_words(audience)))
}
