//! A message for an incoming webhook of Slack (<https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>).

use super::notice_text::NoticeText;
use serde_json::{Value, json};

/// Characters of a header's and a section's text (<https://docs.slack.dev/reference/block-kit/blocks>).
const MOST_IN_HEADER: usize = 150;
const MOST_IN_SECTION: usize = 3_000;

/// Names of apps stand in plain text alone: there nothing is markup.
pub(super) fn message(words: &NoticeText) -> Value {
    let mut text = words.lead.chars().take(1_000).collect::<String>();
    let room = MOST_IN_SECTION - 40;
    let mut length = text.chars().count();
    let mut shown = 0;
    for line in &words.lines {
        length += line.chars().count() + 3;
        if length > room {
            break;
        }
        text.push_str("\n• ");
        text.push_str(line);
        shown += 1;
    }
    if let Some(rest) = words.rest(shown) {
        text.push('\n');
        text.push_str(&rest);
    }
    let subject: String = words.subject.chars().take(MOST_IN_HEADER).collect();
    json!({
        "text": escaped(&subject),
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": subject, "emoji": false}},
            {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": false}},
            {"type": "section", "text": {"type": "mrkdwn", "text": format!("<{}|Open Thumbprint>", words.link)}},
        ],
    })
}

/// What mrkdwn takes for itself (<https://docs.slack.dev/messaging/formatting-message-text#escaping>).
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::super::notice_text::samples::{AT, digest};
    use super::*;

    #[test]
    fn it_keeps_within_slacks_limits_and_is_honest_about_it() {
        for apps in [1, 17, 200, 2_000] {
            let message = message(&NoticeText::of(&digest(apps), "https://t.example", AT));
            let blocks = message["blocks"].as_array().unwrap();
            let text = |n: usize| blocks[n]["text"]["text"].as_str().unwrap();
            assert!(text(0).chars().count() <= MOST_IN_HEADER && text(1).chars().count() <= MOST_IN_SECTION);
            let lines = text(1).matches("\n• ").count();
            let more = text(1)
                .split("\nand ")
                .nth(1)
                .map_or(0, |rest| rest.split(' ').next().unwrap().replace(',', "").parse::<usize>().unwrap());
            assert_eq!(lines + more, apps as usize);
            assert_eq!(blocks[1]["text"]["type"], "plain_text");
        }
    }
}
