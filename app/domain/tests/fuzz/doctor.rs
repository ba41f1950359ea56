//! Pasted texts.

use crate::mutate::files;
use crate::run::fuzz;
use domain::doctor::diagnosis::diagnose;
use domain::doctor::evidence::Evidence;
use domain::doctor::paste::{masked, recognise};
use time::macros::datetime;

/// What holds for every text.
pub fn doctor(text: &str) {
    let findings = recognise(text);
    assert!(!diagnose(&findings, &Evidence::at(datetime!(2026-11-28 12:00 UTC))).is_empty());
    let aside = masked(text);
    assert!(aside.len() <= text.len());
    for secret in &findings.secrets {
        let span = secret.span.start..secret.span.end;
        assert!(text.get(span.clone()).is_some(), "{span:?}");
        assert!(aside[span].bytes().all(|byte| byte == b'*' || byte.is_ascii_whitespace()));
    }
    let spans = findings.codes.iter().map(|found| found.span).chain(findings.messages.iter().map(|found| found.span));
    for span in spans {
        assert!(span.start <= span.end && span.end <= text.len(), "{span:?}");
    }
    // Nothing that is put aside says more, or else.
    assert_eq!(recognise(&aside).code(), findings.code());
}

#[test]
fn no_text_panics() {
    fuzz(files(), |bytes| doctor(&String::from_utf8_lossy(&bytes)));
}
