//! Secrets that are known by their shape or by what stands in front of them, whatever their name.

use super::value::{Values, is_random};
use crate::doctor::scan::{Span, any_of, find_all};

/// As far as a call's arguments or a statement are read.
const WINDOW: usize = 400;

pub(super) fn all(text: &str) -> Vec<Span> {
    let mut out = flags(text);
    out.extend(made_by_entra(text));
    out.extend(tokens(text));
    out.extend(in_addresses(text));
    out.extend(in_headers(text));
    out.extend(secure_strings(text));
    out.extend(passed(text));
    out.extend(protected(text));
    out
}

/// `-u ID:SECRET`, `Bearer VALUE`, in whatever case.
fn flags(text: &str) -> Vec<Span> {
    const FLAGS: [&str; 6] = ["--user ", "--user=", "-u ", "bearer ", "basic ", "pop "];
    let mut out = vec![];
    let ends = Values::of(text);
    for flag in FLAGS {
        for at in find_all(text, flag) {
            let before = text[..at].chars().next_back();
            if before.is_some_and(|c| c.is_ascii_alphanumeric() || (c == '-' && flag == "-u ")) {
                continue;
            }
            let Some(rest) = text.get(at + flag.len()..) else { continue };
            let start = text.len() - rest.trim_start_matches(any_of(" \"'\\\n\r")).len();
            let end = start
                + text[start..]
                    .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\''))
                    .unwrap_or(text.len() - start);
            let value = &text[start..end];
            // "Bearer token" in prose is no token.
            if value.len() >= 8 {
                out.push(Span { start, end });
            }
        }
    }
    // curl's -uID:SECRET
    for at in find_all(text, " -u") {
        let start = at + 3;
        let Some(end) = text
            .get(start..)
            .filter(|rest| rest.starts_with(|c: char| c.is_alphanumeric()))
            .map(|_| ends.bare_end(start))
        else {
            continue;
        };
        if text[start..end].contains(':') {
            out.push(Span { start, end });
        }
    }
    out
}

/// What Entra makes for a client secret: three characters, a digit, `Q~`, then some 34.
fn made_by_entra(text: &str) -> Vec<Span> {
    let marked = |word: &[u8]| {
        word.windows(3).skip(1).any(|window| window[0].is_ascii_digit() && matches!(&window[1..], b"Q~" | b"q~"))
    };
    // A shorter one was cut off.
    words(text, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'~' | b'.' | b'_' | b'-'))
        .into_iter()
        .filter(|span| span.end - span.start >= 16 && marked(&text.as_bytes()[span.start..span.end]))
        .map(|span| Span { end: continued(text, span), ..span })
        .collect()
}

/// The rest of a secret of some forty characters, where a terminal has cut it in two.
fn continued(text: &str, span: Span) -> usize {
    const WHOLE: usize = 40;
    let length = span.end - span.start;
    let next = text[span.end..].trim_start_matches(any_of("\r\n"));
    let start = text.len() - next.len();
    if length >= WHOLE - 3 || start == span.end || start - span.end > 2 {
        return span.end;
    }
    let more = next
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'~' | b'.' | b'_' | b'-'))
        .count();
    if (WHOLE - 8..=WHOLE + 8).contains(&(length + more)) { start + more } else { span.end }
}

fn words(text: &str, allowed: fn(u8) -> bool) -> Vec<Span> {
    let mut at = 0;
    text.as_bytes()
        .split(|byte| !allowed(*byte))
        .map(|word| {
            let span = Span { start: at, end: at + word.len() };
            at = span.end + 1;
            span
        })
        .filter(|span| span.end > span.start)
        .collect()
}

/// Refresh tokens and grants of Entra (`0.A…`, `1.A…`) and of personal accounts (`M.C…`, `M.R…`), tokens of GitHub, GitLab, Slack and npm.
fn tokens(text: &str) -> Vec<Span> {
    const BEGINNINGS: [&str; 11] =
        ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxe-", "npm_"];
    let is_grant = |word: &str| {
        let start = word.as_bytes();
        word.len() >= 40 && matches!(start, [b'0' | b'1', b'.', b'A', ..])
    };
    let is_personal =
        |word: &str| word.len() >= 40 && matches!(word.as_bytes(), [b'M', b'.', b'C' | b'R', b'0'..=b'9', ..]);
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'!' | b'*' | b'$');
    words(text, allowed)
        .into_iter()
        .filter(|span| {
            let word = &text[span.start..span.end];
            is_grant(word)
                || is_personal(word)
                || (word.len() >= 24 && BEGINNINGS.iter().any(|start| word.starts_with(start)))
        })
        .collect()
}

