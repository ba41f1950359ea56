//! The tenant under Microsoft's own host names, through its proxy.

use local_tenant::{HttpsOptions, MicrosoftOptions, RunningTenant, Seed, TenantError, TenantOptions};
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::*;

/// A tenant, and a client that has nothing but its proxy and its CA.
async fn as_microsoft(seed: Seed) -> (RunningTenant, reqwest::Client) {
    let options = TenantOptions { seed, microsoft: Some(MicrosoftOptions::default()), ..TenantOptions::default() };
    let tenant = local_tenant::start(options).await.unwrap();
    let _ = &*CLIENT;
    let access = tenant.microsoft().unwrap();
    let ca = reqwest::Certificate::from_pem(access.ca_pem.as_bytes()).unwrap();
    let proxy = reqwest::Proxy::https(&access.proxy_url).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([ca]).proxy(proxy).build().unwrap();
    (tenant, client)
}

/// What the proxy says to this.
async fn said(tenant: &RunningTenant, request: &str) -> String {
    let address = tenant.microsoft().unwrap().proxy_url.trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    said
}

#[tokio::test]
async fn sign_in_answers_in_the_name_that_was_asked_for() {
    let (tenant, client) = as_microsoft(Seed::Empty).await;
    let id = tenant.tenant_id();
    for (host, graph) in [
        ("login.microsoftonline.com", "graph.microsoft.com"),
        ("login.windows.net", "graph.microsoft.com"),
        ("login.microsoftonline.us", "graph.microsoft.us"),
        ("login.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn"),
    ] {
        let document =
            Reply::of(client.get(format!("https://{host}/{id}/v2.0/.well-known/openid-configuration"))).await.json();
        assert_eq!(document["issuer"], format!("https://{host}/{id}/v2.0"));
        assert_eq!(document["token_endpoint"], format!("https://{host}/{id}/oauth2/v2.0/token"));
        assert_eq!(document["jwks_uri"], format!("https://{host}/{id}/discovery/v2.0/keys"));
        assert_eq!(
            (&document["msgraph_host"], &document["userinfo_endpoint"]),
            (&json!(graph), &json!(format!("https://{graph}/oidc/userinfo")))
        );
        let refused = Reply::of(client.post(format!("https://{host}/{id}/oauth2/v2.0/token"))).await;
        assert_eq!(refused.json()["error_uri"], format!("https://{host}/error?code=900144"));
        let device = Reply::of(
            client
                .post(format!("https://{host}/{id}/oauth2/v2.0/devicecode"))
                .form(&[("client_id", "04b07795-8ddb-461a-bbee-02f9e1bf7b46"), ("scope", "openid")]),
        )
        .await;
        assert_eq!(device.json()["verification_uri"], format!("https://{host}/devicelogin"));
    }
    let asked = "https://login.microsoftonline.com/common/discovery/instance?api-version=1.1&authorization_endpoint=x";
    let instance = Reply::of(client.get(asked)).await.json();
    let clouds = instance["metadata"].as_array().unwrap();
    assert_eq!(clouds[0]["preferred_cache"], "login.windows.net");
    assert!(clouds.iter().any(|cloud| cloud["aliases"][0] == "login.partner.microsoftonline.cn"), "{instance}");
}

