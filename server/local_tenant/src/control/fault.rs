//! Faults: which requests they strike, and what they do to these.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde::{Deserialize, Serialize};

/// Which requests fail, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// `None`: every method.
    #[serde(default)]
    pub method: Option<String>,
    /// Path with query, undecoded, without regard to case; `*` stands for any run of characters. A vault's path begins
    /// with `/_vault/{vault}`, however the request named it.
    #[serde(default = "everything")]
    pub path: String,
    #[serde(rename = "fault")]
    pub kind: FaultKind,
    #[serde(default)]
    pub when: FaultMoment,
    /// How many requests it strikes. `None`: until it is disarmed.
    #[serde(default)]
    pub times: Option<u32>,
    /// Share of the fitting requests that it strikes, 0 to 1.
    #[serde(default = "always")]
    pub rate: f64,
    /// Of the random numbers behind `rate`: the same seed strikes the same requests of a sequence.
    #[serde(default)]
    pub seed: u64,
    /// Fitting requests that it lets pass first.
    #[serde(default)]
    pub skip: u32,
}

fn everything() -> String {
    "*".into()
}

const fn always() -> f64 {
    1.0
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultKind {
    /// An error in the form of whatever was asked: Graph, Key Vault or the sign-in service.
    Status {
        status: u16,
        /// Its error code; `None` takes the one that goes with the status there.
        #[serde(default)]
        code: Option<String>,
        #[serde(default)]
        message: Option<String>,
        /// Seconds, for a `Retry-After` header.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// Nothing comes for so long; then the connection is closed. By the machine's clock.
    Timeout { milliseconds: u64 },
    /// The connection is closed without an answer.
    Reset,
    /// The answer comes that much later. By the machine's clock.
    Slow { milliseconds: u64 },
}

/// Whether the request is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultMoment {
    /// It is not (a slow one is carried out after the wait).
    #[default]
    Before,
    /// It is; then the fault takes the place of the answer.
    After,
}

impl FaultRule {
    /// Strikes every request, before it is carried out, until it is disarmed.
    pub fn new(kind: FaultKind) -> Self {
        Self {
            method: None,
            path: everything(),
            kind,
            when: FaultMoment::Before,
            times: None,
            rate: 1.0,
            seed: 0,
            skip: 0,
        }
    }

    /// What makes no sense about it, for whoever sent it.
    pub(super) fn complaint(&self) -> Option<&'static str> {
        if !(0.0..=1.0).contains(&self.rate) {
            return Some("rate must be between 0 and 1");
        }
        match self.kind {
            FaultKind::Status { status, .. } if !(400..=599).contains(&status) => {
                Some("status must be between 400 and 599")
            }
            _ => None,
        }
    }

    fn fits(&self, method: &str, path: &str) -> bool {
        self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && glob(self.path.to_ascii_lowercase().as_bytes(), path.to_ascii_lowercase().as_bytes())
    }
}

/// A rule with what is left of it.
#[derive(Debug)]
pub(super) struct ArmedFault {
    pub(super) id: u64,
    pub(super) rule: FaultRule,
    /// How many requests it has struck.
    pub(super) struck: u32,
    passed: u32,
    random: StdRng,
}

impl ArmedFault {
    pub(super) fn new(id: u64, rule: FaultRule) -> Self {
        let random = StdRng::seed_from_u64(rule.seed);
        Self { id, rule, struck: 0, passed: 0, random }
    }

    fn strikes(&mut self, method: &str, path: &str) -> bool {
        if self.is_spent() || !self.rule.fits(method, path) {
            return false;
        }
        if self.passed < self.rule.skip {
            self.passed += 1;
            return false;
        }
        let struck = self.rule.rate >= 1.0 || self.random.random::<f64>() < self.rule.rate;
        self.struck += u32::from(struck);
        struck
    }

    fn is_spent(&self) -> bool {
        self.rule.times.is_some_and(|times| self.struck >= times)
    }
}

/// The fault that strikes this request: the first armed one that does. Spent ones go.
pub(super) fn take(faults: &mut Vec<ArmedFault>, method: &str, path: &str) -> Option<FaultRule> {
    let struck = faults.iter_mut().find_map(|fault| fault.strikes(method, path).then(|| fault.rule.clone()));
    faults.retain(|fault| !fault.is_spent());
    struck
}

/// Whether `text` is `pattern` with its stars filled in.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    // Where the last star was, and up to where it has been filled.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p, t));
            p += 1;
        } else if pattern.get(p) == Some(&text[t]) {
            (p, t) = (p + 1, t + 1);
        } else if let Some((at, filled)) = star {
            star = Some((at, filled + 1));
            (p, t) = (at + 1, filled + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, fits) in [
            ("*", "", true),
            ("/v1.0/applications/*", "/v1.0/applications/1?$select=id", true),
            ("/v1.0/applications/*", "/v1.0/applications", false),
            ("*/token", "/t/oauth2/v2.0/token", true),
            ("*/token", "/t/oauth2/v2.0/token?x", false),
            ("/a*b*c", "/aXbYbZc", true),
            ("/a*b*c", "/aXbYbZ", false),
            ("/me", "/me", true),
            ("", "/me", false),
        ] {
            assert_eq!(glob(pattern.as_bytes(), text.as_bytes()), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn counts_and_skips() {
        let rule =
            FaultRule { times: Some(2), skip: 1, method: Some("get".into()), ..FaultRule::new(FaultKind::Reset) };
        let mut faults = vec![ArmedFault::new(1, rule)];
        let mut strikes = |method| take(&mut faults, method, "/x").is_some();
        assert_eq!(["GET", "PATCH", "GET", "GET", "GET"].map(&mut strikes), [false, false, true, true, false]);
        assert!(faults.is_empty());
    }

    #[test]
    fn the_same_seed_strikes_the_same_requests() {
        let run = |seed| {
            let rule = FaultRule { rate: 0.5, seed, ..FaultRule::new(FaultKind::Reset) };
            let mut faults = vec![ArmedFault::new(1, rule)];
            (0..64).map(|_| take(&mut faults, "GET", "/").is_some()).collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
        let struck = run(7).iter().filter(|struck| **struck).count();
        assert!((16..=48).contains(&struck), "{struck}");
    }

    #[test]
    fn rules_are_read_with_their_defaults() {
        let rule: FaultRule = serde_json::from_str(r#"{"fault": {"kind": "status", "status": 503}}"#).unwrap();
        let status = FaultKind::Status { status: 503, code: None, message: None, retry_after: None };
        assert_eq!(rule, FaultRule::new(status));
        assert!(serde_json::from_str::<FaultRule>(r#"{"fault": {"kind": "reset"}, "tmies": 1}"#).is_err());
        assert!(FaultRule { rate: 1.5, ..rule.clone() }.complaint().is_some());
        assert!(rule.complaint().is_none());
    }
}