/// `scheme://user:password@host`, `https://token@host`.
fn in_addresses(text: &str) -> Vec<Span> {
    let mut out = vec![];
    for at in find_all(text, "://") {
        let start = at + 3;
        let part = &text[start..start + text[start..].floor_char_boundary(WINDOW)];
        let authority = &part[..part
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '<' | '>' | '?' | '#'))
            .unwrap_or(part.len())];
        let Some((user, _)) = authority.rsplit_once('@') else { continue };
        match user.split_once(':') {
            Some((name, password)) if !password.is_empty() => {
                out.push(Span { start: start + name.len() + 1, end: start + user.len() });
            }
            None if is_random(user) && user.len() >= 20 => out.push(Span { start, end: start + user.len() }),
            _ => {}
        }
    }
    out
}

/// Headers whose whole value is a secret (RFC 9110, section 11.6.2; RFC 6265). In a header of authorization, the scheme stays.
fn in_headers(text: &str) -> Vec<Span> {
    // A longer one is masked unseen.
    const LONGEST: usize = 4096;
    let mut out = vec![];
    for (name, scheme) in [("authorization", true), ("cookie", false)] {
        // A line that was searched for its end is not searched again.
        let (mut line, mut masked) = (0, 0);
        for at in find_all(text, name) {
            if at < masked {
                continue;
            }
            let Some(rest) = text.get(at + name.len()..) else { continue };
            let behind = rest.trim_start_matches(any_of("\"'\\ `]"));
            let Some(value) = behind.strip_prefix(any_of(":=,")) else { continue };
            let mut value = value.trim_start_matches(any_of(" \"'\\`["));
            if value.starts_with(any_of("\n\r{")) || rest.len() - value.len() > 24 {
                continue;
            }
            if scheme {
                let word = value.bytes().take_while(u8::is_ascii_alphanumeric).count();
                let behind = value[word..].trim_start_matches(' ');
                let behind = behind.strip_prefix("%20").unwrap_or(behind);
                // A scheme and its credentials; or a token without one.
                if behind.len() < value.len() - word {
                    value = behind;
                }
            }
            let start = text.len() - value.len();
            if start >= line {
                line = start + value.find(any_of("\n\r")).unwrap_or(value.len());
            }
            let head = &text[start..line.min(start + value.floor_char_boundary(LONGEST))];
            // The members of Digest are quoted in the header itself.
            let members = scheme && head.contains("=\"");
            let quote = head.find(any_of("\"'")).filter(|_| !members);
            let end = quote.map_or(line, |quote| start + quote);
            let found = &head[..quote.unwrap_or(head.len())];
            let is_secret = |part: &str| is_random(part.trim_matches(any_of("\"'"))) || part.len() >= 20;
            let long = head.len() < end - start;
            if !found.starts_with("eyJ") && (long || found.split(any_of(" ;,")).any(is_secret)) {
                masked = end;
                out.push(Span { start, end });
            }
        }
    }
    out
}

/// What stands in quotes.
pub(super) fn strings(text: &str) -> Vec<Span> {
    let mut out = vec![];
    let mut open: Option<(char, usize)> = None;
    for (at, c) in text.char_indices() {
        match open {
            None if matches!(c, '"' | '\'' | '`') => open = Some((c, at + 1)),
            Some((quote, start)) if c == quote => {
                if at > start {
                    out.push(Span { start, end: at });
                }
                open = None;
            }
            _ => {}
        }
    }
    // Its end was cut off.
    out.extend(open.map(|(_, start)| Span { start, end: text.len() }).filter(|span| span.end > span.start));
    out
}

