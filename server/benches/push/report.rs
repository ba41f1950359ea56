//! The figures of one run, as a table.

use crate::limits::{Needs, Spent};
use std::time::Duration;

/// Times as fast as azure-cli.
const GOAL_AZ: f64 = 50.0;
/// Of the time that the limits alone need.
const GOAL_LIMITS: f64 = 1.15;
/// Of the bare loop's time, until our last write is answered: where answers come at once, and later.
const GOAL_BARE: f64 = 2.0;
const GOAL_BARE_LATER: f64 = 1.5;
/// Seconds from there to the last proof: two pauses between reads, and the reads.
const GOAL_PROOF: f64 = 3.0;

pub struct Ours {
    /// What the portal is told of Graph's limits.
    pub budget: &'static str,
    pub preview: Duration,
    pub push: Duration,
    /// Of the push, until the last write is answered.
    pub writes: Duration,
    /// Peaks in MiB, here and below.
    pub memory: Option<f64>,
}

/// A sample.
pub struct Rival {
    pub apps: usize,
    pub seconds: Duration,
}

pub struct Round {
    /// Milliseconds.
    pub latency: u32,
    /// The first has the portal's default settings.
    pub ours: Vec<Ours>,
    pub bare: Option<Rival>,
    pub az: Option<Rival>,
    pub msgraph: Option<Rival>,
    pub tenant_memory: Option<f64>,
}

pub struct Throttled {
    pub factor: f64,
    pub push: Duration,
    pub memory: Option<f64>,
    pub spent: Spent,
    pub needs: Needs,
}

pub struct Report {
    apps: u32,
    memory_at_first: Option<f64>,
    tenant_at_first: Option<f64>,
    pub rounds: Vec<Round>,
    pub throttled: Vec<Throttled>,
}

impl Report {
    pub fn new(apps: u32, memory_at_first: Option<f64>, tenant_at_first: Option<f64>) -> Self {
        Self { apps, memory_at_first, tenant_at_first, rounds: vec![], throttled: vec![] }
    }

    pub fn print(&self) {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        println!("\n{} apps, {cores} cores for the tenant and its clients together; all apps in one wave.", self.apps);
        // azure-cli waits for a processor, a push mostly for time: others on the machine make the one slower, not the other.
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_else(|_| "not measured".into());
        println!("Load averages at the end: {}", load.trim());
        println!("\n{:<50}{:>9}{:>16}{:>12}", "", "apps/s", "s / 1,000 apps", "to ours");
        for round in &self.rounds {
            self.print_round(round);
        }
        for throttled in &self.throttled {
            self.print_throttled(throttled);
        }
        println!("\nMemory, resident, at most (MiB)");
        println!("  before the first push: ours {}, tenant {}", mib(self.memory_at_first), mib(self.tenant_at_first));
        for round in &self.rounds {
            let ours: Vec<String> = round.ours.iter().map(|ours| mib(ours.memory)).collect();
            println!("  {} ms later: ours {}, tenant {}", round.latency, ours.join(" and "), mib(round.tenant_memory));
        }
        for throttled in &self.throttled {
            println!("  limits times {}: ours {}", throttled.factor, mib(throttled.memory));
        }
    }

    fn print_round(&self, round: &Round) {
        let apps = f64::from(self.apps);
        let of = |ours: &Ours| (ours.preview + ours.push).as_secs_f64() / apps;
        let total = of(&round.ours[0]);
        let line = |what: &str, per_app: f64| {
            println!("  {what:<48}{:>9.1}{:>16.1}{:>11.2}x", 1.0 / per_app, per_app * 1000.0, per_app / total);
        };
        println!("answers {} ms later", round.latency);
        for ours in &round.ours {
            line(&format!("ours, preview and push; budget: {}", ours.budget), of(ours));
            line("  of that the preview", ours.preview.as_secs_f64() / apps);
            line("  of that the push", ours.push.as_secs_f64() / apps);
            line("  of that until the last write is answered", ours.writes.as_secs_f64() / apps);
        }
        let rival = |name: &str, rival: &Option<Rival>| {
            let Some(Rival { apps, seconds }) = rival else {
                println!("  {name:<48}  not measured");
                return None;
            };
            #[expect(clippy::cast_precision_loss, reason = "a sample of some apps")]
            let per_app = seconds.as_secs_f64() / *apps as f64;
            let from = if *apps == self.apps as usize { String::new() } else { format!(", extrapolated from {apps}") };
            line(&format!("{name}{from}"), per_app);
            Some(per_app)
        };
        let bare = rival("a bare loop: read, append, write", &round.bare);
        let goal = if round.latency == 0 { GOAL_BARE } else { GOAL_BARE_LATER };
        for ours in round.ours.iter().filter(|_| bare.is_some()) {
            let times = ours.writes.as_secs_f64() / apps / bare.unwrap_or_default();
            let proof = (ours.push.saturating_sub(ours.writes)).as_secs_f64();
            println!(
                "  ours takes {times:.2} times as long as the bare loop, budget: {}; goal at most {goal}: {}",
                ours.budget,
                met(times <= goal)
            );
            println!(
                "  the last proof comes {proof:.1} s after that; goal at most {GOAL_PROOF}: {}",
                met(proof <= GOAL_PROOF)
            );
        }
        let az = rival("az … reset --append", &round.az);
        rival("msgraph-sdk", &round.msgraph);
        for ours in round.ours.iter().filter(|_| az.is_some()) {
            let times = az.unwrap_or_default() / of(ours);
            let met = met(times >= GOAL_AZ);
            println!(
                "  azure-cli takes {times:.1} times as long, budget: {}; goal at least {GOAL_AZ}: {met}",
                ours.budget
            );
        }
    }

    fn print_throttled(&self, run: &Throttled) {
        let Throttled { factor, push, spent, needs, .. } = run;
        let took = push.as_secs_f64();
        println!("limits {factor} times the documented ones, counted by the tenant and told to the portal");
        println!(
            "  {:<48}{:>9.1}{:>16.1}",
            "ours, push",
            f64::from(self.apps) / took,
            took / f64::from(self.apps) * 1000.0
        );
        println!(
            "  it took {took:.1} s, {} units, {} writes; {} requests were refused with 429",
            spent.units, spent.writes, spent.refused
        );
        for (how, need) in [
            ("windows, as this tenant has them, the longest", needs.windows),
            ("windows, units and writes together", needs.windows_together),
            ("token buckets, the longest", needs.buckets),
        ] {
            let alone = format!("  {how}: the limits alone need {need:.1} s");
            if need > 0.0 {
                let ratio = took / need;
                println!("{alone}; ratio {ratio:.2}, goal at most {GOAL_LIMITS}: {}", met(ratio <= GOAL_LIMITS));
            } else {
                println!("{alone}: all fits in at once, and a ratio says nothing");
            }
        }
    }
}

fn met(is: bool) -> &'static str {
    if is { "met" } else { "NOT met" }
}

fn mib(amount: Option<f64>) -> String {
    amount.map_or_else(|| "not measured".into(), |amount| format!("{amount:.0}"))
}
