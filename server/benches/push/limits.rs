//! The shortest time in which Graph's limits let a push through, whoever makes it.
//!
//! Source: <https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits>.

use serde_json::Value;

/// Resource units in 10 s and writes in 150 s, of one application in a tenant of less than 50 people.
const UNITS: (f64, f64) = (3_500.0, 10.0);
const WRITES: (f64, f64) = (3_000.0, 150.0);

/// What a push took of the limits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    pub units: u32,
    pub writes: u32,
    /// Requests that were answered 429.
    pub refused: u32,
}

/// Seconds. No more than needed: what is not about the limits (the pauses between reads, the way there) takes no time.
#[derive(Debug, Clone, Copy)]
pub struct Needs {
    /// Windows that begin with a request: what the local tenant has. The limit that needs longest, by itself.
    pub windows: f64,
    /// The same, and both limits at once: a write of a later window, and its reads, come after that window's beginning.
    pub windows_together: f64,
    /// Token buckets, full at the start and filled evenly, as Microsoft describes them. The limit that needs longest.
    pub buckets: f64,
}

/// A read of one application is a unit, and so is a list with a `$top` below 20; a write is a unit and a write. A push makes
/// no others.
pub fn spent(requests: &[Value]) -> Spent {
    let mut spent = Spent::default();
    for request in requests {
        let path = request["path"].as_str().unwrap();
        if request["status"] == 429 {
            spent.refused += 1;
            continue;
        }
        let one = path.starts_with("/v1.0/applications/") && !path.contains('?');
        let some = path.starts_with("/v1.0/applications?") && path.ends_with("top=15") && !path.contains("expand");
        match request["method"].as_str().unwrap() {
            "GET" if one || some => spent.units += 1,
            "PATCH" if one => (spent.units, spent.writes) = (spent.units + 1, spent.writes + 1),
            other => panic!("what does {other} {path} cost?"),
        }
    }
    spent
}

pub fn needs(spent: Spent, factor: f64) -> Needs {
    let (units, writes) = (f64::from(spent.units), f64::from(spent.writes));
    let scaled = |figure: f64| (figure * factor).round().max(1.0);
    let (most_units, most_writes) = (scaled(UNITS.0), scaled(WRITES.0));
    // The last of so many is let through in this window, the first of which is the 0th.
    let window = |amount: f64, most: f64| ((amount - 1.0).max(0.0) / most).floor();
    let bucket = |amount: f64, most: f64, period: f64| (amount - most).max(0.0) * period / most;
    let mut together = window(units, most_units) * UNITS.1;
    let each = units / writes.max(1.0);
    let mut begun = most_writes;
    while begun < writes {
        // All but the read before it.
        let later = (writes - begun) * (each - 1.0);
        let begins = begun / most_writes * WRITES.1;
        together = together.max(begins + window(later, most_units) * UNITS.1);
        begun += most_writes;
    }
    Needs {
        windows: (window(units, most_units) * UNITS.1).max(window(writes, most_writes) * WRITES.1),
        windows_together: together,
        buckets: bucket(units, most_units, UNITS.1).max(bucket(writes, most_writes, WRITES.1)),
    }
}
