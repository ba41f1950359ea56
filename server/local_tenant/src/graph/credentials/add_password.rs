//! `addPassword`: the service makes a secret, and shows it this once.

use axum::http::StatusCode;
use rand::RngExt as _;
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::password;
use crate::format::parse_date;
use crate::graph::error::GraphError;
use crate::graph::holder::{Holder, HolderKind, change};
use crate::graph::object::Object;
use crate::graph::{Answer, Request};
use crate::store::{ObjectKey, PasswordCredential};

/// Where the request does not say: two years.
const LIFETIME: Duration = Duration::days(730);
/// Letters of a secret; the first three are its hint.
const LENGTH: usize = 40;
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

/// `POST …/addPassword` with `{"passwordCredential": {"displayName", "startDateTime", "endDateTime"}}`, all optional.
pub(crate) fn handle<T: Holder>(request: &Request<'_>, key: ObjectKey) -> Result<Answer, GraphError> {
    let sent = request.json()?;
    let nothing = Map::new();
    let described = match sent.get("passwordCredential") {
        None | Some(Value::Null) => &nothing,
        Some(Value::Object(described)) => described,
        Some(_) => return Err(invalid(T::KIND)),
    };
    let entry = make(described, T::KIND, request.now)?;
    let mut body = password(&entry);
    body.replace("secretText", entry.secret.as_str());
    change::<T, _>(
        request,
        key,
        |object| request.may_change(object.owners()),
        |next, _, _| {
            // Newest first (facts, K4).
            next.passwords_mut().insert(0, entry);
            Ok(())
        },
    )?;
    let context = format!("{}/$metadata#microsoft.graph.passwordCredential", request.root());
    // Recorded: Graph's own host, and nothing more.
    let location = Some(request.tenant.names.graph());
    Ok(Answer { location, ..Answer::ok(Object::with_context(context, body), 1) })
}

/// A new secret as `described`. What is said about its text is not taken: the service makes it.
pub(crate) fn make(
    described: &Map<String, Value>,
    kind: HolderKind,
    now: OffsetDateTime,
) -> Result<PasswordCredential, GraphError> {
    let text = |name: &str| match described.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(invalid(kind)),
    };
    let date = |name: &str| text(name)?.map(|text| parse_date(text).ok_or_else(|| invalid(kind))).transpose();
    let start = date("startDateTime")?.unwrap_or_else(|| now.replace_nanosecond(0).unwrap_or(now));
    let end = date("endDateTime")?.unwrap_or(start + LIFETIME);
    if end <= start || end <= now {
        // Named after the one for certificates; nobody has recorded it.
        return Err(GraphError::new(
            StatusCode::BAD_REQUEST,
            "PasswordCredentialsInvalidEndDate",
            "Password credential end date is invalid.",
        ));
    }
    let mut random = rand::rng();
    let secret = (0..LENGTH).map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())])).collect();
    Ok(PasswordCredential {
        key_id: Uuid::new_v4(),
        display_name: text("displayName")?.map(str::to_owned),
        start,
        end,
        secret,
    })
}

fn invalid(kind: HolderKind) -> GraphError {
    GraphError::invalid_value("passwordCredentials", kind.resource())
}
