//! How long `thumbprint tenant` takes to start with very many objects, and how much memory it needs: `cargo bench -p thumbprint
//! --bench tenant`. Prints figures, and fails where 100,000 objects take more than 10 seconds or 600 MiB. Linux alone.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "figures are what a bench is for")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// An application has a service principal beside it.
const APPLICATIONS: [u32; 2] = [50_000, 100_000];
const LONGEST: Duration = Duration::from_secs(10);
const MOST_KIB: u64 = 600 * 1024;

/// Killed when dropped.
struct Tenant(Child);

impl Drop for Tenant {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Tenant {
    /// Once it says that it is ready; its address.
    fn start(applications: u32) -> (Self, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_thumbprint"));
        command.args(["tenant", "--port", "0", "--apps", &applications.to_string()]);
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
        let authority = loop {
            let line = said.next().unwrap_or_else(|| panic!("it does not start")).unwrap();
            if let Some(("authority", url)) = line.trim().split_once("   ") {
                break url.to_owned();
            }
        };
        // It says more.
        std::thread::spawn(move || said.for_each(drop));
        (Self(process), authority)
    }

    /// A line of `/proc/{pid}/status`, in KiB.
    fn memory(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

/// Until it answers somebody.
fn answers(authority: &str) {
    let url = url::Url::parse(authority).unwrap();
    let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let mut stream = std::net::TcpStream::connect(&host).unwrap();
    let request = format!("GET {}/v2.0/.well-known/openid-configuration HTTP/1.1\r\nHost: {host}\r\n\r\n", url.path());
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 200 "), "{line}");
}

fn main() {
    for applications in APPLICATIONS {
        let begun = Instant::now();
        let (tenant, authority) = Tenant::start(applications);
        answers(&authority);
        let (took, now, peak) = (begun.elapsed(), tenant.memory("VmRSS:"), tenant.memory("VmHWM:"));
        let objects = applications * 2;
        println!("{objects} objects: answers after {took:.1?}, {} MiB, {} MiB at most", now / 1024, peak / 1024);
        if applications == APPLICATIONS[0] {
            assert!(took < LONGEST && peak < MOST_KIB, "10 seconds and 600 MiB are promised");
        }
    }
}
