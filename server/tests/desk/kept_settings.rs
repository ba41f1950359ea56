//! Approval rules and channels that administrators keep in the portal, beside those of the configuration.

use crate::databases::Database;
use crate::people::LEILA;
use crate::world::{MARA, OWEN, PRIYA, TOBIAS, World, outcomes};
use app::contract::notices::ChannelFields;
use app::contract::ports::*;
use app::contract::requests::{RuleVerdict, RuleView};
use app::contract::settings::KeptState;
use domain::audit::AuditAction;
use domain::requests::{RequestAct, RequestState, ReviewVerdict, RuleText};
use domain::rollout::{Outcome, Pace, PushMode};
use domain::settings::{MOST_CHANNELS, MOST_RULES, SettingAct};
use serde_json::json;

const APP: &str = "invoice-sync";
const URL: &str = "https://hooks.example.com/services/s3cret";

fn invoices() -> RuleText {
    RuleText { name: "invoices".into(), names: "invoice-*".into(), ..RuleText::default() }
}

async fn rule(world: &World, upn: &str, name: &str) -> Option<RuleView> {
    let rules = world.desk(upn).rules(APP, PushMode::Append).await.unwrap().rules;
    rules.into_iter().find(|rule| rule.need.rule.as_deref() == Some(name))
}

fn state_of(rule: Option<RuleView>) -> (KeptState, u32) {
    let kept = rule.unwrap().kept.unwrap();
    (kept.state, kept.version)
}

/// Of the newest audit row of this action.
async fn audited(world: &World, action: AuditAction) -> String {
    world.audit(MARA).await.into_iter().find(|row| row.action == action).map(|row| row.detail).unwrap()
}

async fn push(world: &World) -> Result<(), String> {
    let plan = world.draft(TOBIAS, &[APP], PushMode::Append).await;
    world.desk(TOBIAS).push(plan, "", Pace::default()).await.map(|_| ()).map_err(|problem| problem.code)
}

#[tokio::test]
async fn a_rule_that_is_kept_counts_from_the_next_push_on_until_it_is_switched_off() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let world = World::with_inventory(database).await;
        let admin = world.desk(MARA);
        admin.keep_rule(0, &invoices()).await.unwrap();
        assert_eq!(push(&world).await, Err("needs-approval".into()));
        let found = rule(&world, OWEN, "invoices").await.unwrap();
        assert!(matches!(found.verdict, Some(RuleVerdict::Applies(_))) && found.text.is_none(), "{found:?}");
        let text = rule(&world, MARA, "invoices").await.unwrap().text.unwrap();
        assert_eq!((text.names.as_str(), text.approvers.as_str()), ("invoice-*", "admins"));

        let two = RuleText { approvals: "2".into(), ..invoices() };
        assert_eq!(admin.keep_rule(2, &two).await.unwrap_err().code, "changed-meanwhile");
        admin.keep_rule(1, &two).await.unwrap();
        let detail = audited(&world, AuditAction::Rule(SettingAct::Changed)).await;
        let before = detail.split("Now: ").next().unwrap();
        assert!(before.contains("\"approvals\":1") && detail.contains("\"approvals\":2"), "{detail}");

        admin.switch_rule("invoices", 2, false).await.unwrap();
        let off = rule(&world, MARA, "invoices").await;
        assert_eq!((off.as_ref().unwrap().verdict.clone(), state_of(off)), (None, (KeptState::Off, 3)));
        assert_eq!(push(&world).await, Ok(()));
        admin.switch_rule("invoices", 3, true).await.unwrap();
        assert_eq!(push(&world).await, Err("needs-approval".into()));
        assert_eq!(admin.remove_rule("invoices", 3).await.unwrap_err().code, "changed-meanwhile");
        admin.remove_rule("invoices", 4).await.unwrap();
        assert_eq!((push(&world).await, rule(&world, MARA, "invoices").await), (Ok(()), None));
        assert!(audited(&world, AuditAction::Rule(SettingAct::Removed)).await.contains("\"approvals\":2"));
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_rule_is_said_as_the_configurations_is_and_what_it_has_stays() {
    let world = World::with_rules(json!([{"name": "pinned", "names": ["ledger-*"]}])).await;
    let admin = world.desk(MARA);
    let why = async |rule: RuleText| {
        let problem = admin.keep_rule(0, &rule).await.unwrap_err();
        assert_eq!((problem.status, problem.code.as_str()), (422, "bad-rule"));
        problem.detail
    };
    let pinned = RuleText { name: "pinned".into(), ..invoices() };
    assert_eq!(why(pinned).await, "Two rules are called “pinned”.");
    let nobody = RuleText { approvers: "root".into(), ..invoices() };
    assert!(why(nobody).await.starts_with("Who approves, line 1: “root” is neither"));
    let many = RuleText { approvals: "11".into(), ..invoices() };
    assert!(why(many).await.contains("more than 10"));
    let long = RuleText { names: "n".repeat(200).as_str().to_owned() + &"\nn".repeat(150), ..invoices() };
    let long = RuleText { tags: format!("{}\n", "t".repeat(250)).repeat(40), ..long };
    assert!(why(long).await.contains("characters"));
    for upn in [OWEN, PRIYA, LEILA] {
        let desk = world.desk(upn);
        let refused = [
            desk.keep_rule(0, &invoices()).await.unwrap_err().status,
            desk.switch_rule("pinned", 0, false).await.unwrap_err().status,
            desk.remove_rule("pinned", 0).await.unwrap_err().status,
            desk.keep_channel(&slack("chat")).await.unwrap_err().status,
            desk.switch_channel(&"chat".parse().unwrap(), 1, false).await.unwrap_err().status,
            desk.remove_channel(&"chat".parse().unwrap(), 1).await.unwrap_err().status,
        ];
        assert_eq!(refused, [403; 6], "{upn}");
    }
    for wrong in [admin.switch_rule("pinned", 1, false).await, admin.remove_rule("pinned", 1).await] {
        assert_eq!(wrong.unwrap_err().code, "changed-meanwhile", "it is not kept here");
    }
    let rules = admin.rules("", PushMode::Append).await.unwrap().rules;
    assert!(rules.len() == 1 && rules[0].kept.is_none());

    for n in 0..MOST_RULES {
        admin.keep_rule(0, &RuleText { name: format!("rule {n}"), ..invoices() }).await.unwrap();
    }
    assert_eq!(admin.keep_rule(0, &invoices()).await.unwrap_err().code, "too-many-settings");
}

