//! What sign-in has handed out and must recognise again: codes, refresh tokens, browser sessions.

use std::collections::{BTreeSet, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use time::serde::timestamp::nanoseconds;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::Parameters;
use super::device::DeviceFlows;
use crate::state_file::Unsaved;

/// An authorization code lives ten minutes, as at Entra.
const CODE_LIFETIME: Duration = Duration::minutes(10);
/// Refresh tokens of other than single-page apps: 90 days (facts, F2).
const REFRESH_LIFETIME: Duration = Duration::days(90);

/// What a person allowed a client to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) app_id: Uuid,
    pub(crate) person: Uuid,
    /// The browser session it came from: `sid`.
    pub(crate) session: Uuid,
    pub(crate) scope: String,
    pub(crate) nonce: Option<String>,
    /// When the person signed in.
    #[serde(with = "nanoseconds")]
    pub(crate) signed_in: OffsetDateTime,
}

#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) grant: Grant,
    pub(crate) redirect_uri: String,
    /// PKCE (RFC 7636), method S256.
    pub(crate) challenge: Option<String>,
    issued: OffsetDateTime,
    redeemed: bool,
}

/// Why a code or refresh token is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dead {
    Unknown,
    Expired,
    Redeemed,
}

/// What a refresh token is worth.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Refresh {
    grant: Grant,
    #[serde(with = "nanoseconds")]
    issued: OffsetDateTime,
}

/// What is handed out for long: a refresh token, a browser's cookie.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Handed {
    Refresh(String),
    Session(String),
}

#[derive(Debug, Default)]
pub(crate) struct Grants {
    codes: HashMap<String, Code>,
    pub(crate) devices: DeviceFlows,
    refresh: HashMap<String, Refresh>,
    sessions: HashMap<String, BrowserSession>,
    unsaved: Unsaved<Handed>,
}

/// Who is signed in at the tenant in one browser.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BrowserSession {
    pub(crate) id: Uuid,
    pub(crate) person: Uuid,
    #[serde(with = "nanoseconds")]
    pub(crate) signed_in: OffsetDateTime,
}

/// 256 random bits in base64url, with a prefix as Entra's opaque values have one.
pub(super) fn opaque(prefix: &str) -> String {
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
}

impl Grants {
    pub(crate) fn issue_code(
        &mut self,
        grant: Grant,
        redirect_uri: String,
        challenge: Option<String>,
        now: OffsetDateTime,
    ) -> String {
        // Redeemed and expired ones are kept for a while: the client is told which of the two it is.
        self.codes.retain(|_, code| now - code.issued < CODE_LIFETIME * 6);
        let code = opaque("1.");
        self.codes.insert(code.clone(), Code { grant, redirect_uri, challenge, issued: now, redeemed: false });
        code
    }

    /// The code's grant, for the client it was issued to. The code stays good until [`Self::spend`].
    pub(crate) fn code(&self, code: &str, app_id: Uuid, now: OffsetDateTime) -> Result<Code, Dead> {
        let found = self.codes.get(code).filter(|code| code.grant.app_id == app_id).ok_or(Dead::Unknown)?;
        if found.redeemed {
            return Err(Dead::Redeemed);
        }
        if now - found.issued >= CODE_LIFETIME {
            return Err(Dead::Expired);
        }
        Ok(found.clone())
    }

    /// Whom a token request is about: who is behind the code, the refresh token or the device's code in it.
    pub(super) fn person_behind(&self, parameters: &Parameters) -> Option<Uuid> {
        let code = || self.codes.get(parameters.get("code")?).map(|code| code.grant.person);
        let refresh = || self.refresh.get(parameters.get("refresh_token")?).map(|refresh| refresh.grant.person);
        let device = || self.devices.person(parameters.get("device_code").or_else(|| parameters.get("code"))?);
        code().or_else(refresh).or_else(device)
    }

    /// Uses a code up; `false` when somebody was quicker.
    pub(crate) fn spend(&mut self, code: &str) -> bool {
        self.codes.get_mut(code).is_some_and(|code| !std::mem::replace(&mut code.redeemed, true))
    }

    /// A new refresh token. Earlier ones of the same grant stay good (facts, F2).
    pub(crate) fn issue_refresh(&mut self, grant: Grant, now: OffsetDateTime) -> String {
        for (token, _) in self.refresh.extract_if(|_, refresh| now - refresh.issued >= REFRESH_LIFETIME) {
            self.unsaved.note(Handed::Refresh(token));
        }
        let token = opaque("1.AX");
        self.unsaved.note(Handed::Refresh(token.clone()));
        self.refresh.insert(token.clone(), Refresh { grant, issued: now });
        token
    }

    /// The grant behind a refresh token, and when that was issued.
    pub(crate) fn refresh(
        &self,
        token: &str,
        app_id: Uuid,
        now: OffsetDateTime,
    ) -> Result<(Grant, OffsetDateTime), Dead> {
        let refresh = self.refresh.get(token).filter(|refresh| refresh.grant.app_id == app_id).ok_or(Dead::Unknown)?;
        if now - refresh.issued >= REFRESH_LIFETIME {
            return Err(Dead::Expired);
        }
        Ok((refresh.grant.clone(), refresh.issued))
    }

    /// Signs a person in, in a browser; the cookie's value.
    pub(crate) fn open_session(&mut self, person: Uuid, now: OffsetDateTime) -> (String, BrowserSession) {
        let cookie = opaque("");
        let session = BrowserSession { id: Uuid::new_v4(), person, signed_in: now };
        self.unsaved.note(Handed::Session(cookie.clone()));
        self.sessions.insert(cookie.clone(), session.clone());
        (cookie, session)
    }

    pub(crate) fn session(&self, cookie: &str) -> Option<&BrowserSession> {
        self.sessions.get(cookie)
    }

    pub(crate) fn close_session(&mut self, cookie: &str) {
        if self.sessions.remove(cookie).is_some() {
            self.unsaved.note(Handed::Session(cookie.to_owned()));
        }
    }

    /// Which of these the state file lacks, or has and should not have.
    pub(crate) fn unsaved(&mut self) -> &mut Unsaved<Handed> {
        &mut self.unsaved
    }

    /// All of them.
    pub(crate) fn handed(&self) -> BTreeSet<Handed> {
        let refresh = self.refresh.keys().cloned().map(Handed::Refresh);
        refresh.chain(self.sessions.keys().cloned().map(Handed::Session)).collect()
    }

    pub(crate) fn refresh_of(&self, token: &str) -> Option<&Refresh> {
        self.refresh.get(token)
    }

    pub(crate) fn put_refresh(&mut self, token: String, refresh: Refresh) {
        self.refresh.insert(token, refresh);
    }

    pub(crate) fn put_session(&mut self, cookie: String, session: BrowserSession) {
        self.sessions.insert(cookie, session);
    }
}
