//! The variables by which programs find the tenant under Microsoft's names, and trust its CA.

use std::ffi::OsString;
use std::path::Path;

use super::MicrosoftAccess;

/// Which programs read which: Python's requests and azure-cli; OpenSSL, Go, Rust, .NET on Linux, httpx; Node; curl; Deno.
const CA: [&str; 5] = ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE", "DENO_CERT"];
const PROXY: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const DIRECT: [&str; 2] = ["NO_PROXY", "no_proxy"];

impl MicrosoftAccess {
    /// Names and values to set for a program. `ca_file` has [`Self::ca_pem`]. In place of the system's roots most programs
    /// then trust this CA alone: nothing else is reachable through the proxy.
    pub fn environment(&self, ca_file: &Path) -> Vec<(&'static str, OsString)> {
        let ca = CA.map(|name| (name, ca_file.as_os_str().to_owned()));
        let proxy = PROXY.map(|name| (name, OsString::from(&self.proxy_url)));
        // The control API and programs' own redirect addresses are on this machine.
        let direct = DIRECT.map(|name| (name, OsString::from("localhost,127.0.0.1,::1")));
        let other = [
            // Node's fetch and http read HTTPS_PROXY only where this is set.
            ("NODE_USE_ENV_PROXY", OsString::from("1")),
            // azure-cli reports its use to a host that is not served.
            ("AZURE_CORE_COLLECT_TELEMETRY", OsString::from("false")),
        ];
        ca.into_iter().chain(proxy).chain(direct).chain(other).collect()
    }
}
