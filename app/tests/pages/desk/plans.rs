//! Previews: an addition, a replacement, a bulk push, a removal.

use super::{NOW, current, id, new_certificate};
use app::contract::apps::Right;
use app::contract::inventory::Which;
use app::contract::paging::*;
use app::contract::plans::*;
use app::contract::problem::*;
use domain::commands::Commands;
use domain::credentials::Finding;
use domain::ids::{AppId, KeyId, ObjectId};
use domain::key_credential::{IdentifierStyle, NewKeyCredential};
use domain::merge_plan::{Change, MergePlan};
use domain::rollout::PushMode;
use time::Duration;
use uuid::Uuid;

pub const APPENDING: u128 = 70;
pub const REPLACING: u128 = 71;
pub const MANY: u128 = 72;
pub const RETIRING: u128 = 73;
pub const RESTORING: u128 = 74;
pub const COPYING: u128 = 75;
pub const ROTATING: u128 = 76;
pub const TABLE: u128 = 77;

pub fn planned(replace: bool) -> (MergePlan, NewKeyCredential) {
    let new = NewKeyCredential::new(&new_certificate(), KeyId::from_random([7; 16]), "", IdentifierStyle::Base64)
        .expect("an entry");
    let change = if replace { Change::Replace(vec![new.clone()]) } else { Change::Append(vec![new.clone()]) };
    (MergePlan::new(&current(), &change, Some(KeyId::new(id(11)))).expect("a plan"), new)
}

/// A plan's id tells which request it was made from.
pub fn draft(request: &PlanRequest) -> Result<Uuid, Problem> {
    let apps = match request {
        PlanRequest::Add { apps, .. }
        | PlanRequest::Copy { apps, .. }
        | PlanRequest::RetireCertificate { apps, .. } => Some(apps),
        _ => None,
    };
    if apps == Some(&Chosen::These(vec![])) {
        return Err(Problem::new(422, "no-apps", "No app was chosen", "A preview needs at least one app.")
            .advice("Tick an app and try again."));
    }
    if let PlanRequest::Retire { key_ids, .. } = request
        && key_ids.is_empty()
    {
        return Err(Problem::new(422, "no-entries", "No entry was chosen", "A removal needs at least one.")
            .advice("Tick one and try again."));
    }
    if let PlanRequest::RetireSelected(selection) = request
        && selection.which == Which::These(vec![])
    {
        return Err(Problem::new(422, "none-selected", "Nothing is selected", "A selection has at least one row."));
    }
    if let PlanRequest::Table { csv } = request
        && csv.contains("nonsense")
    {
        return Err(Problem::new(
            422,
            "bad-table",
            "2 lines of the table cannot be used",
            "Line 2: no app is called “nonsense”.\nLine 4: that is not a thumbprint.",
        )
        .advice("Mend these lines and send the table again."));
    }
    Ok(id(match request {
        PlanRequest::Add { apps: Chosen::Found(_) | Chosen::Selected(_), .. } => MANY,
        PlanRequest::Add { mode: PushMode::Replace, .. } => REPLACING,
        PlanRequest::Add { mode: PushMode::Rotate, overlap_days: 14, .. } => ROTATING,
        PlanRequest::Add { .. } | PlanRequest::Again { .. } => APPENDING,
        PlanRequest::Table { .. } => TABLE,
        PlanRequest::Retire { .. } | PlanRequest::RetireCertificate { .. } | PlanRequest::RetireSelected(_) => RETIRING,
        PlanRequest::Copy { .. } => COPYING,
        PlanRequest::Restore { .. } => RESTORING,
    }))
}

fn app(n: u128, name: &str, change: Result<PlannedChange, Problem>) -> PlannedApp {
    PlannedApp {
        object_id: ObjectId::new(id(n)),
        app_id: AppId::new(id(n + 500)),
        display_name: name.into(),
        right: Right::Unknown,
        change,
        uses: vec![],
    }
}

fn change(replace: bool) -> PlannedChange {
    let (plan, _) = planned(replace);
    PlannedChange {
        key_ids: plan.key_ids().into_iter().map(|(id, _)| id).collect(),
        base: plan.base().clone(),
        diff: plan.diff().clone(),
        body: plan.body_pretty(),
        manifest: plan.manifest_pretty(),
        commands: Commands::new(AppId::new(id(501)), ObjectId::new(id(1)), &plan, "https://graph.microsoft.com"),
        noop: plan.is_noop(),
        cautions: plan.cautions().to_vec(),
        findings: vec![],
    }
}

fn refused() -> Problem {
    Problem::new(
        403,
        "not-yours",
        "You may not change this app",
        "You are not among its owners and have no directory role that may.",
    )
    .advice("Ask an owner to push it, or to add you.")
}

pub fn view(plan_id: Uuid, page: u32) -> PlanView {
    let is = |n: u128| plan_id == id(n);
    let removing = is(REPLACING) || is(RETIRING) || is(RESTORING);
    let mode = match plan_id {
        it if it == id(REPLACING) => PushMode::Replace,
        it if it == id(RETIRING) => PushMode::Retire,
        it if it == id(RESTORING) => PushMode::RestoreExactly,
        it if it == id(COPYING) => PushMode::Copy,
        it if it == id(ROTATING) => PushMode::Rotate,
        it if it == id(TABLE) => PushMode::Table,
        _ => PushMode::Append,
    };
    let adds = !is(RETIRING) && !is(RESTORING);
    let (sum, items, total) = if is(MANY) {
        let warned = PlannedChange {
            findings: vec![Finding {
                title: "The tenant’s policy allows 180 days".into(),
                why: "defaultAppManagementPolicy limits new certificates to 180 days; this one is valid for 365."
                    .into(),
                advice: "Use a certificate with a shorter life, or ask for an exemption.".into(),
            }],
            cautions: vec!["This app has 41 credentials already.".into()],
            ..change(false)
        };
        let items = (1..=25).map(|n| {
            let name = format!("Batch worker {n:02}");
            app(
                n,
                &name,
                if n == 3 {
                    Err(refused())
                } else if n == 2 {
                    Ok(warned.clone())
                } else {
                    Ok(change(false))
                },
            )
        });
        let sum = PlanSum { writes: 57, noops: 3, refused: 1, added: 57, kept: 114, ..PlanSum::default() };
        (sum, items.collect(), 61)
    } else {
        let sum = PlanSum {
            writes: 1,
            refused: u32::from(!is(RETIRING)),
            added: 1,
            kept: if removing { 1 } else { 2 },
            removed: u32::from(removing),
            losing: u32::from(removing),
            ..PlanSum::default()
        };
        let uses = if is(RETIRING) { super::inventory::uses() } else { vec![] };
        let changed = PlannedApp { uses, ..app(1, "Payroll export", Ok(change(removing))) };
        (sum, vec![changed, app(4, "Badge access", Err(refused()))], 2)
    };
    PlanView {
        id: plan_id,
        certificates: if adds { vec![new_certificate().facts().clone()] } else { vec![] },
        mode,
        note: is(ROTATING).then(|| "Overlap of 14 days, until 9 Dec 2026".to_owned()),
        display_name: if adds { new_certificate().facts().subject.clone() } else { String::new() },
        created_at: NOW - Duration::minutes(1),
        sum,
        apps: Page { items, page, has_next: total > 25 && page < 3, total: Some(total) },
        confirm: removing.then(|| "remove 1".to_owned()),
        receipt: None,
        rules: if is(RESTORING) { vec!["what was there before".into()] } else { vec![] },
        request: None,
    }
}