#[tokio::test]
async fn the_configurations_rule_takes_the_place_of_one_of_its_name() {
    let mut world = World::start().await;
    world.desk(MARA).keep_rule(0, &invoices()).await.unwrap();
    world.rules(json!([{"name": "invoices", "names": ["ledger-*"]}])).await;
    let rules = world.desk(MARA).rules(APP, PushMode::Append).await.unwrap().rules;
    let states: Vec<_> = rules.iter().map(|rule| rule.kept.as_ref().map(|kept| kept.state)).collect();
    assert_eq!(states, [None, Some(KeptState::Pinned)]);
    assert_eq!(push(&world).await, Ok(()));
    world.rules(json!([])).await;
    assert_eq!(push(&world).await, Err("needs-approval".into()), "it was only put aside");
}

#[tokio::test]
async fn a_rule_that_asks_for_others_counts_for_what_was_approved_before_it() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let world = World::with_inventory(database).await;
        let plan = world.draft(TOBIAS, &[APP], PushMode::Append).await;
        let id = world.desk(TOBIAS).ask(plan, "the yearly renewal", None, None).await.unwrap();
        let say = async |upn: &str| {
            world.desk(upn).review_request(id, 1, ReviewVerdict::Approve, "").await.map_err(|problem| problem.code)
        };
        say(MARA).await.unwrap();
        let approvers = world.viewer(LEILA).object_id.to_string();
        world.desk(MARA).keep_rule(0, &RuleText { approvers, ..invoices() }).await.unwrap();
        assert_eq!(world.desk(LEILA).request(id, 1).await.unwrap_err().code, "request-not-found");
        let sent = world.requests("PATCH").len();
        let execute = async || world.desk(TOBIAS).execute_request(id, "").await.map_err(|problem| problem.code);
        assert_eq!(execute().await, Err("approvals-missing".into()));
        assert_eq!(world.requests("PATCH").len(), sent, "nothing was written");
        let view = world.desk(TOBIAS).request(id, 1).await.unwrap();
        assert_eq!((view.row.state, view.missing), (RequestState::Open, 1));
        assert_eq!(view.lines.last().map(|line| line.act), Some(RequestAct::Reconsidered));
        assert_eq!(say(MARA).await, Err("not-a-reviewer".into()));
        assert_eq!(world.desk(LEILA).requests_waiting().await.unwrap(), 1, "it waits for whom the rule names");
        say(LEILA).await.unwrap();
        let receipt = execute().await.unwrap().unwrap();
        assert_eq!(outcomes(&world.receipt(TOBIAS, receipt).await), [Outcome::Verified]);
    }
}

