//! When a delivery that failed is tried again.

use std::time::Duration;

/// Waits between attempts, as Standard Webhooks 1.0.0 gives them for an example ("Deliverability and reliability",
/// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>): ten attempts over 75.5 hours.
pub const RETRIES: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];

/// However long a receiver asks to be left alone (`Retry-After`), it is asked again after this.
pub const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// How long to wait after so many attempts, of which all failed. `None`: it is given up.
///
/// `asked`: what the receiver asked for. `jitter`: 0 to 255, adds up to a tenth, so that what failed together does not
/// come back together.
pub fn next_attempt(attempts: u32, asked: Option<Duration>, jitter: u8) -> Option<Duration> {
    let place = usize::try_from(attempts.checked_sub(1)?).ok()?;
    let wait = RETRIES.get(place)?.max(&asked.unwrap_or_default().min(LONGEST_WAIT)).to_owned();
    Some(wait + wait / 10 * u32::from(jitter) / 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_attempts_in_seventy_five_hours_and_a_half() {
        let waits: Vec<Duration> = (1..).map_while(|attempts| next_attempt(attempts, None, 0)).collect();
        assert_eq!(waits, RETRIES);
        let whole: Duration = waits.iter().sum();
        assert_eq!(whole, Duration::from_secs(75 * 3600 + 35 * 60 + 5));
        assert_eq!(next_attempt(10, None, 0), None);
        assert_eq!(next_attempt(0, None, 0), None);
        assert_eq!(next_attempt(u32::MAX, None, 0), None);
    }

    #[test]
    fn a_receiver_may_ask_for_longer_and_jitter_adds_a_tenth_at_most() {
        assert_eq!(next_attempt(1, Some(Duration::from_mins(2)), 0), Some(Duration::from_mins(2)));
        assert_eq!(next_attempt(4, Some(Duration::from_secs(1)), 0), Some(Duration::from_hours(2)));
        assert_eq!(next_attempt(1, Some(Duration::MAX), 0), Some(LONGEST_WAIT));
        assert_eq!(next_attempt(2, None, 255), Some(Duration::from_secs(330)));
    }
}
