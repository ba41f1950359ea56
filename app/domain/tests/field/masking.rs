//! Secrets in all that people paste. Made up, after the forms of the tools that each line names.

use domain::doctor::paste::{masked, recognise};
use domain::encoding::base64;

/// Without the shape of a client secret: only what stands around it tells that it is one.
const SECRET: &str = "Sommer2026-geheim+Wort";
const APP: &str = "0cf6bee1-60c1-4874-8877-b68ee6d30b94";

/// No part of a secret that could be completed by trying.
fn is_readable(text: &str, secret: &str) -> bool {
    let signs: Vec<char> = secret.chars().collect();
    signs.windows(signs.len().min(8)).any(|part| text.contains(&part.iter().collect::<String>()))
}

fn wrong<'a>(carriers: impl IntoIterator<Item = &'a str>, secret: &str) -> Vec<String> {
    let mut out = vec![];
    for carrier in carriers {
        let text = format!(
            "AADSTS7000215: Invalid client secret provided.\n{}\nTrace ID: 2486d2c5-63a7-44f5-bb09-05e4c5494000",
            carrier.replace("@@", secret).replace("APP", APP)
        );
        let aside = masked(&text);
        assert_eq!(aside.lines().count(), text.lines().count(), "{carrier}");
        let kept = aside.contains("AADSTS7000215: Invalid client secret provided.") && aside.contains("2486d2c5-63a7");
        if is_readable(&aside, secret) || !kept || recognise(&text).code() != Some(7_000_215) {
            out.push(aside);
        }
    }
    out
}

#[test]
fn a_secret_is_masked_wherever_its_name_stands() {
    let carriers = [
        // YAML and Kubernetes.
        "azure:\n  clientSecret: |\n    @@\n  tenant: x",
        "azure:\n  client_secret: >-\n    @@\n  tenant: x",
        "azure:\n  clientSecret:\n    @@\n  tenant: x",
        "- name: AZURE_CLIENT_SECRET\n  value: @@\n- name: AZURE_TENANT_ID\n  value: contoso.com",
        // Azure App Service, Postman, HAR, ARM.
        "[{\"name\": \"AZURE_CLIENT_SECRET\", \"slotSetting\": false, \"value\": \"@@\"}]",
        "[{\"value\": \"@@\", \"name\": \"AZURE_CLIENT_SECRET\"}]",
        "{\"key\": \"client_secret\",\n\t\"value\": \"@@\",\n\t\"type\": \"text\"}",
        "{\"parameters\": {\"clientSecret\": {\"type\": \"securestring\", \"value\": \"@@\"}}}",
        // .NET's settings, XML, property lists, HTML.
        "<add key=\"ida:ClientSecret\" value=\"@@\" />",
        "<add value=\"@@\" key=\"ida:ClientSecret\" />",
        "<a:ClientSecret xmlns:a=\"x\">@@</a:ClientSecret>",
        "<ClientSecret>\n  @@\n</ClientSecret>",
        "<ClientSecret><![CDATA[@@]]></ClientSecret>",
        "&lt;ClientSecret&gt;@@&lt;/ClientSecret&gt;",
        "<key>clientSecret</key>\n<string>@@</string>",
        "<tr><td>Client secret</td><td>@@</td></tr>",
        "<input type=\"hidden\" name=\"client_secret\" value=\"@@\">",
        // Tables.
        "| setting | value |\n|---|---|\n| client_secret | @@ |",
        "Name                           Value\n----                           -----\nAZURE_CLIENT_SECRET            @@",
        "client_id,client_secret,tenant\nAPP,@@,x",
        "client_id;client_secret;tenant\nAPP;@@;x",
        "Description\tExpires\tValue\tSecret ID\nx\t11/27/2028\t@@\t5800da50-f37a-4f20-b4ac-e5fb6555f4aa",
        // PowerShell and cmd.
        "$sec = ConvertTo-SecureString -String '@@' -AsPlainText -Force",
        "$sec = ConvertTo-SecureString -AsPlainText -Force -String '@@'",
        "$sec = '@@' | ConvertTo-SecureString -AsPlainText -Force",
        "[System.Net.NetworkCredential]::new('APP', '@@')",
        "Connect-Thing -ClientId APP -ClientSecret @@ -TenantId x",
        "Import-PfxCertificate -FilePath a.pfx -Password '@@'",
        "setx AZURE_CLIENT_SECRET \"@@\" /M",
        "Secret Text : @@",
        // Shells and their tools.
        "set -gx ARM_CLIENT_SECRET '@@'",
        "az login --service-principal -u APP -p @@ --tenant x",
        "curl -uAPP:@@ https://x",
        "curl https://APP:@@@host.example.net/x",
        "openssl pkcs12 -in a.pfx -passin pass:@@ -nodes",
        "keytool -importkeystore -srckeystore a.jks -srcstorepass @@ -deststorepass x",
        "certutil -f -p \"@@\" -importpfx a.pfx",
        "signtool sign /f a.pfx /p @@ a.exe",
        "sqlcmd -S x -U y -P @@",
        "ldapsearch -D x -w @@ -b y",
        "gh secret set AZURE_CLIENT_SECRET --body @@",
        "pulumi config set azure-native:clientSecret @@ --secret",
        "##vso[task.setvariable variable=clientSecret;issecret=true]@@",
        "::add-mask::@@",
        // Terraform, Bicep, connection strings, SQL.
        "  ~ client_secret = \"old-@@\" -> \"@@\"",
        "resource \"azuread_application_password\" \"x\" {\n  value = \"@@\"\n}",
        "param clientSecret string = '@@'",
        "Driver={ODBC};Uid=APP;Pwd={@@};Encrypt=yes",
        "postgresql://thumbprint:@@@db/x",
        "ENCRYPTION BY PASSWORD N'@@'",
        // Programs and what they print.
        "ClientSecretCredential('x', 'APP', '@@')",
        "azidentity.NewClientSecretCredential(\"t\", \"APP\", \"@@\", nil)",
        "[('client_id', 'APP'), ('client_secret', '@@')]",
        "map[client_id:[APP] client_secret:[@@]]",
        "[\"client_secret\"]=>\n  string(22) \"@@\"",
        "s:13:\"client_secret\";s:22:\"@@\";",
        "[client_secret, @@]",
        "client_secret = \"\"\"@@\"\"\"",
        "Content-Disposition: form-data; name=\"client_secret\"\r\n\r\n@@\r\n------WebKitFormBoundary--",
        "x-functions-key: @@",
        "{'client_secret': ['@@']}",
        "$clientSecret = @\"\n@@\n\"@",
        "client_secret_2=@@",
        "AZURE_CLIENT_SECRET_PROD=@@",
        "DB_PASS=@@",
        "Client secret\n@@\n",
        // Sentences, in several languages.
        "our client secret is @@, is that right?",
        "Client secret (value): @@",
        "**Client secret:** `@@`",
        "Client secret:\n@@\n",
        "Client\u{a0}secret:\u{a0}@@",
        "Kennwort: @@",
        "Mot de passe : @@",
        "contraseña: @@",
        "クライアント シークレット: @@",
        // Within each other.
        "%7B%22client_secret%22%3A%20%22@@%22%7D",
        "%257B%2522client_secret%2522%253A%2520%2522@@%2522%257D",
        "\\u0022client_secret\\u0022:\\u0022@@\\u0022",
    ];
    let wrong = wrong(carriers, SECRET);
    assert!(wrong.is_empty(), "{}", wrong.join("\n---\n"));
}

