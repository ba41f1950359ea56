//! The body of a webhook: a CloudEvent 1.0 in structured JSON mode
//! (<https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>).

use domain::notices::{Notice, NoticeFacts};
use serde_json::json;
use time::format_description::well_known::Rfc3339;

pub(super) const CONTENT_TYPE: &str = "application/cloudevents+json";
/// "Payload size": below 20 kB (Standard Webhooks 1.0.0).
pub(super) const MOST_BYTES: usize = 20_000;

/// `origin`: of the portal. A list that is too long is cut; its `total` says how long it is.
pub(super) fn body(notice: &Notice, origin: &str, link: &str) -> Result<Vec<u8>, serde_json::Error> {
    let mut facts = notice.facts.clone();
    loop {
        let event = json!({
            "specversion": "1.0",
            "id": notice.id,
            "source": origin,
            "type": format!("thumbprint.notice.{}.v1", notice.facts.kind()),
            "time": notice.due_at.format(&Rfc3339).unwrap_or_default(),
            "datacontenttype": "application/json",
            "data": {"audience": notice.audience.to_string(), "link": link, "facts": facts},
        });
        let bytes = serde_json::to_vec(&event)?;
        match &mut facts {
            NoticeFacts::Ending(ending) if bytes.len() > MOST_BYTES && !ending.apps.is_empty() => {
                ending.apps.truncate(ending.apps.len() * 3 / 4);
            }
            _ => return Ok(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::super::notice_text::samples::digest;
    use super::*;
    use serde_json::Value;

    #[test]
    fn a_long_list_is_cut_below_the_limit_and_counted() {
        let bytes = body(&digest(2_000), "https://t.example", "https://t.example/").unwrap();
        assert!(bytes.len() <= MOST_BYTES && bytes.len() > MOST_BYTES / 2, "{}", bytes.len());
        let event: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(event["data"]["facts"]["total"], 2_000);
        assert_eq!((&event["specversion"], &event["type"]), (&"1.0".into(), &"thumbprint.notice.ending.v1".into()));
        assert_eq!(event["id"], digest(2_000).id.to_string());
    }
}
