//! A push beside `az ad app credential reset`, of the same certificate to two applications that are alike.
//!
//! Needs azure-cli: `.ci/python-clients.sh` installs it, `THUMBPRINT_AZ` names another one.

use crate::world::{MARA, TestCertificate, World};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use domain::rollout::PushMode;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// azure-cli with a configuration of its own, on a cloud that is the tenant.
struct Az {
    folder: PathBuf,
}

impl Az {
    /// Signed in as an application that may change others.
    async fn signed_in(world: &World, folder: &Path) -> Self {
        let az = Self { folder: folder.to_owned() };
        let identity = TestCertificate::new("azure-cli");
        let mut keys = world.keys("terraform-runner").await;
        keys.push(element(&identity));
        world.write("terraform-runner", &json!({"keyCredentials": keys})).await;
        std::fs::write(az.folder.join("login.pem"), format!("{}{}", identity.pem, identity.key_pem)).unwrap();
        let https = world.tenant.https_url().unwrap();
        az.run("config set core.instance_discovery=false core.collect_telemetry=false").await;
        az.run(&format!("cloud register -n local --endpoint-resource-manager {https}")).await;
        az.run("cloud set -n local").await;
        let (client, tenant) = (world.app_id("terraform-runner"), world.tenant.tenant_id());
        az.run(&format!(
            "login --service-principal -u {client} --certificate login.pem --tenant {tenant} --allow-no-subscriptions"
        ))
        .await;
        az
    }

    /// Runs one command; it must succeed.
    async fn run(&self, line: &str) {
        let program = std::env::var_os("THUMBPRINT_AZ")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/azure-cli/bin/az"), PathBuf::from);
        let mut command = Command::new(&program);
        command
            .args(line.split(' '))
            .current_dir(&self.folder)
            .env("AZURE_CONFIG_DIR", self.folder.join("azure"))
            .env("REQUESTS_CA_BUNDLE", self.folder.join("ca.pem"))
            .env("NO_PROXY", "localhost");
        // On another thread: this one serves the tenant.
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap_or_else(|error| {
            panic!("{} does not start: {error}. See .ci/python-clients.sh.", program.display())
        });
        assert!(output.status.success(), "az {line}: {}", String::from_utf8_lossy(&output.stderr));
    }

    async fn reset(&self, world: &World, app: &str, certificate: &TestCertificate, options: &str) {
        std::fs::write(self.folder.join("pushed.pem"), &certificate.pem).unwrap();
        self.run(&format!("ad app credential reset --id {} --cert @pushed.pem{options}", world.app_id(app))).await;
    }
}

fn element(certificate: &TestCertificate) -> Value {
    json!({"type": "AsymmetricX509Cert", "usage": "Verify", "key": BASE64_STANDARD.encode(&certificate.der)})
}

fn without(entry: &Value, names: &[&str]) -> Value {
    let mut entry = entry.clone();
    for name in names {
        assert!(entry.as_object_mut().unwrap().remove(*name).is_some(), "{name}: {entry}");
    }
    entry
}

fn date(entry: &Value, name: &str) -> OffsetDateTime {
    OffsetDateTime::parse(entry[name].as_str().unwrap(), &Rfc3339).unwrap()
}

#[tokio::test]
async fn a_push_leaves_what_az_append_leaves_and_az_alone_wipes_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::with_https(folder.path().to_owned()).await;
    let (ours, theirs) = ("payroll-batch", "dns-updater");
    // Alike: the same two certificates are on both.
    let held = [TestCertificate::new("first"), TestCertificate::new("second")];
    for app in [ours, theirs] {
        world.write(app, &json!({"keyCredentials": held.each_ref().map(element)})).await;
    }
    let (before, twin) = (world.keys(ours).await, world.keys(theirs).await);
    let az = Az::signed_in(&world, folder.path()).await;

    let certificate = TestCertificate::new("pushed");
    let sha256 = world.upload(MARA, &certificate).await;
    let plan = world.draft_with(MARA, sha256, &[ours], PushMode::Append).await;
    world.push_one(MARA, plan).await;
    az.reset(&world, theirs, &certificate, " --append").await;

    let (pushed, appended) = (world.keys(ours).await, world.keys(theirs).await);
    assert_eq!((&pushed[..2], &appended[..2]), (&before[..], &twin[..]), "what was there is untouched");
    assert_eq!((pushed.len(), appended.len()), (3, 3));
    for (ours, theirs) in pushed.iter().zip(&appended).take(2) {
        assert_eq!(without(ours, &["keyId"]), without(theirs, &["keyId"]));
    }
    let (ours_new, theirs_new) = (&pushed[2], &appended[2]);
    let names = ["keyId", "startDateTime", "endDateTime"];
    assert_eq!(without(ours_new, &names), without(theirs_new, &names));
    assert_eq!(ours_new["key"], BASE64_STANDARD.encode(&certificate.der));
    // The portal takes the certificate's own dates. azure-cli lets an entry begin when it is made, and end a second before
    // its certificate does.
    assert_eq!(date(ours_new, "endDateTime") - date(theirs_new, "endDateTime"), time::Duration::SECOND);
    assert!(date(ours_new, "startDateTime") < date(theirs_new, "startDateTime"));

    let alone = TestCertificate::new("alone");
    az.reset(&world, theirs, &alone, "").await;
    let left: Vec<Value> = world.keys(theirs).await.iter().map(|entry| entry["key"].clone()).collect();
    assert_eq!(left, [BASE64_STANDARD.encode(&alone.der)]);
    assert_eq!(world.keys(ours).await, pushed);
}
