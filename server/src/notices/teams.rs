//! An Adaptive Card for a workflow of Teams.
//!
//! The workflow's trigger takes a message with attachments
//! (<https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook>). Its 202 says that it took the request, not that a
//! card was posted.

use super::notice_text::NoticeText;
use serde_json::{Value, json};

/// Of the whole body. Teams takes about 28 KB, and some have seen less.
pub(super) const MOST_BYTES: usize = 20 * 1024;

/// No larger than [`MOST_BYTES`]: lines that do not fit are counted.
pub(super) fn message(words: &NoticeText) -> Value {
    let mut shown = words.lines.len();
    loop {
        let message = with(words, shown);
        let size = message.to_string().len();
        if size <= MOST_BYTES || shown == 0 {
            return message;
        }
        shown = shown * MOST_BYTES / size.max(MOST_BYTES + 1);
    }
}

fn with(words: &NoticeText, shown: usize) -> Value {
    let mut body = vec![
        paragraph(&words.subject, json!({"size": "Large", "weight": "Bolder"})),
        paragraph(&words.lead, json!({})),
    ];
    body.extend(words.lines[..shown].iter().map(|line| paragraph(line, json!({}))));
    body.extend(words.rest(shown).map(|rest| paragraph(&rest, json!({"isSubtle": true}))));
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": body,
                "actions": [{"type": "Action.OpenUrl", "title": "Open Thumbprint", "url": words.link}],
            },
        }],
    })
}

/// A `TextRun` has no markup, as a `TextBlock` has.
fn paragraph(text: &str, style: Value) -> Value {
    let text: String = text.chars().take(1_000).collect();
    let mut run = json!({"type": "TextRun", "text": text});
    if let (Some(run), Value::Object(style)) = (run.as_object_mut(), style) {
        run.extend(style);
    }
    json!({"type": "RichTextBlock", "inlines": [run]})
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::super::notice_text::samples::{AT, digest};
    use super::*;

    #[test]
    fn a_card_of_two_thousand_apps_is_small_and_says_what_it_leaves_out() {
        for apps in [1, 60, 200, 2_000] {
            let message = message(&NoticeText::of(&digest(apps), "https://t.example", AT));
            assert!(message.to_string().len() <= MOST_BYTES);
            let card = &message["attachments"][0]["content"];
            let texts: Vec<&str> = card["body"]
                .as_array()
                .unwrap()
                .iter()
                .map(|block| block["inlines"][0]["text"].as_str().unwrap())
                .collect();
            let lines = texts.iter().filter(|text| text.contains("payroll")).count();
            let more = texts
                .last()
                .unwrap()
                .strip_prefix("and ")
                .map_or(0, |rest| rest.split(' ').next().unwrap().replace(',', "").parse::<usize>().unwrap());
            assert_eq!(lines + more, apps as usize);
            assert!(lines >= usize::min(40, apps as usize), "{lines}");
        }
    }
}
