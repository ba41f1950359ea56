//! `thumbprint tenant run`, the executable: around a program that has Microsoft's host names built in, and around a shell.
//!
//! Needs CLI for Microsoft 365: `.ci/node-clients.sh` installs it, `THUMBPRINT_M365` names another one.

use crate::certificates::TestCertificate;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const CLIENT: &str = "11111111-2222-4333-8444-555555555555";

/// A tenant with one application that may write the others, and files for the programs in it.
struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new(own: &TestCertificate) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let seed = json!({
            "tenant": {"display_name": "Fabrikam", "domain": "fabrikam.onmicrosoft.com"},
            "people": [{"user_principal_name": "ada@fabrikam.onmicrosoft.com", "display_name": "Ada Berg"}],
            "groups": [{"display_name": "finance", "members": ["ada@fabrikam.onmicrosoft.com"]}],
            "applications": [
                {"display_name": "m365", "app_id": CLIENT, "certificates": [{"pem": own.pem}],
                    "graph_permissions": ["Application.ReadWrite.All", "Group.Read.All", "User.ReadBasic.All"]},
                {"display_name": "billing"},
            ],
        });
        let world = Self { folder };
        world.write("seed.json", &seed.to_string());
        world.write("own.pem", &format!("{}{}", own.pem, own.key_pem));
        // It reports its use to a host that is not served, and asks npm for a newer one of itself.
        std::fs::create_dir_all(world.path("home/configstore")).unwrap();
        world.write("home/configstore/cli-m365-config.json", r#"{"disableTelemetry": true, "output": "json"}"#);
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Runs a shell's script in the tenant, which keeps what it holds.
    fn run(&self, script: &str) -> Output {
        let m365 = std::env::var_os("THUMBPRINT_M365").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/node-clients/node_modules/.bin/m365"),
            PathBuf::from,
        );
        Command::new(env!("CARGO_BIN_EXE_thumbprint"))
            .args(["tenant", "run", "--seed", "seed.json", "--state", "tenant.db", "--", "sh", "-euc", script])
            .current_dir(self.folder.path())
            .env("HOME", self.path("home"))
            .env("XDG_CONFIG_HOME", self.path("home"))
            .env("NO_UPDATE_NOTIFIER", "1")
            .env("M365", m365)
            .output()
            .unwrap()
    }

    fn succeeds(&self, script: &str) {
        let output = self.run(script);
        let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{said}{failed}\n.ci/node-clients.sh installs CLI for Microsoft 365.");
    }

    /// JSON that the script has put into a file.
    fn json(&self, name: &str) -> Value {
        let text = std::fs::read_to_string(self.path(name)).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{name}: {text}"))
    }
}

#[test]
fn cli_for_microsoft_365_works_unchanged_and_finds_its_app_in_the_next_run() {
    let (own, added) = (TestCertificate::new("m365"), TestCertificate::new("made"));
    let world = World::new(&own);
    world.write("made.cer", &added.pem);
    world.succeeds(&format!(
        r#""$M365" login --authType certificate --certificateFile own.pem --appId {CLIENT} --tenant fabrikam.onmicrosoft.com > login.json
        "$M365" entra app list > apps.json
        "$M365" entra app add --name made --withSecret --certificateFile made.cer --certificateDisplayName made > made.json"#
    ));
    let apps = world.json("apps.json");
    let names: Vec<&Value> = apps.as_array().unwrap().iter().map(|app| &app["displayName"]).collect();
    assert_eq!(names, ["m365", "billing"]);
    let made = world.json("made.json");
    assert!(made["secrets"][0]["value"].is_string(), "{made}");

    // Its login is a token of the tenant's, and the tenant is the same.
    let object = made["objectId"].as_str().unwrap();
    world.succeeds(&format!(
        r#""$M365" entra app get --objectId {object} --properties appId,keyCredentials > got.json
        "$M365" entra group member list --groupName finance > members.json"#
    ));
    let got = world.json("got.json");
    assert_eq!(got["appId"], made["appId"]);
    // It sends the file as it is, PEM and all, as Terraform does.
    assert_eq!(got["keyCredentials"][0]["key"], BASE64_STANDARD.encode(&added.pem), "{got}");
    assert_eq!(world.json("members.json")[0]["userPrincipalName"], "ada@fabrikam.onmicrosoft.com");
}

#[test]
fn the_programs_exit_is_its_own_and_what_it_cannot_start_is_said() {
    let world = World::new(&TestCertificate::new("m365"));
    // The variables, a file that they name, and what the program printed and nothing else.
    let output =
        world.run(r#"test -s "$REQUESTS_CA_BUNDLE"; test "$NODE_USE_ENV_PROXY" = 1; echo "$HTTPS_PROXY"; exit 7"#);
    assert_eq!(output.status.code(), Some(7), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("http://127.0.0.1:") && said.lines().count() == 1, "{said}");
    let missing = Command::new(env!("CARGO_BIN_EXE_thumbprint"))
        .args(["tenant", "run", "--seed", "empty", "--", "no-such-program"])
        .output()
        .unwrap();
    assert!(!missing.status.success());
    let failed = String::from_utf8(missing.stderr).unwrap();
    assert!(failed.contains("no-such-program does not start: "), "{failed}");
}