#[test]
fn signs_within_a_secret_do_not_end_it() {
    for text in [
        "AZURE_CLIENT_SECRET=abcdefgh,ijklmnop)qrstuvw<xyz0123",
        "AZURE_CLIENT_SECRET=abcdefgh&ijklmnopqrstuvw",
        "AZURE_CLIENT_SECRET=abcdefgh;ijklmnopqrstuvw\nX=1",
        "AZURE_CLIENT_SECRET=abcdefgh'ijklmnopqrstuvw\nX=1",
        "client_secret=abcdefgh%26ijklm%22nopqrstuvw&scope=x",
        "client_secret={abcdefghijklmnop",
        "client_secret=eyJabcdefghijklmnop",
        "password=AADSTSabcdefghijklmnop1",
    ] {
        let aside = masked(text);
        let left = |part: &str| aside.contains(part);
        assert!(!left("ijklmnop") && !left("qrstuvw") && !left("efgh"), "{aside}");
    }
    assert!(masked("client_secret=abcdefgh&scope=x").ends_with("&scope=x"));
    assert!(masked("client_secret=abcdefgh; tenant=x").ends_with("; tenant=x"));
}

#[test]
fn text_that_was_encoded_as_a_whole_is_looked_into() {
    let settings = format!("{{\"clientId\":\"{APP}\",\"clientSecret\":\"{SECRET}\"}}");
    let once = base64(settings.as_bytes());
    let twice = base64(once.as_bytes());
    let wide = base64(&settings.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    for encoded in [once, twice, wide, hex::encode(&settings)] {
        let aside = masked(&format!("data: {encoded}\nAADSTS700027"));
        assert_eq!(aside, format!("data: {}\nAADSTS700027", "*".repeat(encoded.len())));
    }
    // The same without a secret stays, and is read.
    let plain = base64(format!("{{\"clientId\":\"{APP}\",\"tenant\":\"contoso.com\"}}").as_bytes());
    assert_eq!(masked(&plain), plain);
}

#[test]
fn tokens_grants_and_signatures_are_masked_however_they_come() {
    const LONG: &str = "Zk9aB3xQ7Lm2NpR5tVw8Yc1aB3xQ7Lm2NpR5tVw8Yc1aB3xQ7Lm2NpR5tVw8";
    let token = "eyJhbGciOiJSUzI1NiIsIng1dCI6InBUalFEb2NuN0ZnVTR2c1FlekUyTjI4aWFWcyJ9.eyJpc3MiOiJhIiwic3ViIjoiYSJ9";
    let wrapped: Vec<String> = format!("{token}.{LONG}")
        .as_bytes()
        .chunks(40)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    for text in [
        format!("x-ms-RefreshTokenCredential: {LONG}"),
        format!("my token was 1.AXkAq0Z9xk3m{LONG} and"),
        format!("Authorization: PoP {LONG}"),
        format!("Authorization: SharedKey account:{LONG}="),
        format!("Authorization: Digest username=\"x\", response=\"{LONG}\""),
        format!("authorization: bearer {LONG}"),
        format!("Authorization=Bearer%20{LONG}"),
        format!("Cookie: ESTSAUTHPERSISTENT={LONG}; x=y"),
        format!("Set-Cookie: ESTSAUTH={LONG}; path=/"),
        format!("GITHUB_TOKEN={LONG}"),
        format!("ACTIONS_ID_TOKEN_REQUEST_TOKEN={LONG}"),
        format!("https%3A%2F%2Fx.blob.core.windows.net%2Fc%3Fsr%3Db%26sig%3D{LONG}"),
        format!("<input type=\"hidden\" name=\"code\" value=\"{LONG}\">"),
        format!("{{\"protected\": \"eyJhbGciOiJSUzI1NiJ9\", \"signature\": \"{LONG}\"}}"),
        format!("{token}.\n{LONG}"),
        format!("{token} . {LONG}"),
        format!("{}%2E{LONG}", token.replace('.', "%2E")),
        wrapped.join("\n"),
        format!("<RSAKeyValue><Modulus>abc</Modulus><D>{LONG}</D></RSAKeyValue>"),
        format!("{{\"kty\":\"oct\",\"k\":\"{LONG}\"}}"),
        format!("01000000d08c9ddf0115d1118c7a00c04fc297eb{}", "ab12cd34".repeat(20)),
        "privateExponent:\n    00:8a:bc:de:f0:12:34:56:78:9a:bc:de:f0:12:34:\n    9a:b3:Zk9aB3xQ"
            .replace("Zk9aB3xQ", "aa"),
    ] {
        let aside = masked(&text);
        assert!(!is_readable(&aside, LONG) && !aside.contains("ab12cd34") && !aside.contains("8a:bc:de"), "{aside}");
    }
    assert!(masked(&format!("{token}.{LONG}")).starts_with(&format!("{token}.*")));
}

#[test]
fn what_is_public_stays_readable() {
    for text in [
        "error code: 700027",
        "\"code\":\"InvalidAuthenticationToken\"",
        "client_secret is missing from the request",
        "'client_assertion' or 'client_secret'",
        "The password is expired.",
        "Reset password for user",
        "secret name: payroll-batch-secret",
        "name: AZURE_CLIENT_SECRET\n  valueFrom:\n    secretKeyRef:\n      name: payroll",
        "client_secret:\n  description: missing",
        "| client_secret | required |",
        "-Password parameter is required",
        "--password option is deprecated",
        "ssh -p 2222 host",
        "docker run -p 8080:80 img",
        "pass: 12 fail: 0",
        "token endpoint: https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "token_type: Bearer, expires_in: 3599",
        "\"x5t\":\"pTjQDocn7FgU4vsQezE2N28iaVs\"",
        "signature algorithm: sha256WithRSAEncryption",
        "Authorization header is missing",
        "Authorization: Bearer token is missing",
        "key vault secret https://kv.vault.azure.net/secrets/payroll/5800da50f37a4f20b4ace5fb6555f4aa",
        "Invalid client secret, try again\nor another, please",
        "passwordCredentials: []",
        "keyId: 5800da50-f37a-4f20-b4ac-e5fb6555f4aa",
    ] {
        assert_eq!(masked(text), text);
    }
}
