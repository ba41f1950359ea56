//! What was asked, and where: token endpoint addresses and the parameters of requests, settings and code.

use super::scan::{Found, Origin, Span, find_all, guid, pairs, percent_decode};
use crate::ids::AppId;

/// What the request told.
#[derive(Debug, Default)]
pub(super) struct RequestEvidence {
    pub app_ids: Vec<Found<AppId>>,
    pub tenants: Vec<Found<String>>,
    pub hosts: Vec<Found<String>>,
    pub scopes: Vec<Found<String>>,
    pub grant_types: Vec<Found<String>>,
}

/// Hosts under which a path begins with the tenant.
const HOST_ENDS: [&str; 6] = [
    "microsoftonline.com",
    "microsoftonline.us",
    "microsoftonline.cn",
    "login.chinacloudapi.cn",
    "login.windows.net",
    "sts.windows.net",
];

pub(super) fn read(text: &str) -> RequestEvidence {
    let mut out = RequestEvidence::default();
    urls(text, &mut out);
    let wanted = |name: &str| {
        ["clientid", "appid", "applicationid", "tenantid", "scope", "granttype"].iter().any(|end| name.ends_with(end))
            || matches!(name, "tenant" | "tenantname" | "directoryid")
    };
    for pair in pairs(text, wanted) {
        let value = percent_decode(&text[pair.value.start..pair.value.end], pair.name == "scope");
        let found = |value| Found { value, origin: Origin::Parameter, span: pair.value };
        match pair.name.as_str() {
            "scope" if value.len() <= 400 => out.scopes.push(found(value)),
            "granttype" => out.grant_types.push(found(value)),
            name if name.ends_with("tenantid") || matches!(name, "tenant" | "tenantname" | "directoryid") => {
                if is_tenant(&value) {
                    out.tenants.push(found(value.to_ascii_lowercase()));
                }
            }
            _ => {
                if let Some(id) = guid(&value) {
                    out.app_ids.push(Found { value: AppId::new(id), origin: Origin::Parameter, span: pair.value });
                }
            }
        }
    }
    out
}

fn urls(text: &str, out: &mut RequestEvidence) {
    for (separator, slash) in [("://", "/"), ("%3A%2F%2F", "%2F"), ("%3a%2f%2f", "%2f"), (":\\/\\/", "\\/")] {
        for at in find_all(text, separator).filter(|at| text[*at..].starts_with(separator)) {
            let start = at + separator.len();
            let Some(rest) = text.get(start..) else { continue };
            let host = until(rest, |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-')));
            if !HOST_ENDS.iter().any(|end| host.to_ascii_lowercase().ends_with(end)) {
                continue;
            }
            let span = Span { start, end: start + host.len() };
            out.hosts.push(Found { value: host.to_ascii_lowercase(), origin: Origin::Url, span });
            let Some(path) = rest[host.len()..].strip_prefix(slash) else { continue };
            let tenant = until(path, |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-')));
            // https://login.microsoftonline.com/error?code=… has no tenant.
            if is_tenant(tenant) && tenant != "error" {
                let start = start + host.len() + slash.len();
                let span = Span { start, end: start + tenant.len() };
                out.tenants.push(Found { value: tenant.to_ascii_lowercase(), origin: Origin::Url, span });
            }
        }
    }
}

fn until(text: &str, stop: impl Fn(char) -> bool) -> &str {
    text.find(stop).map_or(text, |end| &text[..end])
}

/// A GUID, a domain, or one of the words for "any".
fn is_tenant(text: &str) -> bool {
    guid(text).is_some()
        || matches!(text, "common" | "organizations" | "consumers")
        || (text.contains('.')
            && text.len() <= 253
            && !text.starts_with('.')
            && !text.ends_with('.')
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
            && text.bytes().any(|byte| byte.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curl_command_tells_tenant_host_and_client() {
        let read = read(
            "curl -X POST 'https://login.microsoftonline.us/contoso.onmicrosoft.com/oauth2/v2.0/token' \\\n \
             -d client_id=97e0a5b7-d745-40b6-94fe-5f77d35c6e05 -d 'scope=https%3A%2F%2Fgraph.microsoft.us%2F.default'",
        );
        assert_eq!(read.hosts[0].value, "login.microsoftonline.us");
        assert_eq!(read.tenants[0].value, "contoso.onmicrosoft.com");
        assert_eq!(read.app_ids[0].value.to_string(), "97e0a5b7-d745-40b6-94fe-5f77d35c6e05");
        assert_eq!(read.scopes[0].value, "https://graph.microsoft.us/.default");
    }

    #[test]
    fn the_error_page_is_no_tenant() {
        let read = read("\"error_uri\":\"https://login.microsoftonline.com/error?code=700027\"");
        assert!(read.tenants.is_empty());
        assert_eq!(read.hosts.len(), 1);
    }
}
