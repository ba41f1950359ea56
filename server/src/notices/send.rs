//! Sends what is due, over each channel beside the others: one that is down or slow keeps nobody waiting.

use super::book::ChannelBook;
use super::channel::{Channel, DeliveryVerdict};
use super::email::{GraphMail, Mailer, MailerError};
use super::hours::LocalHours;
use super::outbound::Outbound;
use super::receiver::Receiver;
use super::recheck::recheck;
use super::recipients::Recipients;
use crate::clock::Clock;
use crate::config::{EMAIL, NoticeSettings, Tells};
use crate::entropy::Entropy;
use crate::store::{
    Attempt, AuditEntry, ChannelStanding, ClaimDeliveries, ClaimedDelivery, Next, SettingKind, StoreError, TenantStore,
};
use domain::audit::{AuditAction, AuditOutcome};
use domain::notices::{
    Alarm, AlarmFacts, Audience, ChannelName, DeliveryState, Notice, NoticeFacts, NoticeId, RETRIES, next_attempt,
};
use domain::settings::SettingAct;
use futures_util::stream::{self, FuturesUnordered, StreamExt as _};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use time::OffsetDateTime;

/// Notices that get their channels in one transaction.
const SPREAD_AT_ONCE: u32 = 500;
/// Deliveries that are taken at once, and sent at the same time, over one channel.
const CLAIMED_AT_ONCE: u32 = 64;
const SENT_AT_ONCE: usize = 8;
/// Of what was taken nothing is begun after this: what is left is anybody's again.
const BEGUN_WITHIN: time::Duration = time::Duration::seconds(5);
/// Nobody else sends what was taken before this is over: [`BEGUN_WITHIN`], and as long as one attempt can take. Of what a
/// process took that was killed, others send nothing until then.
const HTTP_LEASE: time::Duration = time::Duration::seconds(30);
/// A conversation with a mail host has up to nine turns, of which each may take its time.
const MAIL_LEASE: time::Duration = time::Duration::minutes(5);
/// While a slow channel is at work, the outbox is looked into this often for the others.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// What waits for a channel that nobody has any more is not sent after this. Another process may still have one that this one's
/// configuration has not.
const OF_NOBODY: time::Duration = time::Duration::hours(1);
/// A channel that fails is tried again after this at the latest, where it does not ask for longer.
const LONGEST_HOLD: usize = 2;

#[derive(Debug, thiserror::Error)]
pub enum SenderError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Mailer(#[from] MailerError),
    #[error("the HTTP client cannot be made: {0}")]
    Http(#[from] reqwest::Error),
}

enum Way {
    Http(Channel),
    /// To whoever the notice is for.
    Mail(Arc<Mailer>),
    /// To these.
    List(Arc<Mailer>, Vec<String>),
}

struct Carrier {
    way: Way,
    /// Of one that is kept in the portal, as it was when this was made.
    version: Option<u32>,
}

type Carriers = BTreeMap<ChannelName, Carrier>;

impl Carrier {
    fn lease(&self) -> time::Duration {
        match self.way {
            Way::Http(_) => HTTP_LEASE,
            Way::Mail(_) | Way::List(..) => MAIL_LEASE,
        }
    }

    /// Mail has no address of its own.
    fn address_digest(&self) -> Option<String> {
        match &self.way {
            Way::Http(channel) => Some(channel.address_digest()),
            Way::Mail(_) | Way::List(..) => None,
        }
    }
}

/// What goes on at the same time as the rest.
#[derive(Clone, Copy)]
enum Work<'s> {
    Spread,
    Send(&'s ChannelName, &'s Carrier),
}

/// What was taken from the outbox together.
struct Round {
    standing: ChannelStanding,
    /// Nothing of it is begun later.
    until: OffsetDateTime,
    /// Nothing of it is begun any more: one has failed for a reason that is the channel's.
    stopped: AtomicBool,
}

