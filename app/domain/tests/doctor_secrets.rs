//! Nothing pasted makes the doctor fail, and no secret comes out of it.

mod doctor_samples;
mod support;

use doctor_samples::{rows, token};
use domain::doctor::diagnosis::diagnose;
use domain::doctor::evidence::Evidence;
use domain::doctor::paste::{MAX_PASTE_BYTES, masked, recognise};
use domain::encoding::base64url;
use proptest::prelude::*;
use time::macros::datetime;

/// All that a caller can see of a paste.
fn exposed(text: &str) -> String {
    let findings = recognise(text);
    let verdicts = diagnose(&findings, &Evidence::at(datetime!(2026-06-09 14:05 UTC)));
    assert!(!verdicts.is_empty());
    let json = serde_json::to_string(&(&findings, &verdicts)).expect("json");
    format!("{findings:?} {verdicts:?} {json}")
}

#[test]
fn samples_cut_off_anywhere_are_read_without_a_panic() {
    for (number, row) in rows().iter().enumerate() {
        let boundaries: Vec<usize> = row.text.char_indices().map(|(at, _)| at).collect();
        // Each sample at every third place, each at other ones.
        for at in boundaries.iter().skip(number % 3).step_by(3) {
            let (head, rest) = row.text.split_at(*at);
            let verdicts = diagnose(&recognise(head), &Evidence::at(datetime!(2026-06-09 14:05 UTC)));
            assert!(!verdicts.is_empty(), "{}", row.source);
            if at % 5 == 0 {
                let _ = recognise(rest);
            }
        }
    }
}

#[test]
fn what_is_put_aside_has_no_secret_and_the_same_verdicts() {
    let evidence = Evidence::at(datetime!(2026-06-09 14:05 UTC));
    let mut with_secrets = 0;
    for row in rows() {
        let aside = masked(&row.text);
        for secret in recognise(&row.text).secrets {
            with_secrets += 1;
            let value = &row.text[secret.span.start..secret.span.end];
            assert!(!aside.contains(value.trim()), "{}: {value}", row.source);
        }
        let ranked = |text: &str| -> Vec<_> {
            diagnose(&recognise(text), &evidence).into_iter().map(|it| (it.runbook, it.confidence)).collect()
        };
        assert_eq!(ranked(&aside), ranked(&row.text), "{}", row.source);
    }
    assert!(with_secrets > 5, "{with_secrets}");
}

#[test]
fn a_huge_paste_is_shortened_and_soon_read() {
    let text = "{\"a\":[é".repeat(MAX_PASTE_BYTES / 6);
    let findings = recognise(&text);
    assert!(findings.shortened && findings.found_nothing());
    assert!(!recognise("AADSTS700027").shortened);
}

#[test]
fn the_private_members_of_real_keys_are_masked() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = support::make(folder.path(), "one", &["rsa:2048"], &["-days", "90"]);
    let key = made.key_pem();
    let body: Vec<&str> = key.lines().filter(|line| !line.starts_with("-----")).collect();
    for text in [
        format!("{}{}", made.pem(), key),
        format!("{key}\nAADSTS700027: oh"),
        // Cut off before its end.
        key[..key.len() / 2].to_owned(),
        format!("\"privateKey\":\"{}\"", key.replace('\n', "\\n")),
        body.join(""),
        body.join("\n"),
    ] {
        let out = exposed(&text);
        for line in &body {
            assert!(!out.contains(&line[..line.len().min(24)]), "{text}");
        }
    }
    // The certificate beside it is kept.
    assert_eq!(recognise(&format!("{}{}", key, made.pem())).certificates.len(), 1);
}

#[test]
fn a_pfx_in_key_credentials_is_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = support::make(folder.path(), "one", &["rsa:2048"], &["-days", "90"]);
    let pfx = support::openssl(&[
        "pkcs12",
        "-export",
        "-inkey",
        support::path(&made.key),
        "-in",
        support::path(&made.certificate),
        "-passout",
        "pass:",
    ]);
    let pfx = domain::encoding::base64(&pfx);
    let text = serde_json::json!({"keyCredentials": [
        {"keyId": "5800da50-f37a-4f20-b4ac-e5fb6555f4aa", "type": "X509CertAndPassword", "usage": "Sign", "key": pfx},
    ]});
    let out = exposed(&text.to_string());
    assert!(!out.contains(&pfx[100..140]));
    assert!(out.contains("5800da50-f37a-4f20-b4ac-e5fb6555f4aa"));
}