#[tokio::test]
async fn an_assertion_for_microsofts_token_endpoint_gets_a_token_for_graph_and_vaults() {
    let (tenant, client) = as_microsoft(Seed::Demo).await;
    let id = tenant.tenant_id();
    let app = application(&tenant, "release-automation");
    let identity = Identity::new("microsoft");
    let graph = Graph::of(&tenant, MARA);
    let mut keys = graph.keys_without_material(&app).await;
    keys.push(identity.credential());
    assert_eq!(graph.patch_keys(&app, keys).await.status, 204);
    let ask = async |host: &str, scope: &str| {
        let endpoint = format!("https://{host}/{id}/oauth2/v2.0/token");
        let claims = with(claims(&tenant, app.app_id, OffsetDateTime::now_utc()), json!({"aud": endpoint}));
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", &app.app_id.to_string()),
            ("scope", scope),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &identity.assertion(&claims)),
        ];
        Reply::of(client.post(&endpoint).form(&fields)).await
    };
    let reply = ask("login.microsoftonline.com", "https://graph.microsoft.com/.default").await;
    let token = reply.json()["access_token"].as_str().unwrap_or_else(|| panic!("{reply:?}")).to_owned();
    assert_eq!(payload(&token)["aud"], "https://graph.microsoft.com");
    let organization = Reply::of(client.get("https://graph.microsoft.com/v1.0/organization").bearer_auth(&token)).await;
    assert_eq!(organization.json()["@odata.context"], "https://graph.microsoft.com/v1.0/$metadata#organization");

    let reply = ask("login.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn/.default").await;
    let claims = payload(reply.json()["access_token"].as_str().unwrap());
    assert_eq!(claims["iss"], format!("https://sts.chinacloudapi.cn/{id}/"));
    let elsewhere = ask("login.microsoftonline.com", "https://microsoftgraph.chinacloudapi.cn/.default").await;
    assert_eq!(elsewhere.json()["error_codes"], json!([500_011]), "a cloud knows its own resources");

    let reply = ask("login.microsoftonline.com", "https://vault.azure.net/.default").await;
    let token = reply.json()["access_token"].as_str().unwrap().to_owned();
    let vault = "https://contoso-apps.vault.azure.net";
    let listed = client.get(format!("{vault}/certificates?api-version=7.4&maxresults=1")).bearer_auth(&token);
    let listed = Reply::of(listed).await.json();
    assert!(listed["value"][0]["id"].as_str().unwrap().starts_with(&format!("{vault}/certificates/")), "{listed}");
    assert!(listed["nextLink"].as_str().unwrap().starts_with(&format!("{vault}/certificates?")), "{listed}");
    let challenged = Reply::of(client.get(format!("{vault}/certificates?api-version=7.4"))).await;
    let expected = format!(
        "Bearer authorization=\"https://login.microsoftonline.com/{id}\", resource=\"https://vault.azure.net\""
    );
    assert_eq!(challenged.header("www-authenticate"), Some(expected.as_str()));
    let nobody = Reply::of(client.get("https://contoso-nobody.vault.usgovcloudapi.net/keys?api-version=7.4")).await;
    assert_eq!(nobody.status, 404);
}

#[tokio::test]
async fn graph_names_itself_in_links_locations_and_challenges() {
    let (tenant, client) = as_microsoft(Seed::Demo).await;
    let token = tenant.graph_token(MARA).unwrap();
    for (host, login) in
        [("graph.microsoft.com", "login.microsoftonline.com"), ("dod-graph.microsoft.us", "login.microsoftonline.us")]
    {
        let root = format!("https://{host}/v1.0");
        let page = Reply::of(client.get(format!("{root}/applications?$top=1")).bearer_auth(&token)).await.json();
        assert!(page["@odata.nextLink"].as_str().unwrap().starts_with(&format!("{root}/applications?")), "{page}");
        assert_eq!(page["@odata.context"], format!("{root}/$metadata#applications"));
        let made =
            client.post(format!("{root}/applications")).bearer_auth(&token).json(&json!({"displayName": "made"}));
        let made = Reply::of(made).await;
        assert!(made.header("location").unwrap().starts_with(&format!("https://{host}/v2/")), "{made:?}");
        let refused = Reply::of(client.get(format!("{root}/me"))).await;
        assert_eq!(refused.status, 401);
        assert!(
            refused.header("www-authenticate").unwrap().contains(&format!("https://{login}/common/")),
            "{refused:?}"
        );
        // What is of another service is not here.
        let discovery = Reply::of(client.get(format!("https://{host}/common/discovery/instance"))).await;
        assert_eq!((discovery.status, discovery.header("x-thumbprint-not-simulated").is_some()), (501, true));
    }
    let manager = Reply::of(client.get("https://management.azure.com/tenants?api-version=2022-12-01")).await;
    assert_eq!((manager.status, &manager.json()["error"]["code"]), (401, &json!("AuthenticationFailed")));
}