/// Sends notices of one directory.
pub struct Sender {
    book: ChannelBook,
    store: TenantStore,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    settings: Arc<NoticeSettings>,
    outbound: Outbound,
    mailer: Option<Arc<Mailer>>,
    /// Of the portal.
    origin: String,
    recipients: Recipients,
}

impl Sender {
    /// `origin` and `host`: of the portal. `graph`: where the settings name a mailbox. Reads the files that the settings name.
    pub fn new(
        book: ChannelBook,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        recipients: Recipients,
        (origin, host): (&str, &str),
        graph: Option<GraphMail>,
    ) -> Result<Self, SenderError> {
        let (store, settings) = (book.store().clone(), Arc::clone(book.settings()));
        let outbound = Outbound::new(&settings)?;
        let mailer = match &settings.email {
            Some(email) => Mailer::new(email, (origin, host), graph)?.map(Arc::new),
            None => None,
        };
        Ok(Self { book, store, clock, entropy, settings, outbound, mailer, origin: origin.to_owned(), recipients })
    }

    /// What can be sent over at this moment.
    async fn carriers(&self) -> Result<Carriers, StoreError> {
        let mut carriers = Carriers::new();
        for (receiver, version) in self.book.in_use().await? {
            let name = receiver.name().clone();
            let way = match receiver {
                Receiver::Http(channel) => {
                    Some(Way::Http(Channel::new(channel, self.outbound.clone(), self.origin.clone())))
                }
                Receiver::Mail(list) => self.mailer.clone().map(|mailer| Way::List(mailer, list.addresses())),
            };
            carriers.extend(way.map(|way| (name, Carrier { way, version })));
        }
        if let (Some(mailer), Ok(name)) = (&self.mailer, EMAIL.parse()) {
            carriers.insert(name, Carrier { way: Way::Mail(Arc::clone(mailer)), version: None });
        }
        Ok(carriers)
    }

    /// Everything that is due now, and what becomes due meanwhile. Ends when nothing of it is left that can be sent, or where
    /// the database failed. A channel that comes meanwhile is for the next time.
    pub async fn run(&self) -> Result<(), StoreError> {
        let carriers = self.carriers().await?;
        if carriers.is_empty() {
            return Ok(());
        }
        let names: Vec<&ChannelName> = carriers.keys().collect();
        let ended = self.store.end_deliveries_of_others(&names, self.clock.now() - OF_NOBODY).await?;
        if ended > 0 {
            tracing::warn!(ended, "notices waited for channels that there are not any more, and are not sent");
        }
        let mut at_work: FuturesUnordered<_> = [self.work(Work::Spread)].into_iter().collect();
        let mut resting: Vec<Work<'_>> = carriers.iter().map(|(name, carrier)| Work::Send(name, carrier)).collect();
        let mut spreads = true;
        let mut ended = Ok(());
        let mut look = tokio::time::interval(LOOK_AGAIN);
        loop {
            tokio::select! {
                Some((work, done)) = at_work.next() => {
                    let spread_all = *done.as_ref().unwrap_or(&true);
                    ended = ended.and(done.map(|_| ()));
                    match work {
                        Work::Spread => {
                            spreads = !spread_all;
                            if ended.is_ok() {
                                at_work.extend(resting.drain(..).map(|work| self.work(work)));
                            }
                            if spreads {
                                at_work.push(self.work(Work::Spread));
                            }
                        }
                        Work::Send(..) => resting.push(work),
                    }
                    if at_work.is_empty() {
                        return ended;
                    }
                }
                _ = look.tick(), if !spreads && ended.is_ok() => {
                    spreads = true;
                    at_work.push(self.work(Work::Spread));
                }
            }
        }
    }

