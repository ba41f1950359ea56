//! The shortest time in which Graph's limits let a push through.
//!
//! Source: <https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits>.

use serde_json::Value;

/// What a push took of the limits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    pub units: u32,
    pub writes: u32,
    /// Requests that were answered 429.
    pub refused: u32,
}

/// Seconds, and which limit it is that needs them.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    pub seconds: f64,
    pub limit: &'static str,
}

pub struct Needs {
    /// Token buckets, full at the start, filled evenly: what Microsoft describes.
    pub buckets: Need,
    /// Windows that begin with a request: what the local tenant has, so that nobody can be faster there.
    pub windows: Need,
}

/// A read of one application is a unit, a write is a unit and a write; a push makes no others.
pub fn spent(requests: &[Value]) -> Spent {
    let mut spent = Spent::default();
    for request in requests {
        let path = request["path"].as_str().unwrap();
        if !path.starts_with("/v1.0/applications/") {
            // Signing in is no matter of Graph's limits.
            assert!(path.contains("/oauth2/") || path.starts_with("/devicelogin"), "what does {path} cost?");
            continue;
        }
        if request["status"] == 429 {
            spent.refused += 1;
            continue;
        }
        assert!(!path.contains('?'), "what does {path} cost?");
        match request["method"].as_str().unwrap() {
            "GET" => spent.units += 1,
            "PATCH" => (spent.units, spent.writes) = (spent.units + 1, spent.writes + 1),
            other => panic!("what does {other} cost?"),
        }
    }
    spent
}

pub fn needs(spent: Spent, factor: f64) -> Needs {
    // Of one application in a tenant of less than 50 people.
    let limits = [("resource units", spent.units, 3_500.0, 10.0), ("writes", spent.writes, 3_000.0, 150.0)].map(
        |(limit, amount, most, period)| {
            let most: f64 = (most * factor).round().max(1.0);
            let amount = f64::from(amount);
            let bucket = ((amount - most).max(0.0)) * period / most;
            let windows = ((amount - 1.0).max(0.0) / most).floor() * period;
            (limit, bucket, windows)
        },
    );
    let longest = |of: fn(&(&'static str, f64, f64)) -> f64| {
        let needs = limits.iter().map(|limit| Need { seconds: of(limit), limit: limit.0 });
        needs.max_by(|one, two| one.seconds.total_cmp(&two.seconds)).unwrap()
    };
    Needs { buckets: longest(|limit| limit.1), windows: longest(|limit| limit.2) }
}
