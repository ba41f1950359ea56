//! Key Vault with the person's own rights, against the local tenant's vaults.

use crate::world::{MARA, OWEN, PRIYA, TOBIAS, World};
use app::contract::ports::*;
use app::contract::vaults::VaultCertificate;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use domain::client_assertion::AssertionAnswer;
use domain::rollout::PushMode;
use std::io::Write as _;
use std::process::{Command, Stdio};

const APPS: &str = "contoso-apps";

fn named<'a>(list: &'a [VaultCertificate], name: &str) -> &'a VaultCertificate {
    list.iter().find(|one| one.name == name).unwrap()
}

#[tokio::test]
async fn lists_certificates_with_the_apps_that_have_them() {
    let world = World::start().await;
    let by_url = format!("{}/_vault/{APPS}/", world.tenant.base_url());
    for vault in [APPS, by_url.as_str()] {
        let list = world.desk(OWEN).vault_certificates(vault).await.unwrap();
        assert_eq!(list.len(), 7, "{list:?}");
        let current = named(&list, "release-automation");
        assert_eq!(
            current.holders.iter().map(|one| one.display_name.as_str()).collect::<Vec<_>>(),
            ["release-automation"]
        );
        assert_eq!(current.version.as_ref().map(String::len), Some(32));
        // Renewed in the vault; the app still has the one from before.
        for renewed in ["vault-rotator", "dns-updater"] {
            let renewed = named(&list, renewed);
            assert_eq!(renewed.holders, []);
            assert_eq!(renewed.older_holders[0].display_name, renewed.name);
        }
        let unused = named(&list, "backup-agent");
        assert_eq!((unused.holders.len(), unused.older_holders.len()), (0, 0));
    }
}

#[tokio::test]
async fn a_missing_right_is_said_with_the_action_and_other_addresses_are_not_called() {
    let world = World::start().await;
    let problem = world.desk(OWEN).vault_certificates("contoso-finance").await.unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (403, "vault-forbidden"));
    assert!(problem.detail.contains("Microsoft.KeyVault/vaults/certificates/read"), "{}", problem.detail);
    assert_eq!(world.desk(MARA).vault_certificates("no-such-vault").await.unwrap_err().code, "vault-not-found");
    let calls = world.tenant.requests().len();
    for text in
        ["https://evil.example", "http://169.254.169.254/metadata", "a/b", "", "https://contoso-apps.vault.azure.net"]
    {
        let problem = world.desk(MARA).vault_certificates(text).await.unwrap_err();
        assert_eq!((problem.status, problem.code.as_str()), (422, "not-a-vault"), "{text}");
    }
    assert_eq!(world.desk(MARA).import_from_vault(APPS, "../x", "").await.unwrap_err().code, "not-a-vault-certificate");
    assert_eq!(world.tenant.requests().len(), calls);
    assert_eq!(world.desk(PRIYA).import_from_vault(APPS, "backup-agent", "").await.unwrap_err().code, "read-only-role");
    assert_eq!(
        world.desk(TOBIAS).import_from_vault(APPS, "backup-agent", "").await.unwrap_err().code,
        "vault-forbidden"
    );
}

#[tokio::test]
async fn a_certificate_is_taken_pushed_and_proved_by_a_key_that_stays_in_the_vault() {
    let world = World::start().await;
    let app = world.app_id("payroll-batch");
    let list = world.desk(OWEN).vault_certificates(APPS).await.unwrap();
    let version = named(&list, "backup-agent").version.clone().unwrap();
    let desk = world.desk(OWEN);
    let AssertionAnswer::Refused { codes, .. } =
        desk.prove_with_vault(app, APPS, "backup-agent", &version).await.unwrap()
    else {
        panic!()
    };
    assert_eq!(codes, [700_027]);

    let sha256 = desk.import_from_vault(APPS, "backup-agent", &version).await.unwrap();
    let view = desk.certificate(sha256).await.unwrap();
    assert_eq!(Some(view.facts.sha1), named(&list, "backup-agent").thumbprint);
    let plan = world.draft_with(OWEN, sha256, &["payroll-batch"], PushMode::Append).await;
    world.push(OWEN, plan).await;
    let proof = desk.prove_with_vault(app, APPS, "backup-agent", "").await.unwrap();
    assert!(matches!(proof, AssertionAnswer::Issued { .. }), "{proof:?}");
    let rows = world.audit(OWEN).await;
    let row = rows.iter().find(|row| row.action.as_str() == "prove-with-vault").unwrap();
    assert_eq!((row.outcome.as_str(), row.thumbprint), ("verified", Some(view.facts.sha1)));

    // The private key of this one stays in the vault, which the test below asks.
    let release = world.app_id("release-automation");
    let proof = world.desk(MARA).prove_with_vault(release, APPS, "release-automation", "").await.unwrap();
    assert!(matches!(proof, AssertionAnswer::Issued { .. }), "{proof:?}");
    let problem = desk.prove_with_vault(app, APPS, "device-attestation", "").await.unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (422, "not-rsa"));
    assert!(world.tenant.requests().iter().all(|request| !request.path.contains("/secrets/")));
}

/// The vault's own word: to whoever may read secrets it hands over the one's key, and of the other the certificate alone.
#[tokio::test]
async fn the_key_that_signed_cannot_be_exported() {
    let world = World::start().await;
    for (name, exportable) in [("release-automation", false), ("backup-agent", true)] {
        let bundle = world.vault(MARA, &format!("{APPS}/certificates/{name}")).await;
        assert_eq!(bundle["policy"]["key_props"]["exportable"], exportable, "{name}");
        let secret = world.vault(MARA, &format!("{APPS}/secrets/{name}")).await;
        let pfx = BASE64_STANDARD.decode(secret["value"].as_str().unwrap()).unwrap();
        let opened = openssl_opens(&pfx);
        assert!(opened.contains("BEGIN CERTIFICATE"), "{name}: {opened}");
        assert_eq!(opened.contains("PRIVATE KEY"), exportable, "{name}");
    }
}

fn openssl_opens(pfx: &[u8]) -> String {
    let mut openssl = Command::new("openssl");
    openssl.args(["pkcs12", "-passin", "pass:", "-nodes"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = openssl.spawn().unwrap();
    running.stdin.take().unwrap().write_all(pfx).unwrap();
    String::from_utf8(running.wait_with_output().unwrap().stdout).unwrap()
}
