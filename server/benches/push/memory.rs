//! How much memory a process had at most. Linux alone says so.

/// Resident, in MiB. `None` where the system does not tell.
#[expect(clippy::cast_precision_loss, reason = "kilobytes of one machine")]
pub fn peak_of(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes as f64 / 1024.0)
}

/// The peak begins anew, at what there is now. Where that cannot be had, it is the peak since the start.
pub fn forget_peak(process: u32) {
    let _ = std::fs::write(format!("/proc/{process}/clear_refs"), "5");
}
