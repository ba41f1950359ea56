//! A portal with a local tenant on free ports, and a browser that behaves as one.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "each test binary uses its part")]

use local_tenant::{RunningTenant, TenantOptions};
use reqwest::header::{ACCEPT, COOKIE, HeaderMap, HeaderName, HeaderValue, LOCATION, SET_COOKIE};
use reqwest::{Method, StatusCode};
use server::clock::Clock;
use server::config::{Config, Tls};
use server::{RunningPortal, Surroundings, listen, start_on};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use thumbprint::demo::configure;
use thumbprint::demo::identity::Identity;
use time::{Duration, OffsetDateTime};
use url::Url;

/// Name of the session's cookie.
pub const COOKIE_NAME: &str = "__Host-thumbprint";
/// What takes longer hangs.
pub const LONG: std::time::Duration = std::time::Duration::from_mins(2);

/// A clock that a test moves.
pub struct Watch(Mutex<OffsetDateTime>);

impl Watch {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(OffsetDateTime::now_utc())))
    }

    pub fn move_by(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for Watch {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap()
    }
}

pub struct TestPortal {
    pub portal: RunningPortal,
    pub tenant: RunningTenant,
    /// The SQLite file.
    pub database: PathBuf,
    config: Config,
    folder: tempfile::TempDir,
}