fn carriers() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "client_id=0cf6bee1-60c1-4874-8877-b68ee6d30b94&client_secret=@@&grant_type=client_credentials",
        "{\"client_secret\":\"@@\",\"scope\":\"x\"}",
        r#"body={\"client_secret\":\"@@\"}"#,
        "AZURE_CLIENT_SECRET=@@",
        "\"ClientSecret\": \"@@\",",
        "{\"secretText\": \"@@\", \"keyId\": \"5800da50-f37a-4f20-b4ac-e5fb6555f4aa\", \"customKeyIdentifier\": null}",
        "curl -u 0cf6bee1:@@ https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token",
        "az login --service-principal -u x -p y --password @@",
        "Authorization: Bearer @@",
        "access_token=@@ refresh_token=@@",
        "{\"kty\":\"RSA\",\"n\":\"abc\",\"d\":\"@@\",\"alg\":\"RS256\",\"kid\":\"x\"}",
        "-----BEGIN PRIVATE KEY-----\n@@\n-----END PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\n@@",
        "client_credential=\"@@\"",
        "Client secret: @@ (just made)",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        exposed(&text);
    }

    #[test]
    fn no_text_of_its_own_words_makes_it_panic(
        parts in prop::collection::vec(prop::sample::select(vec![
            "AADSTS", "700027", ": ", "[Reason - ", "The key was not found.", ", Thumbprint of key used by client: '",
            "Found key 'Start=", "01/23/2023 13:33:28", ", End=", "'", "]", "é", "\\u0027", "\\", "eyJ", "eyJhbGciOiJSUzI1NiJ9", ".",
            "{", "}", "\"", "keyCredentials", ":[", "-----BEGIN ", "PRIVATE KEY-----", "client_secret=", "%3D", "\r\n", "Timestamp: ",
            "https://login.microsoftonline.com/", "A538D00E8727EC5814E2FB107B3136376F22695B", "=", "MIIC", "Q~", "(", "&#39;",
            "expiry time of assertion ", "error_codes", "app Id '", "12345678-",
        ]), 0..40)
    ) {
        exposed(&parts.concat());
    }

    #[test]
    fn secrets_do_not_come_out(
        secret in "[A-Za-z0-9][A-Za-z0-9~._]{22,38}[A-Za-z0-9]",
        carrier in carriers(),
        row in 0..60_usize,
    ) {
        let sample = rows().swap_remove(row).text;
        let text = format!("{sample}\n{}\n{sample}", carrier.replace("@@", &secret));
        let out = exposed(&text);
        prop_assert!(!out.contains(&secret), "{}", carrier);
    }

    #[test]
    fn signatures_do_not_come_out(signature in prop::collection::vec(any::<u8>(), 32..256), keep in 20..400_usize) {
        let signature = base64url(&signature);
        let unsigned = token(r#"{"alg":"RS256","x5t":"pTjQDocn7FgU4vsQezE2N28iaVs"}"#, r#"{"iss":"a","sub":"a"}"#);
        let unsigned = unsigned.rsplit_once('.').map(|(head, _)| head.to_owned()).expect("dots");
        for text in [
            format!("client_assertion={unsigned}.{signature}"),
            format!("{{\"client_assertion\":\"{unsigned}.{signature}\"}}"),
            format!("{unsigned}.{}", &signature[..keep.min(signature.len())]),
        ] {
            let out = exposed(&text);
            prop_assert!(!out.contains(&signature[..20]));
            prop_assert!(out.contains("RS256"));
        }
    }
}