    /// Answers with what it was, and whether all of it is done.
    async fn work<'s>(&'s self, work: Work<'s>) -> (Work<'s>, Result<bool, StoreError>) {
        let done = match work {
            Work::Spread => self.spread().await,
            Work::Send(name, carrier) => self.send_over(name, carrier).await.map(|()| true),
        };
        (work, done)
    }

    /// Gives what is due its channels, or the first of it. `true`: nothing more is due.
    async fn spread(&self) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let notices = self.store.notices_to_spread(now, SPREAD_AT_ONCE).await?;
        if notices.is_empty() {
            return Ok(true);
        }
        let receivers: Vec<Receiver> = self.book.in_use().await?.into_iter().map(|(receiver, _)| receiver).collect();
        let mut all: Vec<(NoticeId, Vec<ChannelName>)> = vec![];
        for notice in &notices {
            let channels = self.channels_for(&notice.audience, &receivers).await?;
            if channels.is_empty() {
                tracing::warn!(notice = %notice.id, audience = %notice.audience, "a notice has no channel");
            }
            all.push((notice.id, channels));
        }
        self.store.spread_notices(&all, now).await?;
        Ok(false)
    }

    /// A person or a team whom no mail can reach is told of where apps without owners are.
    async fn channels_for(&self, audience: &Audience, receivers: &[Receiver]) -> Result<Vec<ChannelName>, StoreError> {
        let tells = match audience {
            Audience::Channel(name) => {
                let is_mail = name.as_str() == EMAIL && self.mailer.is_some();
                let is_there = is_mail || receivers.iter().any(|receiver| receiver.name() == name);
                return Ok(is_there.then(|| name.clone()).into_iter().collect());
            }
            Audience::Admins => Tells::Admins,
            Audience::Unowned => Tells::Unowned,
            Audience::Person(_) => {
                if self.address_for(audience).await?.is_some() {
                    return Ok(EMAIL.parse().into_iter().collect());
                }
                Tells::Unowned
            }
            Audience::Team(team) => {
                if !self.recipients.mailboxes(team).is_empty() {
                    return Ok(EMAIL.parse().into_iter().collect());
                }
                Tells::Unowned
            }
        };
        let theirs = receivers.iter().filter(|receiver| receiver.tells().contains(&tells));
        let mut channels: Vec<ChannelName> = theirs.map(|receiver| receiver.name().clone()).collect();
        if self.mailbox_for(tells).is_some() {
            channels.extend(EMAIL.parse());
        }
        Ok(channels)
    }

    fn mailbox_for(&self, tells: Tells) -> Option<String> {
        let email = self.settings.email.as_ref()?;
        match tells {
            Tells::Admins => email.admins.clone(),
            Tells::Unowned => email.unowned.clone(),
        }
    }

    /// Of a person: as the configuration has it, else what they signed in with, where that is said to be an address, else as a group of
    /// a team has it.
    async fn address_for(&self, audience: &Audience) -> Result<Option<String>, StoreError> {
        let Audience::Person(person) = audience else { return Ok(None) };
        let Some(email) = &self.settings.email else { return Ok(None) };
        if let Some(address) = email.address_of(*person) {
            return Ok(Some(address.to_owned()));
        }
        if email.usernames_are_addresses
            && let Some(known) = self.store.known_person(*person).await?
        {
            return Ok(Some(known.username));
        }
        self.recipients.address_of(&self.store, *person, self.clock.now()).await
    }

    async fn send_over(&self, name: &ChannelName, carrier: &Carrier) -> Result<(), StoreError> {
        loop {
            if self.has_changed(name, carrier).await? {
                return Ok(());
            }
            let now = self.clock.now();
            let standing = self.store.channel_standing(name).await?;
            if let Some(at) = standing.disabled_at {
                if self.is_another_receiver(name, carrier).await? {
                    continue;
                }
                if self.store.has_waiting(name, None).await? {
                    self.store.disable_channel(name, carrier.address_digest().as_deref(), at).await?;
                }
                return Ok(());
            }
            if standing.held_until.is_some_and(|until| until > now) {
                return Ok(());
            }
            let lease = self.entropy.uuid();
            // One that failed shows with one whether it is well again.
            let limit = if standing.failures > 0 { 1 } else { CLAIMED_AT_ONCE };
            let claim = ClaimDeliveries { channel: name, now, lease, until: now + carrier.lease(), limit };
            let claimed = self.store.claim_deliveries(&claim).await?;
            if claimed.is_empty() {
                return Ok(());
            }
            let round = Round { standing, until: now + BEGUN_WITHIN, stopped: AtomicBool::new(false) };
            let sent = stream::iter(claimed)
                .map(|delivery| self.send_one(&round, name, carrier, delivery))
                .buffer_unordered(SENT_AT_ONCE)
                .collect::<Vec<_>>()
                .await;
            self.store.release_deliveries(name, lease).await?;
            sent.into_iter().collect::<Result<(), _>>()?;
            if round.stopped.load(Ordering::SeqCst) {
                return Ok(());
            }
            if standing != ChannelStanding::default() {
                self.store.free_channel(name, self.clock.now()).await?;
            }
        }
    }

    /// It is kept in the portal, and an administrator has changed it since: nothing more goes to where it went.
    async fn has_changed(&self, name: &ChannelName, carrier: &Carrier) -> Result<bool, StoreError> {
        let Some(version) = carrier.version else { return Ok(false) };
        Ok(self.store.setting_in_use(SettingKind::Channel, name.as_str()).await? != Some(version))
    }

    /// Unless it is no more the time for it.
    async fn send_one(
        &self,
        Round { standing, until, stopped }: &Round,
        name: &ChannelName,
        carrier: &Carrier,
        delivery: ClaimedDelivery,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        if stopped.load(Ordering::SeqCst) || now > *until {
            return Ok(());
        }
        if let Some(until) = self.quiet_until(carrier, &delivery.notice.audience, now).await? {
            tracing::debug!(notice = %delivery.notice.id, channel = %name, %until, "a notice waits: it is quiet there");
            self.store.put_off_delivery(&delivery, name, until).await?;
            return Ok(());
        }
        let held = recheck(&self.store, &self.recipients, delivery.notice.clone(), now).await?;
        let (attempt, verdict) = if let Some(notice) = held {
            self.send(&notice, carrier).await?
        } else {
            let answer = "Not sent: nothing of it holds any more.".to_owned();
            (Attempt { at: now, status: None, answer }, DeliveryVerdict::Ended(DeliveryState::Lapsed))
        };
        // Sending may have taken a while.
        let now = self.clock.now();
        let mut jitter = [0];
        self.entropy.fill(&mut jitter);
        let next = match verdict {
            DeliveryVerdict::Ended(state) => Next::Ended(state),
            DeliveryVerdict::Gone => Next::Ended(DeliveryState::Disabled),
            DeliveryVerdict::Again { asked, .. } => next_attempt(delivery.tries.saturating_add(1), asked, jitter[0])
                .map_or(Next::Ended(DeliveryState::GivenUp), |wait| Next::Again(now + wait)),
        };
        if !self.store.record_attempt(&delivery, name, &attempt, next).await? {
            tracing::warn!(notice = %delivery.notice.id, channel = %name, "a notice was sent twice: its lease was over");
        }
        tracing::debug!(notice = %delivery.notice.id, channel = %name, status = attempt.status, ?next, "a notice was sent");
        match verdict {
            DeliveryVerdict::Gone => {
                stopped.store(true, Ordering::SeqCst);
                self.gone(name, carrier, now).await
            }
            DeliveryVerdict::Again { asked, holds: true } if !stopped.swap(true, Ordering::SeqCst) => {
                let usual = RETRIES[usize::try_from(standing.failures).unwrap_or(usize::MAX).min(LONGEST_HOLD)];
                let wait = asked.unwrap_or_default().min(domain::notices::LONGEST_WAIT).max(usual);
                tracing::warn!(channel = %name, status = attempt.status, seconds = wait.as_secs(), "a channel fails, and is left alone");
                self.store.hold_channel(name, now + Duration::from_secs(wait.as_secs())).await
            }
            DeliveryVerdict::Again { .. } | DeliveryVerdict::Ended(_) => Ok(()),
        }
    }

    /// Until when mail to this person waits. What goes to a mailbox in their place does not.
    async fn quiet_until(
        &self,
        carrier: &Carrier,
        audience: &Audience,
        now: OffsetDateTime,
    ) -> Result<Option<OffsetDateTime>, StoreError> {
        let (Way::Mail(_), Audience::Person(person)) = (&carrier.way, audience) else { return Ok(None) };
        let Some(hours) = self.store.notice_hours(*person).await? else { return Ok(None) };
        // A zone that no database has any more keeps nothing waiting.
        let until = LocalHours::of(&hours).ok().and_then(|hours| hours.quiet_until(now));
        if until.is_none() || self.address_for(audience).await?.is_none() {
            return Ok(None);
        }
        Ok(until)
    }

    async fn send(&self, notice: &Notice, carrier: &Carrier) -> Result<(Attempt, DeliveryVerdict), StoreError> {
        let now = self.clock.now();
        let mailer = match &carrier.way {
            Way::Http(channel) => return Ok(channel.send(notice, now).await),
            Way::List(mailer, to) => return Ok(mailer.send(notice, to, now).await),
            Way::Mail(mailer) => mailer,
        };
        let mut to: Vec<String> = match &notice.audience {
            Audience::Admins | Audience::Channel(_) => self.mailbox_for(Tells::Admins).into_iter().collect(),
            Audience::Unowned => vec![],
            Audience::Team(team) => self.recipients.mailboxes(team),
            person @ Audience::Person(_) => self.address_for(person).await?.into_iter().collect(),
        };
        if to.is_empty() && !matches!(notice.audience, Audience::Admins | Audience::Channel(_)) {
            to.extend(self.mailbox_for(Tells::Unowned));
        }
        if to.is_empty() {
            let answer = "Not sent: there is no address for it.".to_owned();
            return Ok((Attempt { at: now, status: None, answer }, DeliveryVerdict::Ended(DeliveryState::GivenUp)));
        }
        Ok(mailer.send(notice, &to, now).await)
    }

    /// The channel was switched off by its receiver, and has got another address since: it is on again.
    async fn is_another_receiver(&self, name: &ChannelName, carrier: &Carrier) -> Result<bool, StoreError> {
        let Some(address) = carrier.address_digest() else { return Ok(false) };
        if !self.store.was_disabled_elsewhere(name, &address).await? {
            return Ok(false);
        }
        let now = self.clock.now();
        let mut entry = AuditEntry::new(None, now, AuditAction::Channel(SettingAct::SwitchedOn), AuditOutcome::Resumed);
        entry.row.detail = format!("The channel “{name}” for notices is used again: it has another address now.");
        self.store.free_channel(name, now).await?;
        self.store.audit(entry).await?;
        Ok(true)
    }

    /// Told to the administrators over what is left.
    async fn gone(&self, name: &ChannelName, carrier: &Carrier, now: OffsetDateTime) -> Result<(), StoreError> {
        tracing::error!(channel = %name, "the receiver of notices says that it is gone: the channel is switched off");
        self.store.disable_channel(name, carrier.address_digest().as_deref(), now).await?;
        let alarm = AlarmFacts { alarm: Alarm::ChannelBroken, since: now, what: Some(name.to_string()) };
        let about = format!("channel {name} {}", now.date());
        let notice = Notice::new(self.store.tenant(), Audience::Admins, NoticeFacts::Alarm(alarm), &about, now);
        self.store.post_notice(&notice, now).await.map(|_| ())
    }
}