/// `ConvertTo-SecureString -String 'x' -AsPlainText`, `'x' | ConvertTo-SecureString`.
fn secure_strings(text: &str) -> Vec<Span> {
    const NAME: &str = "ConvertTo-SecureString";
    let mut out = vec![];
    for at in find_all(text, NAME) {
        let front = &text[text.floor_char_boundary(at.saturating_sub(WINDOW))..at];
        let line = front.rsplit(any_of("\n\r;")).next().unwrap_or_default();
        if let Some(piped) = line.trim_end().strip_suffix('|') {
            let offset = at - line.len();
            out.extend(strings(piped).last().map(|span| Span { start: offset + span.start, end: offset + span.end }));
        }
        let start = at + NAME.len();
        let rest = &text[start..start + text[start..].floor_char_boundary(WINDOW)];
        let statement = &rest[..rest.find(any_of("\n\r|;")).unwrap_or(rest.len())];
        let quoted = strings(statement);
        if let Some(span) = quoted.first() {
            out.push(Span { start: start + span.start, end: start + span.end });
            continue;
        }
        let mut place = 0;
        for part in statement.split(any_of(" ()")) {
            let span = Span { start: start + place, end: start + place + part.len() };
            place += part.len() + 1;
            if part.len() > 3 && !part.starts_with(any_of("-$\"'\\")) {
                out.push(span);
                break;
            }
        }
    }
    out
}

/// Commands, and their flags with a secret behind them.
const COMMANDS_WITH: [(&str, &[&str]); 7] = [
    ("secret set ", &[" --value ", " --value=", " -b", " --body ", " --body="]),
    ("http ", &[" -a ", " --auth ", " --auth="]),
    ("https ", &[" -a ", " --auth ", " --auth="]),
    ("xh ", &[" -a ", " --auth ", " --auth="]),
    ("wget ", &[" --http-password=", " --password="]),
    ("keytool ", &[" -storepass ", " -keypass "]),
    ("create secret ", &[" --docker-password=", " --from-literal=password="]),
];

fn begins_word(line: &str, at: usize) -> bool {
    !line[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_'))
}

/// `pass:x` of openssl, `-p x` of commands that take a password so, and what is marked as a secret for a log.
fn passed(text: &str) -> Vec<Span> {
    const COMMANDS: [&str; 10] = [
        "az login",
        "certutil",
        "signtool",
        "sshpass",
        "docker login",
        "mysql",
        "importpfx",
        "helm registry login",
        "sqlcmd",
        "ldapsearch",
    ];
    let ends = Values::of(text);
    let mut out = vec![];
    for mark in ["pass:", "issecret=true]", "::add-mask::", "-Dpassword="] {
        for at in find_all(text, mark) {
            let start = at + mark.len();
            let before = text[..at].chars().next_back();
            if mark == "pass:" && before.is_some_and(char::is_alphanumeric) {
                continue;
            }
            out.extend(text.get(start..).and_then(|_| ends.at(start)));
        }
    }
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        for (command, flags) in COMMANDS_WITH {
            let Some(begin) = find_all(line, command).next().filter(|at| begins_word(line, *at)) else { continue };
            for flag in flags {
                for at in find_all(line, flag).filter(|at| *at >= begin && line.is_char_boundary(at + flag.len())) {
                    // An attached value does not begin with another flag or blank.
                    out.extend(ends.at(offset + at + flag.len()).filter(|span| !text[span.start..].starts_with('-')));
                }
            }
        }
        if COMMANDS.iter().any(|command| find_all(line, command).next().is_some()) {
            for flag in [" -p ", " /p ", " -w "] {
                for at in find_all(line, flag) {
                    out.extend(ends.at(offset + at + flag.len()));
                }
            }
        }
        offset += line.len();
    }
    out
}

/// What Windows encrypts for a person (DPAPI), in hexadecimal or base64: another program of that person can read it.
fn protected(text: &str) -> Vec<Span> {
    const BEGINNINGS: [&str; 4] = [
        "01000000d08c9ddf0115d1118c7a00c04fc297eb",
        "AQAAANCMnd8BFdERjHoAwE/Cl+s",
        // PowerShell's with a key of its own.
        "76492d1116743f0423413b16050a5345",
        "AGE-SECRET-KEY-1",
    ];
    let mut out: Vec<Span> = vec![];
    for begin in BEGINNINGS {
        let mut masked = 0;
        for at in find_all(text, begin).filter(|at| text.is_char_boundary(at + begin.len())) {
            if at < masked {
                continue;
            }
            let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'|' | b'-');
            masked = at + begin.len() + text[at + begin.len()..].bytes().take_while(allowed).count();
            out.push(Span { start: at, end: masked });
        }
    }
    out
}