/// Each carrier with a value like a password, in the midst of an error: nothing of the value is put aside, and what is beside
/// it stays.
fn no_value_stays<'a>(carriers: impl IntoIterator<Item = &'a str>) {
    const VALUE: &str = "Tr0ub4dor-and-3horses";
    let mut left = vec![];
    for carrier in carriers {
        assert!(carrier.contains("@@"), "{carrier}");
        let text = format!(
            "AADSTS700027: Client assertion contains an invalid signature.\n{}\nTrace ID: 11111111-2222-3333-4444-555555555555 kept",
            carrier.replace("@@", VALUE)
        );
        let aside = masked(&text);
        assert!(aside.ends_with("Trace ID: 11111111-2222-3333-4444-555555555555 kept"), "{aside}");
        assert!(aside.starts_with("AADSTS700027: Client assertion contains an invalid signature.\n"), "{aside}");
        if ["Tr0ub4dor", "and-3horses"].iter().any(|part| aside.contains(part)) || exposed(&text).contains(VALUE) {
            left.push(aside.split_once('\n').map(|(_, rest)| rest.to_owned()).unwrap_or_default());
        }
    }
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn secrets_declared_with_a_type_are_masked() {
    no_value_stays([
        "const clientSecret: string = '@@';",
        "private readonly clientSecret?: string = \"@@\";",
        "const secret: string | undefined = process.env.X ?? \"@@\";",
        "val clientSecret: String = \"@@\"",
        "let clientSecret: String? = \"@@\"",
        "let client_secret: &str = \"@@\";",
        "const CLIENT_SECRET: &'static str = \"@@\";",
        "let client_secret: Option<String> = Some(\"@@\".into());",
        "client_secret: str = \"@@\"",
        "client_secret: Optional[str] = \"@@\"",
        "settings: dict, client_secret: Dict[str, str] = \"@@\"",
        "client_secret: str = Field(default=\"@@\")",
        "client_secret: SecretStr = SecretStr('@@')",
        "variable \"client_secret\" {\n  type    = string\n  default = \"@@\"\n}",
    ]);
}

#[test]
fn secrets_in_columns_are_masked() {
    no_value_stays([
        "AppId                                 DisplayName    Password                    Tenant\n------------------------------------  -------------  --------------------------  ---------\n11111111-2222-3333-4444-555555555555  x              @@       contoso",
        "AppId    DisplayName                    Password                                  Tenant\n-------  -----------------------------  ----------------------------------------  ------\n1111111  azure-cli-2026-11-30-06-00-00  @@                     contoso",
        "CustomKeyIdentifier DisplayName EndDateTime KeyId SecretText StartDateTime\n------------------- ----------- ----------- ----- ---------- -------------\n                    x           1/1/2027    1111  @@ 1/1/2025\n",
        "┌──────┬──────┐\n│ name │ secret │\n├──────┼──────┤\n│ a    │ @@ │\n└──────┴──────┘",
        "+------+------------------+\n| name | client_secret |\n+------+------------------+\n| a    | @@ |\n+------+-----+",
        " name | password\n------+---------\n a    | @@",
    ]);
}

#[test]
fn secrets_among_arguments_are_masked() {
    no_value_stays([
        "ConfidentialClientApplicationBuilder.Create(id).WithClientSecret(\n    \"@@\")",
        ".clientSecret(\n        \"@@\")",
        "ClientSecretCredential(\"11111111-2222-3333-4444-555555555555\",\n  \"11111111-2222-3333-4444-555555555556\",\n  \"@@\",\n  additionally_allowed_tenants=[\"*\"])",
        "new ClientSecretCredential(tenantId, clientId, \"@@\", { authorityHost: \"https://x\" })",
        "new ClientSecretCredential(\"contoso\", clientId, \"@@\", new Options(\"x\"))",
        "new NetworkCredential(\"user\", \"@@\", \"domain\")",
        "new X509Certificate2(\"a.pfx\", \"@@\", X509KeyStorageFlags.MachineKeySet)",
        "$c = New-Object System.Security.Cryptography.X509Certificates.X509Certificate2('a.pfx','@@')",
        "X509CertificateLoader.LoadPkcs12FromFile('a.pfx','@@')",
        "keystore.load(in, \"@@\".toCharArray())",
        "ClientSecret(value='@@')",
        "Config { client_id: \"x\", client_secret: Some(\"@@\"), tenant: None }",
        "$body = \"grant_type=x&client_secret=$([uri]::EscapeDataString('@@'))\"",
        "  [\"client_secret\"]=>\n  string(21) \"@@\"",
        "getToken(\"11111111-2222\", \"client_secret\", \"@@\")",
        "{client_secret,<<\"@@\">>}",
        "{\"client_secret\":{\"0\":\"@@\"}}",
        "client_secret[]=@@&x=y",
        "clientSecret: &sec @@",
        "clientSecret: !!str @@",
    ]);
}

#[test]
fn secrets_in_commands_are_masked() {
    no_value_stays([
        "curl --user=abc:@@ https://x",
        "curl --user=11111111-2222-3333-4444-555555555555:@@ https://login",
        "http -a abc:@@ example.org",
        "https --auth=abc:@@ example.org",
        "gh secret set AZURE_CLIENT_SECRET -b@@",
        "gh secret set AZURE_CLIENT_SECRET --body \"@@\"",
        "az keyvault secret set --vault-name v --name spn --value @@",
        "az keyvault secret set --vault-name v --name spn --value='@@'",
    ]);
}

#[test]
fn secrets_are_known_by_their_names_in_many_languages() {
    let names = [
        "Hasło",
        "Heslo",
        "Lösenord",
        "Adgangskode",
        "Salasana",
        "Jelszó",
        "Parola",
        "Secreto de cliente",
        "Secreto del cliente",
        "Segreto client",
        "Segredo do cliente",
        "Clientgeheim",
        "Секрет клиента",
        "Секрет",
        "客户端机密",
        "客户端密码",
        "用戶端密碼",
        "클라이언트 암호",
        "클라이언트 비밀",
        "Κωδικός πρόσβασης",
        "Μυστικό πελάτη",
        "סיסמה",
        "סוד לקוח",
        "كلمة المرور",
        "سر العميل",
        "Clé secrète",
        "Klienthemlighet",
        "Klucz tajny klienta",
        "Tajný kód klienta",
        "Wert des geheimen Schlüssels",
        "Passcode",
    ];
    let carriers: Vec<String> = names
        .iter()
        .flat_map(|name| [format!("{name}: @@"), format!("{name}=@@"), format!("{name}： \"@@\"")])
        .collect();
    no_value_stays(carriers.iter().map(String::as_str));
}

#[test]
fn a_secret_is_masked_to_its_end_and_whatever_it_begins_with() {
    no_value_stays([
        "Password=ab;@@;Server=x",
        "Password=ab;@@;cd;Server=x",
        "client_secret: https://@@",
        "client_secret: AADSTS1@@",
        "client_secret: {\"@@\"}",
    ]);
    // An address where a secret is kept, and an error, are none.
    for text in [
        "client_secret: https://v.vault.azure.net/secrets/spn",
        "Invalid client secret: AADSTS7000215: no",
        "client_id=abc;scope=x;tenant=y",
    ] {
        assert_eq!(masked(text), text);
    }
}

#[test]
fn signatures_of_tokens_that_were_cut_or_escaped_are_masked() {
    let signature = base64url(&[0xa5; 96]);
    let whole = token(r#"{"alg":"PS256","x5t":"pTjQDocn7FgU4vsQezE2N28iaVs"}"#, r#"{"iss":"a","sub":"a"}"#);
    let parts: Vec<&str> = whole.split('.').collect();
    let (header, claims) = (parts[0], parts[1]);
    for text in [
        format!(r"{header}\.{claims}\.{signature}"),
        format!("{claims}.{signature}"),
        format!("{}.{claims}.{signature}", &header[20..]),
        format!("...{claims}.{signature}"),
        format!("refresh: M.C507_BL2.0.U.-{signature}"),
        format!("refresh: M.R3_BAY.-{signature}!*"),
    ] {
        let out = exposed(&format!("AADSTS700027: no. {text} behind"));
        assert!(!out.contains(&signature[..20]), "{text}");
        assert!(masked(&text).contains(if text.contains(claims) { claims } else { "refresh" }), "{text}");
    }
    let guid = "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a";
    assert!(!masked(&format!("IDENTITY_HEADER={guid}")).contains(guid));
}
