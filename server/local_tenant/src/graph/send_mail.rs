//! `/me/sendMail` and `/users/{id}/sendMail`. Nothing leaves the machine: the control API shows what was sent.

use axum::http::StatusCode;
use serde_json::Value;

use super::error::GraphError;
use super::related::{Member, resolve};
use super::{Answer, Request};
use crate::format::binary;
use crate::mailbox::{MailContent, SentMail};

/// Recipients of one message (Exchange Online's limit).
const MOST_RECIPIENTS: usize = 500;

/// JSON, or MIME in base64. A person sends from the own mailbox alone, an app with `Mail.Send` from everybody's.
pub(super) fn handle(request: &Request<'_>, member: &Member) -> Result<Answer, GraphError> {
    let mailbox = {
        let directory = request.tenant.read();
        let id = resolve(request, member, &directory).map_err(|error| match member {
            // Exchange's own words for a mailbox that is not there.
            Member::User(name) => GraphError::new(
                StatusCode::NOT_FOUND,
                "ErrorInvalidUser",
                format!("The requested user '{name}' is invalid."),
            ),
            _ => error,
        })?;
        request.caller.may_send_mail(id)?;
        directory.person(id).map(|person| person.user_principal_name.clone()).unwrap_or_default()
    };
    let content = match request.json() {
        Ok(sent) => {
            let message = sent.get("message").filter(|message| message.is_object());
            let message =
                message.ok_or_else(|| bad("ErrorInvalidParameter", "The 'message' parameter is required."))?;
            recipients(message)?;
            MailContent::Message(message.clone())
        }
        Err(_) => MailContent::Mime(mime(&request.body)?),
    };
    tracing::info!(%mailbox, "a mail was sent into the tenant's own box");
    request.tenant.mailbox.put(SentMail {
        at: request.now,
        mailbox,
        sender: request.caller.id(),
        client: request.caller.client(),
        content,
    });
    Ok(Answer { status: StatusCode::ACCEPTED, ..Answer::no_content() })
}

fn bad(code: &'static str, message: &str) -> GraphError {
    GraphError::new(StatusCode::BAD_REQUEST, code, message)
}

fn recipients(message: &Value) -> Result<(), GraphError> {
    let mut count = 0;
    for list in ["toRecipients", "ccRecipients", "bccRecipients"] {
        for one in message[list].as_array().into_iter().flatten() {
            let address = one["emailAddress"]["address"].as_str().unwrap_or_default();
            let whole = address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
            if !whole || address.contains(char::is_whitespace) {
                return Err(bad(
                    "ErrorInvalidRecipients",
                    &format!("At least one recipient is not valid., Recipient '{address}' is not resolved."),
                ));
            }
            count += 1;
        }
    }
    match count {
        0 => Err(bad(
            "ErrorInvalidRecipients",
            "At least one recipient is not valid., A message can't be sent because it contains no recipients.",
        )),
        1..=MOST_RECIPIENTS => Ok(()),
        _ => Err(bad("ErrorExceededMaxRecipientLimit", "Recipient limit exceeded.")),
    }
}

fn mime(body: &[u8]) -> Result<String, GraphError> {
    let text = std::str::from_utf8(body).ok().filter(|text| !text.trim().is_empty());
    let decoded = text.and_then(binary).and_then(|bytes| String::from_utf8(bytes).ok());
    // Graph's page of the action has these words.
    decoded.ok_or_else(|| bad("ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content."))
}