impl TestPortal {
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// With a changed configuration.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_in(Surroundings::default(), change).await
    }

    /// One that ends TLS itself, for localhost.
    pub async fn start_over_tls(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let identity = Identity::make("localhost", OffsetDateTime::now_utc()).unwrap();
        let tls = Tls { certificate: folder.path().join("tls.crt"), private_key: folder.path().join("tls.key") };
        std::fs::write(&tls.certificate, identity.certificate_pem).unwrap();
        std::fs::write(&tls.private_key, identity.key_pem).unwrap();
        Self::start_with(|config| {
            config.public_url.set_scheme("https").unwrap();
            config.tls = Some(tls);
            change(config);
        })
        .await
    }

    /// With another clock or other randomness.
    pub async fn start_in(surroundings: Surroundings, change: impl FnOnce(&mut Config)) -> Self {
        let tenant = local_tenant::start(TenantOptions::default()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("thumbprint.sqlite");
        let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let mut config = configure(&tenant, address, database.display().to_string()).unwrap();
        change(&mut config);
        let portal = start_on(listener, config.clone(), surroundings).await.unwrap();
        Self { portal, tenant, database, config, folder }
    }

    /// The same portal with the same database at the same address, stopped and started with another configuration.
    pub async fn again(self, change: impl FnOnce(&mut Config)) -> Self {
        let Self { portal, tenant, database, mut config, folder } = self;
        let address = portal.address();
        portal.shutdown().await;
        change(&mut config);
        let portal = start_on(listen(address).unwrap(), config.clone(), Surroundings::default()).await.unwrap();
        Self { portal, tenant, database, config, folder }
    }

    /// An absolute URL of the portal.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.portal.address())
    }

    /// A browser that never was here.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url("/"))
    }

    /// A browser in which this person is signed in. `name`: user principal name, or the part before its `@`.
    pub async fn signed_in(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        let page = self.sign_in(&mut browser, name, "/signed-out").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        browser
    }

    /// Until the directory was read once, as its administrator sees it.
    pub async fn until_directory_is_read(&self) {
        let mut admin = self.signed_in("mara.lindqvist").await;
        let read = async {
            while !admin.get("/inventory").await.body.contains(" credentials. Read ") {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(LONG, read).await.expect("a reading that comes to its end");
    }

    /// Goes through the sign-in, and answers where it leads to.
    pub async fn sign_in(&self, browser: &mut Browser, name: &str, return_to: &str) -> Page {
        let picker = browser.get(&format!("/sign-in?{}", query(&[("return", return_to)]))).await;
        assert!(picker.url.as_str().starts_with(self.tenant.base_url()), "not at the tenant: {}", picker.url);
        self.pick(browser, &picker, name).await
    }

    /// Chooses an account on the tenant's page, and follows where that leads.
    pub async fn pick(&self, browser: &mut Browser, picker: &Page, name: &str) -> Page {
        browser.submit(picker.url.as_str(), &[("account", &self.person(name).id.to_string())]).await
    }

    pub fn person(&self, name: &str) -> local_tenant::PersonInfo {
        let named = |person: &local_tenant::PersonInfo| {
            let upn = &person.user_principal_name;
            upn == name || upn.split('@').next() == Some(name)
        };
        self.tenant.people().into_iter().find(named).unwrap_or_else(|| panic!("nobody is called {name}"))
    }
}

/// What a browser shows.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub url: Url,
    pub body: String,
    /// Everything that was asked for on the way here.
    pub way: Vec<Url>,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Keeps cookies by host, as browsers do, follows redirects, and sends `Sec-Fetch-Site`, `Origin` and `Referer`.
#[derive(Clone)]
pub struct Browser {
    http: reqwest::Client,
    home: Url,
    pub cookies: BTreeMap<(String, String), String>,
    pub redirects: bool,
}

impl Browser {
    pub fn new(home: &str) -> Self {
        Self::at(home, Ipv4Addr::LOCALHOST)
    }

    /// One that has this address.
    pub fn at(home: &str, address: Ipv4Addr) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        let http = http.local_address(IpAddr::V4(address)).build().unwrap();
        Self { http, home: Url::parse(home).unwrap(), cookies: BTreeMap::new(), redirects: true }
    }

    /// The same browser, but it shows redirects instead of following them.
    pub fn stay(&self) -> Self {
        Self { redirects: false, ..self.clone() }
    }

    /// Opens a page without following where it leads.
    pub async fn stay_and_get(&mut self, path: &str) -> Page {
        let mut stay = self.stay();
        let page = stay.get(path).await;
        self.cookies = stay.cookies;
        page
    }

    /// The same browser, and it follows redirects.
    pub fn clone_following(&self) -> Self {
        Self { redirects: true, ..self.clone() }
    }

    /// Opens a page of the portal, or an absolute URL.
    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, None, &[]).await
    }

    /// The same, where no answer is no surprise. Follows nothing.
    pub async fn try_get(&mut self, path: &str) -> Result<Page, reqwest::Error> {
        let url = self.home.join(path).unwrap();
        self.try_exchange(Method::GET, url, None, &[]).await
    }

    /// Asks as the page's own code does once WebAssembly has taken over.
    pub async fn api(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, None, &[("accept", "application/json"), ("sec-fetch-site", "same-origin")]).await
    }

    /// Sends a form from the portal's own page, or, for another host, from that host's.
    pub async fn submit(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        let url = self.home.join(path).unwrap();
        self.send(Method::POST, path, Some(query(form)), &Self::from_own_page(&url).each_ref().map(pair)).await
    }

    /// The same, where no answer is no surprise. Follows nothing.
    pub async fn try_submit(&mut self, path: &str, form: &[(&str, &str)]) -> Result<Page, reqwest::Error> {
        let url = self.home.join(path).unwrap();
        let headers = Self::from_own_page(&url);
        self.try_exchange(Method::POST, url, Some(query(form)), &headers.each_ref().map(pair)).await
    }

    fn from_own_page(url: &Url) -> [(&'static str, String); 4] {
        [
            ("sec-fetch-site", "same-origin".to_owned()),
            ("origin", url.origin().ascii_serialization()),
            ("referer", url.to_string()),
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ]
    }

    pub async fn send(&mut self, method: Method, path: &str, body: Option<String>, headers: &[(&str, &str)]) -> Page {
        let mut url = self.home.join(path).unwrap();
        let mut way = vec![url.clone()];
        let mut page = self.exchange(method, url.clone(), body, headers).await;
        while self.redirects && page.headers.contains_key(LOCATION) {
            assert!(way.len() < 20, "redirected in circles: {way:?}");
            url = url.join(page.header(LOCATION.as_str())).unwrap();
            way.push(url.clone());
            page = self.exchange(Method::GET, url.clone(), None, &[]).await;
        }
        Page { way, ..page }
    }

    async fn exchange(&mut self, method: Method, url: Url, body: Option<String>, headers: &[(&str, &str)]) -> Page {
        self.try_exchange(method, url, body, headers).await.unwrap()
    }

    async fn try_exchange(
        &mut self,
        method: Method,
        url: Url,
        body: Option<String>,
        headers: &[(&str, &str)],
    ) -> Result<Page, reqwest::Error> {
        let mut all = HeaderMap::new();
        all.insert(ACCEPT, HeaderValue::from_static("text/html"));
        let cookies = self.cookie_header(&url);
        if !cookies.is_empty() {
            all.insert(COOKIE, cookies.parse().unwrap());
        }
        for (name, value) in headers {
            all.insert(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        let mut request = self.http.request(method, url.clone()).headers(all);
        if let Some(body) = body {
            request = request.body(body);
        }
        let answer = request.send().await?;
        for cookie in answer.headers().get_all(SET_COOKIE) {
            self.keep(&url, cookie.to_str().unwrap());
        }
        let (status, headers) = (answer.status(), answer.headers().clone());
        Ok(Page { status, headers, url, body: answer.text().await?, way: vec![] })
    }

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let key = (self.home.host_str().unwrap().to_owned(), name.to_owned());
        self.cookies.get(&key).map(String::as_str)
    }

    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert((self.home.host_str().unwrap().to_owned(), name.to_owned()), value.to_owned());
    }

    fn cookie_header(&self, url: &Url) -> String {
        let host = url.host_str().unwrap();
        let pairs = self.cookies.iter().filter(|((of, _), _)| of == host);
        pairs.map(|((_, name), value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, url: &Url, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
        let (name, value) = pair.split_once('=').unwrap();
        let key = (url.host_str().unwrap().to_owned(), name.to_owned());
        // As browsers do: a name with this prefix says what the cookie must have.
        if name.starts_with("__Host-") && !(attributes.contains("Secure") && attributes.contains("Path=/")) {
            return;
        }
        if attributes.to_ascii_lowercase().contains("max-age=0") {
            self.cookies.remove(&key);
        } else {
            self.cookies.insert(key, value.to_owned());
        }
    }
}

fn pair<'a>((name, value): &'a (&'static str, String)) -> (&'a str, &'a str) {
    (name, value)
}

/// A form's or query's encoding.
pub fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
