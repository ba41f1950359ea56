//! The executable: its commands, and how it starts and stops.

use crate::support::TestPortal;
use reqwest::StatusCode;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use thumbprint::demo::{Demo, DemoOptions};

fn options() -> DemoOptions {
    DemoOptions {
        port: 0,
        tenant_port: 0,
        tenant_https_port: None,
        control_port: None,
        as_microsoft: false,
        lent_reading: false,
        state_file: None,
        data: None,
    }
}

#[tokio::test]
async fn a_busy_port_is_said_and_another_one_taken() {
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().port();
    let demo = Demo::start(DemoOptions { port, ..options() }).await.unwrap();
    assert_ne!(demo.portal.address().port(), port);
    let banner = demo.banner();
    assert!(banner.contains(&format!("Port {port} is in use")), "{banner}");
    assert!(banner.contains(demo.portal.base_url()), "{banner}");
    for (name, role) in
        [("Mara Lindqvist", "Thumbprint.Admin"), ("Priya Raman", "Thumbprint.Auditor"), ("Daniel Novak", "–")]
    {
        let line = banner.lines().find(|line| line.contains(name)).unwrap();
        assert!(line.contains(role), "{line}");
    }
    demo.shutdown().await;
}

#[tokio::test]
async fn the_demo_keeps_its_data_where_it_is_told_to_and_says_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let state = folder.path().join("state.json");
    let demo = Demo::start(DemoOptions { state_file: Some(state.clone()), data: Some(data.clone()), ..options() })
        .await
        .unwrap();
    let said: serde_json::Value = serde_json::from_slice(&std::fs::read(state).unwrap()).unwrap();
    assert_eq!(said["portal"], demo.portal.base_url());
    assert_eq!(said["tenant"], demo.tenant.base_url());
    assert_eq!(said["tenant_id"], demo.tenant.tenant_id().to_string());
    demo.shutdown().await;
    assert!(data.join("thumbprint.sqlite").is_file());
}

#[tokio::test]
async fn a_stopped_portal_answers_no_more() {
    let portal = TestPortal::start().await;
    let live = portal.url("/health/live");
    assert_eq!(portal.browser().get(&live).await.status, StatusCode::OK);
    portal.portal.shutdown().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    assert!(client.get(live).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn it_can_end_tls_itself() {
    let portal = TestPortal::start_over_tls(|_| ()).await;
    let client = reqwest::Client::builder().no_proxy().tls_danger_accept_invalid_certs(true).build().unwrap();
    let answer = client.get(format!("{}/health/live", portal.portal.base_url())).send().await.unwrap();
    assert_eq!(answer.url().scheme(), "https");
    assert!(answer.headers().contains_key("strict-transport-security"));
    assert_eq!(answer.text().await.unwrap(), "alive\n");
}

#[test]
fn a_configuration_that_is_missing_or_wrong_is_said_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("thumbprint.toml");
    let run = || {
        let output = Command::new(env!("CARGO_BIN_EXE_thumbprint"))
            .arg("check-config")
            .arg("--config")
            .arg(&config)
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(run().contains("There is no configuration file"), "{}", run());
    std::fs::write(&config, "public_url = \"http://thumbprint.example.com\"\n").unwrap();
    let said = run();
    for field in ["public_url", "database", "token_key_file", "entra.tenant_id", "entra.certificate"] {
        assert!(said.contains(&format!("{field}:")), "{field} is not in {said}");
    }
}

/// The demo as a process of its own; killed when dropped, so that no failed test leaves one behind.
#[cfg(unix)]
struct Process(Child);

#[cfg(unix)]
impl Process {
    /// Any ports, and both its outputs in pipes.
    fn demo(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_thumbprint"));
        command.args(["demo", "--port", "0", "--tenant-port", "0"]).args(arguments);
        Self(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    fn lines(&mut self) -> impl Iterator<Item = String> + use<> {
        BufReader::new(self.0.stdout.take().unwrap()).lines().map(Result::unwrap)
    }

    /// What a service manager does.
    fn terminate(&self) {
        let kill = Command::new("sh").args(["-c", "kill -TERM \"$0\"", &self.0.id().to_string()]).status().unwrap();
        assert!(kill.success());
    }

    fn ends_well(mut self) {
        let status = self.0.wait().unwrap();
        assert!(status.success(), "{status}");
    }
}

#[cfg(unix)]
impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
#[test]
fn it_stops_on_sigterm() {
    let mut demo = Process::demo(&[]);
    let mut lines = demo.lines();
    assert!(lines.any(|line| line.contains("Mara Lindqvist")), "the demo did not start; was the site built?");
    assert!(lines.any(|line| line.contains("Stop with Ctrl-C")));
    demo.terminate();
    assert_eq!(lines.find(|line| !line.is_empty()), None, "it has said all");
    demo.ends_well();
}

#[cfg(unix)]
#[test]
fn it_stops_on_a_sigterm_that_comes_with_its_first_word() {
    let mut demo = Process::demo(&[]);
    let mut lines = demo.lines();
    assert!(lines.next().is_some(), "the demo did not start; was the site built?");
    demo.terminate();
    assert!(lines.any(|line| line.contains("Stop with Ctrl-C")), "what it has begun to say it says");
    demo.ends_well();
}

#[cfg(unix)]
#[test]
fn it_runs_and_stops_though_nobody_reads_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    let mut demo = Process::demo(&["--state-file", state.to_str().unwrap()]);
    drop((demo.0.stdout.take(), demo.0.stderr.take()));
    while !state.exists() {
        assert_eq!(demo.0.try_wait().unwrap(), None, "it ended while it started");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    demo.terminate();
    demo.ends_well();
}