#[tokio::test]
async fn no_other_host_is_led_anywhere() {
    let (tenant, client) = as_microsoft(Seed::Empty).await;
    // Something that would answer, if the proxy let anybody there.
    let own = tenant.base_url().trim_start_matches("http://").to_owned();
    for target in ["pypi.org:443", "graph.microsoft.com:80", "portal.azure.com:443", own.as_str()] {
        let answer = said(&tenant, &format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 403 Forbidden\r\n"), "{target}: {answer}");
        assert!(answer.contains("Nothing was sent.") && answer.contains("x-thumbprint-not-simulated: "), "{answer}");
    }
    let plain = said(&tenant, &format!("GET http://{own}/v1.0/me HTTP/1.1\r\nHost: {own}\r\n\r\n")).await;
    assert!(plain.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"), "{plain}");
    assert!(client.get("https://pypi.org/").send().await.is_err());
    let noted = tenant.not_simulated();
    let pypi = noted.iter().find(|one| one.target == "pypi.org:443").unwrap();
    assert_eq!((pypi.method.as_str(), pypi.times), ("CONNECT", 2));
    assert!(tenant.requests().is_empty(), "{:?}", tenant.requests());
    // A request that says another name inside of the tunnel.
    let misled = client.get("https://graph.microsoft.com/v1.0/me").header("host", "pypi.org");
    assert_eq!(Reply::of(misled).await.status, 421);
}

#[tokio::test]
async fn without_the_option_nothing_of_it_exists() {
    let folder = tempfile::tempdir().unwrap();
    let https = HttpsOptions { ca_dir: Some(folder.path().into()), names: vec![] };
    let https = Some(("127.0.0.1:0".parse().unwrap(), https));
    let tenant = local_tenant::start(TenantOptions { also_https: https, ..TenantOptions::default() }).await.unwrap();
    assert_eq!(tenant.microsoft(), None);
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(files, ["ca.pem"]);
    let id = tenant.tenant_id();
    let ask = |host: &str| {
        let url = format!("{}/{id}/v2.0/.well-known/openid-configuration", tenant.base_url());
        CLIENT.get(url).header("host", host.to_owned())
    };
    let document = Reply::of(ask("login.microsoftonline.com")).await.json();
    assert_eq!(document["issuer"], format!("{}/{id}/v2.0", tenant.base_url()));
    let vault = CLIENT.get(format!("{}/certificates?api-version=7.4", tenant.base_url()));
    assert_eq!(Reply::of(vault.header("host", "contoso-apps.vault.azure.net")).await.status, 404);

    let (app, identity) = (application(&tenant, "payroll-batch"), Identity::new("payroll"));
    assert_eq!(Graph::of(&tenant, OWEN).patch_keys(&app, [identity.credential()]).await.status, 204);
    let audience = json!({"aud": format!("https://login.microsoftonline.com/{id}/oauth2/v2.0/token")});
    let assertion = identity.assertion(&with(claims(&tenant, app.app_id, OffsetDateTime::now_utc()), audience));
    assert_eq!(client_credentials(&tenant, app.app_id, &assertion).await.json()["error_codes"], json!([700_023]));
}

#[tokio::test]
async fn the_proxy_is_for_this_machine_and_ends_with_the_tenant() {
    let everywhere = MicrosoftOptions { proxy: Some("0.0.0.0:0".parse().unwrap()), ca_dir: None };
    let options = TenantOptions { seed: Seed::Empty, microsoft: Some(everywhere), ..TenantOptions::default() };
    let refused = local_tenant::start(options).await.err().unwrap();
    assert!(matches!(refused, TenantError::ProxyNotLoopback { .. }), "{refused}");

    let (tenant, client) = as_microsoft(Seed::Empty).await;
    let url = "https://graph.microsoft.com/v1.0/me";
    assert_eq!(Reply::of(client.get(url)).await.status, 401);
    let address = tenant.microsoft().unwrap().proxy_url.trim_start_matches("http://").to_owned();
    tenant.shutdown().await;
    assert!(TcpStream::connect(&address).await.is_err());
    assert!(client.get(url).send().await.is_err());
}

#[tokio::test]
async fn its_ca_is_kept_and_can_vouch_for_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let start = async || {
        let microsoft = MicrosoftOptions { proxy: None, ca_dir: Some(folder.path().into()) };
        let options = TenantOptions { seed: Seed::Empty, microsoft: Some(microsoft), ..TenantOptions::default() };
        local_tenant::start(options).await.unwrap()
    };
    let _ = &*CLIENT;
    let first = start().await.microsoft().unwrap().clone();
    let second = start().await;
    assert_eq!(second.microsoft().unwrap().ca_pem, first.ca_pem);
    assert_eq!(std::fs::read_to_string(first.ca_file.unwrap()).unwrap(), first.ca_pem);
    // The server's certificate is none for this machine's own names.
    let ca = reqwest::Certificate::from_pem(first.ca_pem.as_bytes()).unwrap();
    let plain = reqwest::Client::builder().tls_certs_only([ca]).no_proxy().build().unwrap();
    assert!(plain.get("https://localhost:1/").send().await.is_err());
    let variables: Value = second
        .microsoft()
        .unwrap()
        .environment(std::path::Path::new("/ca.pem"))
        .into_iter()
        .map(|(name, value)| (name.to_owned(), json!(value.to_str())))
        .collect();
    for name in ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE"] {
        assert_eq!(variables[name], "/ca.pem", "{name}");
    }
    assert_eq!(variables["HTTPS_PROXY"], second.microsoft().unwrap().proxy_url);
    assert_eq!(variables["NODE_USE_ENV_PROXY"], "1");
}
