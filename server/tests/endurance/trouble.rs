//! What can go wrong on a bad day.

use crate::database::Engine;
use crate::machine::Machine;
use rand::RngExt as _;
use rand::rngs::StdRng;
use rustix::process::Signal;
use serde_json::json;
use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

/// Times that a process is ended in one push.
const ENDS: u32 = 3;
/// That the portal's clock is off by.
const TWO_HOURS: i32 = 2 * 60 * 60;
/// A stop does not take longer, whatever is under way.
const STOP: Duration = Duration::from_secs(35);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    DiskFull,
    DatabaseLocked,
    DatabaseRestarted,
    TenantFrozen,
    TenantResets,
    TokenEndpointGone,
    ClockAhead,
    ClockBack,
    Killed,
    Terminated,
}

impl Trouble {
    pub fn all(engine: Engine) -> Vec<Self> {
        let mut all = vec![
            Self::DiskFull,
            Self::DatabaseLocked,
            Self::TenantFrozen,
            Self::TenantResets,
            Self::TokenEndpointGone,
            Self::ClockAhead,
            Self::ClockBack,
            Self::Killed,
            Self::Terminated,
        ];
        if engine == Engine::Postgres {
            all.push(Self::DatabaseRestarted);
        }
        all
    }

    /// Where Graph does not answer for long, an app may end with that as its cause; all else the portal bears, and each app
    /// ends as wanted.
    pub fn may_be_the_cause(self) -> bool {
        matches!(self, Self::TenantFrozen | Self::TenantResets)
    }

    /// For so long; then all is well again.
    pub async fn befalls(self, machine: &mut Machine, random: &mut StdRng, lasts: Duration) {
        match self {
            Self::DiskFull => machine.database.disk_full(lasts).await,
            Self::DatabaseLocked => machine.database.locked(lasts).await,
            Self::DatabaseRestarted => {
                for _ in 0..ENDS {
                    machine.database.started_anew().await;
                    tokio::time::sleep(random.random_range(Duration::ZERO..=lasts / ENDS)).await;
                }
            }
            Self::TenantFrozen => {
                machine.tenant.signal(Signal::STOP);
                tokio::time::sleep(lasts).await;
                // What it was sent meanwhile it carries out now, whether or not somebody waits for it.
                machine.tenant.signal(Signal::CONT);
            }
            Self::TenantResets => {
                let mut rules = vec![];
                for when in ["before", "after"] {
                    let seed: u64 = random.random();
                    let rule = json!({"path": "/v1.0/applications*", "fault": {"kind": "reset"}, "rate": 0.3,
                        "when": when, "seed": seed});
                    rules.push(machine.tenant.fail(rule).await);
                }
                tokio::time::sleep(lasts).await;
                for rule in rules {
                    machine.tenant.mend(rule).await;
                }
            }
            Self::TokenEndpointGone => {
                let rule = json!({"path": "*/oauth2/v2.0/token", "fault": {"kind": "reset"}});
                let rule = machine.tenant.fail(rule).await;
                tokio::time::sleep(lasts).await;
                machine.tenant.mend(rule).await;
            }
            Self::ClockAhead => machine.clock_off(TWO_HOURS, lasts).await,
            Self::ClockBack => machine.clock_off(-TWO_HOURS, lasts).await,
            Self::Killed | Self::Terminated => {
                for _ in 0..ENDS {
                    tokio::time::sleep(random.random_range(Duration::ZERO..=lasts / ENDS)).await;
                    if self == Self::Killed {
                        machine.portal.kill();
                    } else {
                        let status = machine.portal.terminate(STOP).await;
                        // Before it has come to hear signals it ends by this one.
                        let deaf = status.signal() == Some(Signal::TERM.as_raw());
                        assert!(status.success() || deaf, "told to stop, it ended with {status}\n{}", machine.log());
                    }
                    machine.start_portal();
                }
            }
        }
    }

    /// What makes it felt, from before the push until after it.
    pub async fn prepares(self, machine: &Machine, begins: bool) {
        if self == Self::TokenEndpointGone {
            // Tokens are renewed five minutes before they end: one that lives a minute is renewed for each request.
            let lifetime = if begins { json!(60) } else { json!(null) };
            machine.tenant.behave(json!({"token_lifetime_seconds": lifetime})).await;
        }
    }
}

impl Machine {
    async fn clock_off(&self, by: i32, lasts: Duration) {
        self.move_clock(by);
        tokio::time::sleep(lasts).await;
        self.move_clock(0);
    }
}
