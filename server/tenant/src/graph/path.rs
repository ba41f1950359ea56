//! Paths to routes. Graph matches segments without regard to case and takes keys in two forms:
//! `/applications/{id}` and `/applications(appId='{id}')`.

use axum::http::StatusCode;
use uuid::Uuid;

use super::error::GraphError;
use crate::store::ObjectKey;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    Beta,
}

impl Version {
    pub(crate) const fn segment(self) -> &'static str {
        match self {
            Self::V1 => "v1.0",
            Self::Beta => "beta",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    Applications,
    ApplicationsCount,
    Application(ObjectKey),
    ApplicationOwners(ObjectKey),
    ApplicationOwnersRef(ObjectKey),
    Me,
    MeOwnedObjects { applications: bool },
    MeMemberOf,
    Users,
    User(String),
    ServicePrincipals,
    ServicePrincipal(ObjectKey),
    Organization,
}

/// One segment, its key split off.
struct Segment {
    name: String,
    key: Option<(String, String)>,
}

/// Parses an undecoded path such as `/v1.0/applications/…`.
pub(crate) fn parse(path: &str) -> Result<(Version, Route), GraphError> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let version = match parts.next() {
        Some("beta") => Version::Beta,
        _ => Version::V1,
    };
    let segments: Vec<Segment> = parts.map(segment).collect::<Result<_, _>>()?;
    route(&segments).map(|route| (version, route))
}

fn segment(part: &str) -> Result<Segment, GraphError> {
    // A path decodes like a query value, except that `+` is itself.
    let decoded = form_urlencoded::parse(format!("p={}", part.replace('+', "%2B").replace('&', "%26")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    let Some((name, rest)) = decoded.split_once('(') else {
        return Ok(Segment { name: decoded, key: None });
    };
    let inner = rest.strip_suffix(')').ok_or_else(|| unknown(&decoded))?;
    let (key, value) = inner.split_once('=').unwrap_or(("id", inner));
    let value = value.trim().trim_matches('\'').to_owned();
    Ok(Segment { name: name.to_owned(), key: Some((key.trim().to_owned(), value)) })
}

fn unknown(segment: &str) -> GraphError {
    GraphError::new(StatusCode::BAD_REQUEST, "BadRequest", format!("Resource not found for the segment '{segment}'."))
}

fn route(segments: &[Segment]) -> Result<Route, GraphError> {
    let Some((first, mut rest)) = segments.split_first() else {
        return Err(unknown(""));
    };
    let name = first.name.to_ascii_lowercase();
    match name.as_str() {
        "applications" | "serviceprincipals" => {}
        "me" => return me(rest),
        "organization" if rest.is_empty() => return Ok(Route::Organization),
        "users" => {
            return match (&first.key, rest) {
                (Some((_, value)), []) => Ok(Route::User(value.clone())),
                (None, []) => Ok(Route::Users),
                (None, [one]) => Ok(Route::User(one.name.clone())),
                _ => Err(unknown(&rest.last().map_or_else(String::new, |last| last.name.clone()))),
            };
        }
        _ => return Err(unknown(&first.name)),
    }
    let applications = name == "applications";
    let key = if let Some((name, value)) = &first.key {
        Some(object_key(name, value)?)
    } else if let Some((one, after)) = rest.split_first() {
        if applications && one.name.eq_ignore_ascii_case("$count") && after.is_empty() {
            return Ok(Route::ApplicationsCount);
        }
        rest = after;
        Some(object_key("id", &one.name)?)
    } else {
        None
    };
    match (applications, key, rest) {
        (true, None, []) => Ok(Route::Applications),
        (true, Some(key), []) => Ok(Route::Application(key)),
        (true, Some(key), [one]) if one.name.eq_ignore_ascii_case("owners") => Ok(Route::ApplicationOwners(key)),
        (true, Some(key), [one, reference])
            if one.name.eq_ignore_ascii_case("owners") && reference.name.eq_ignore_ascii_case("$ref") =>
        {
            Ok(Route::ApplicationOwnersRef(key))
        }
        (false, None, []) => Ok(Route::ServicePrincipals),
        (false, Some(key), []) => Ok(Route::ServicePrincipal(key)),
        (_, _, rest) => Err(unknown(rest.last().map_or("", |last| last.name.as_str()))),
    }
}

fn me(rest: &[Segment]) -> Result<Route, GraphError> {
    let names: Vec<String> = rest.iter().map(|segment| segment.name.to_ascii_lowercase()).collect();
    match names.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => Ok(Route::Me),
        ["ownedobjects"] => Ok(Route::MeOwnedObjects { applications: false }),
        ["ownedobjects", "microsoft.graph.application" | "graph.application"] => {
            Ok(Route::MeOwnedObjects { applications: true })
        }
        ["memberof"] => Ok(Route::MeMemberOf),
        _ => Err(unknown(rest.last().map_or("", |last| last.name.as_str()))),
    }
}

fn object_key(name: &str, value: &str) -> Result<ObjectKey, GraphError> {
    let id =
        Uuid::parse_str(value).map_err(|_| GraphError::bad_request(format!("Invalid object identifier '{value}'.")))?;
    if name.eq_ignore_ascii_case("id") {
        Ok(ObjectKey::Id(id))
    } else if name.eq_ignore_ascii_case("appid") {
        Ok(ObjectKey::AppId(id))
    } else {
        Err(unknown(name))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const ID: &str = "765eb0e3-acb3-475d-9a98-ee6892f081c8";

    #[test]
    fn both_forms_of_a_key() {
        let id = Uuid::parse_str(ID).unwrap();
        let route = |path: &str| parse(path).unwrap().1;
        assert_eq!(route(&format!("/v1.0/applications/{ID}")), Route::Application(ObjectKey::Id(id)));
        assert_eq!(route(&format!("/v1.0/applications('{ID}')")), Route::Application(ObjectKey::Id(id)));
        assert_eq!(route(&format!("/v1.0/Applications(appId='{ID}')")), Route::Application(ObjectKey::AppId(id)));
        assert_eq!(
            route(&format!("/v1.0/applications(appId=%27{ID}%27)/owners")),
            Route::ApplicationOwners(ObjectKey::AppId(id))
        );
        assert_eq!(
            parse("/beta/me/ownedObjects/microsoft.graph.application").unwrap(),
            (Version::Beta, Route::MeOwnedObjects { applications: true })
        );
    }

    #[test]
    fn what_is_no_resource_is_refused() {
        assert_eq!(parse("/v1.0/applications/payroll").unwrap_err().message, "Invalid object identifier 'payroll'.");
        assert_eq!(parse("/v1.0/groups").unwrap_err().message, "Resource not found for the segment 'groups'.");
        assert_eq!(parse("/v1.0/applications(").unwrap_err().code, "BadRequest");
    }
}
