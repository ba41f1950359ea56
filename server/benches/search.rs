//! How long a search of the credential index takes over 100,000 apps. Prints percentiles, judges nothing:
//! `cargo bench -p thumbprint --bench search`.

#![expect(clippy::print_stdout, reason = "figures are what a bench is for")]

use domain::ids::{AppId, ObjectId};
use domain::key_credential::KeyCredentials;
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use serde_json::json;
use server::index::{Index, Indexed, Query};
use std::hint::black_box;
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use uuid::Uuid;

const APPS: u32 = 100_000;
/// Searches of each kind; each for something else.
const SEARCHES: u32 = 2_000;

const WORDS: [&str; 8] = ["payroll", "invoice", "customer", "warehouse", "release", "metrics", "partner", "archive"];
const KINDS: [&str; 5] = ["sync", "export", "gateway", "worker", "api"];

fn der(n: u32) -> [u8; 8] {
    u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes()
}

fn name(n: u32) -> String {
    let word = WORDS[(n % 8) as usize];
    let kind = KINDS[(n / 8 % 5) as usize];
    format!("{word}-{kind}-{n:06}")
}

fn key_id(n: u32) -> Uuid {
    Uuid::from_u128(u128::from(n) << 64 | 7)
}

/// Two credentials to an app, as after a renewal.
fn index() -> Index {
    let mut index = Index::default();
    for n in 0..APPS {
        let entry = |k: u32| {
            json!({"keyId": key_id(k), "customKeyIdentifier": Thumbprint::of(&der(k)).hex(), "usage": "Verify",
                "displayName": format!("CN={}.contoso.example", name(n)), "type": "AsymmetricX509Cert",
                "startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2027-01-01T00:00:00Z", "key": null})
        };
        let Ok(keys) = KeyCredentials::from_json(&json!([entry(2 * n), entry(2 * n + 1)])) else { continue };
        let id = u128::from(n);
        let (object, app) = (ObjectId::new(Uuid::from_u128(id)), AppId::new(Uuid::from_u128(id + (1 << 100))));
        index.put(Indexed::new(object, app, &name(n), false, &keys));
        index.know(Sha256Thumbprint::of(&der(2 * n)), Thumbprint::of(&der(2 * n)));
    }
    index
}

/// What a person types for the `n`th search, and whether it is there.
type Words = fn(u32) -> String;

fn main() {
    let begun = Instant::now();
    let index = index();
    println!("{} apps, {} credentials, built in {:.2?}", index.apps(), 2 * index.apps(), begun.elapsed());
    let kinds: [(&str, Words); 9] = [
        ("SHA-1, hexadecimal with colons", |n| {
            let hex = Thumbprint::of(&der(n)).hex();
            let pairs: Vec<&str> = (0..20).map(|at| &hex[2 * at..2 * at + 2]).collect();
            pairs.join(":")
        }),
        ("SHA-1, base64url", |n| Thumbprint::of(&der(n)).base64url()),
        ("SHA-256, base64", |n| Sha256Thumbprint::of(&der(n)).base64()),
        ("SHA-1 that is nowhere", |n| Thumbprint::of(&n.to_le_bytes()).hex()),
        ("beginning of a SHA-1", |n| Thumbprint::of(&der(n)).hex()[..10].to_owned()),
        ("keyId", |n| key_id(n).to_string()),
        ("whole name", |n| name(n / 2)),
        ("words that many have", |n| format!("{} {}", WORDS[(n % 8) as usize], KINDS[(n % 5) as usize])),
        ("words that nobody has", |n| format!("no such application {n}")),
    ];
    let now = OffsetDateTime::now_utc();
    let mut all = vec![];
    for (what, words) in kinds {
        let mut times: Vec<Duration> = (0..SEARCHES)
            .map(|n| {
                let words = words((n * 97) % APPS * 2);
                let begun = Instant::now();
                let answer = black_box(&index).search(&Query::read(&words), now);
                let took = begun.elapsed();
                black_box(answer);
                took
            })
            .collect();
        all.extend_from_slice(&times);
        report(what, &mut times);
    }
    report("all searches", &mut all);
}

fn report(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    println!("{what:32} p50 {:>9.2?}   p99 {:>9.2?}   max {:>9.2?}", at(50), at(99), at(100));
}
