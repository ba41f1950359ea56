//! What benches are told by the environment.

/// `usual`: where the variable is not set.
pub fn number(name: &str, usual: u32) -> u32 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name}: {text} is no number")))
}