fn slack(name: &str) -> ChannelFields {
    ChannelFields {
        name: name.into(),
        kind: "slack".into(),
        tells: vec!["admins".into()],
        url: URL.into(),
        ..ChannelFields::default()
    }
}

#[tokio::test]
async fn a_channel_is_kept_sealed_shown_masked_and_each_change_is_in_the_audit_log() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let world = World::with_inventory(database).await;
        let admin = world.desk(MARA);
        admin.keep_channel(&slack("chat")).await.unwrap();
        let channels = async || admin.notices(1).await.unwrap().channels;
        let seen = channels().await.remove(0);
        assert_eq!((seen.kind.as_str(), seen.address.as_str()), ("slack", "https://hooks.example.com/…"));
        assert_eq!(seen.kept.as_ref().map(|kept| (kept.version, kept.state)), Some((1, KeptState::On)));
        let raw = world.store.of(domain::ids::TenantId::new(world.tenant.tenant_id()));
        let raw = raw.kept_settings(server::store::SettingKind::Channel).await.unwrap().remove(0).value;
        assert!(!raw.windows(6).any(|bytes| bytes == b"s3cret" || bytes == b"hooks."), "it is sealed");

        // What is left blank stays.
        let blank = ChannelFields { version: 1, url: String::new(), tells: vec!["unowned".into()], ..slack("chat") };
        admin.keep_channel(&blank).await.unwrap();
        let detail = audited(&world, AuditAction::Channel(SettingAct::Changed)).await;
        let before = "slack https://hooks.example.com/…, for administrators";
        let now = "slack https://hooks.example.com/…, for apps without owners";
        assert_eq!(detail, format!("Channel “chat”. Before: {before}. Now: {now}"));
        let moved = ChannelFields { version: 2, url: format!("{URL}-2"), ..slack("chat") };
        admin.keep_channel(&moved).await.unwrap();
        let detail = audited(&world, AuditAction::Channel(SettingAct::Changed)).await;
        assert!(detail.ends_with("(another address)") && !detail.contains("s3cret"), "{detail}");

        let chat = "chat".parse().unwrap();
        assert_eq!(admin.keep_channel(&moved).await.unwrap_err().code, "changed-meanwhile");
        admin.test_channel(&chat).await.unwrap();
        admin.switch_channel(&chat, 3, false).await.unwrap();
        assert_eq!(admin.test_channel(&chat).await.unwrap_err().code, "no-such-channel");
        assert_eq!(channels().await[0].kept.as_ref().map(|kept| kept.state), Some(KeptState::Off));
        admin.switch_channel(&chat, 4, true).await.unwrap();
        admin.remove_channel(&chat, 5).await.unwrap();
        assert!(channels().await.is_empty());
        let acts: Vec<_> = world.audit(MARA).await.into_iter().map(|row| row.action).collect();
        for act in SettingAct::ALL {
            assert!(acts.contains(&AuditAction::Channel(*act)), "{act}");
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_channel_is_said_without_its_address() {
    let world = World::start().await;
    let admin = world.desk(MARA);
    let why = async |fields: ChannelFields| {
        let problem = admin.keep_channel(&fields).await.unwrap_err();
        assert_eq!((problem.status, problem.code.as_str()), (422, "bad-channel"));
        assert!(!problem.detail.contains("s3cret"), "{}", problem.detail);
        problem.detail
    };
    assert!(why(slack("Chat")).await.contains("is no name of a channel"));
    assert!(why(slack("email")).await.contains("is no name of a channel"));
    let plain = ChannelFields { url: "http://hooks.example.com/s3cret".into(), ..slack("chat") };
    assert!(why(plain).await.contains("is plain http"));
    assert!(why(ChannelFields { url: "s3cret".into(), ..slack("chat") }).await.contains("url of a channel is none"));
    assert!(why(ChannelFields { kind: "webhook".into(), ..slack("chat") }).await.contains("signs with nothing"));
    assert!(why(ChannelFields { tells: vec![], ..slack("chat") }).await.contains("choose for whom"));
    assert!(why(ChannelFields { tells: vec!["all".into()], ..slack("chat") }).await.contains("admins, unowned"));
    let mail = ChannelFields { kind: "email".into(), to: "a@example.com".into(), ..slack("chat") };
    assert!(why(mail).await.contains("[notices.email]"));
    for n in 0..MOST_CHANNELS {
        admin.keep_channel(&slack(&format!("chat-{n}"))).await.unwrap();
    }
    assert_eq!(admin.keep_channel(&slack("chat")).await.unwrap_err().code, "too-many-settings");
}
