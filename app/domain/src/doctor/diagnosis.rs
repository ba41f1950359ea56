//! From findings and evidence to ranked verdicts.
//!
//! A verdict's confidence is the sum of the points of its reasons, each of which names what was observed. Where Entra's
//! behaviour is not documented and no public report settles it, the points are few and the words say so.

mod header;
mod key;
mod neighbours;
mod registry;
mod signature;

use super::basis::Basis;
use super::cause::Cause;
use super::evidence::Evidence;
use super::fix::{Fix, MissingEvidence};
use super::message::{Head, Reason};
use super::paste::Findings;
use super::topic::Topic;
use serde::{Deserialize, Serialize};
use std::fmt;

/// 1 to 97. Nothing is certain at a distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Confidence(u8);

impl Confidence {
    const MOST: i16 = 97;

    fn of(points: i16) -> Self {
        Self(u8::try_from(points.clamp(1, Self::MOST)).unwrap_or(1))
    }

    /// From 1 to 97.
    pub fn percent(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            85.. => "almost certain",
            65..85 => "likely",
            35..65 => "possible",
            _ => "unlikely",
        })
    }
}

/// One reason for a verdict, or against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    /// A sentence that names the observed value.
    pub text: String,
    /// What it adds to the confidence.
    pub points: i16,
}

/// One cause, how sure it is, why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What went wrong.
    pub cause: Cause,
    /// How sure that is.
    pub confidence: Confidence,
    /// [`Cause::title`].
    pub title: String,
    /// [`Cause::what_happened`].
    pub what_happened: String,
    /// What speaks for it, and what against.
    pub why: Vec<Ground>,
    /// What to do about it.
    pub fix: Fix,
    /// The fix in plain words, in order.
    pub steps: Vec<String>,
    /// The runbook's page.
    pub runbook: String,
}

/// A verdict that still gathers reasons.
struct Draft {
    cause: Cause,
    fix: Fix,
    why: Vec<Ground>,
}

impl Draft {
    fn new(cause: Cause, fix: Fix) -> Self {
        Self { cause, fix, why: vec![] }
    }

    fn because(mut self, points: i16, text: impl Into<String>) -> Self {
        self.why.push(Ground { text: text.into(), points });
        self
    }

    fn because_if(self, condition: bool, points: i16, text: impl FnOnce() -> String) -> Self {
        if condition { self.because(points, text()) } else { self }
    }

    fn points(&self) -> i16 {
        self.why.iter().map(|why| why.points).sum()
    }

    fn verdict(self) -> Verdict {
        Verdict {
            confidence: Confidence::of(self.points()),
            title: self.cause.title(),
            what_happened: self.cause.what_happened(),
            steps: self.fix.steps(),
            runbook: self.cause.slug().to_owned(),
            cause: self.cause,
            why: self.why,
            fix: self.fix,
        }
    }
}

/// From these points on a cause is called almost certain.
const ALMOST_CERTAIN: i16 = 85;
/// The most verdicts that are returned.
pub const MAX_VERDICTS: usize = 6;
/// A best verdict below this is accompanied by [`Cause::NotEnough`].
const ENOUGH: i16 = 35;

/// All that may be the matter, the likeliest first. Never empty.
pub fn diagnose(findings: &Findings, evidence: &Evidence) -> Vec<Verdict> {
    let basis = Basis::new(findings, evidence);
    let mut drafts = match basis.code {
        Some(700_027) => key::judge(&basis),
        // Replies of 2017 nest 70002 → 50012 and have the same reasons: where one is there, it is the cause.
        Some(50012) if basis.message.as_ref().is_some_and(|message| message.reason.is_some()) => key::judge(&basis),
        Some(50012) if basis.message.as_ref().is_some_and(|message| message.head == Head::InvalidSignature) => {
            let mut drafts = key::judge(&basis);
            drafts.extend(neighbours::judge(&basis));
            drafts
        }
        Some(_) => neighbours::judge(&basis),
        None => key::judge_without_error(&basis),
    };
    drafts.extend(header::judge(&basis));
    if findings.mentions(Topic::KeyDoesNotBelong) {
        drafts.push(
            Draft::new(Cause::SignedByAnotherKey { thumbprint: basis.meant() }, Fix::SignWithItsKey)
                .because(96, "The text says that the private key does not belong to the certificate."),
        );
    }
    drafts.retain(|draft| draft.points() > 0);
    let mut drafts = best_first(drafts);
    let mut seen = vec![];
    drafts.retain(|draft| {
        let new = !seen.contains(&draft.cause.slug());
        seen.push(draft.cause.slug());
        new
    });
    let best = drafts.first().map_or(0, Draft::points);
    if best < ENOUGH && !seen.contains(&Cause::NotEnough.slug()) {
        drafts.insert(0, not_enough(&basis, ENOUGH));
    }
    one_is_certain(&mut drafts);
    drafts.truncate(MAX_VERDICTS);
    if let (Some(best), Some(text)) = (drafts.first_mut(), several_apps(findings)) {
        best.why.push(Ground { text, points: 0 });
    }
    drafts.into_iter().map(Draft::verdict).collect()
}

/// Of equals the rule that comes first stays first. They are few, and the library's sort is much to fetch for them.
fn best_first(drafts: Vec<Draft>) -> Vec<Draft> {
    drafts.into_iter().fold(vec![], |mut sorted: Vec<Draft>, draft| {
        let place = sorted.iter().position(|other| other.points() < draft.points()).unwrap_or(sorted.len());
        sorted.insert(place, draft);
        sorted
    })
}

/// Of several causes that each fit the evidence, at most one can be almost certain.
fn one_is_certain(drafts: &mut [Draft]) {
    let Some((best, others)) = drafts.split_first_mut() else { return };
    let title = best.cause.title();
    for other in others {
        let over = other.points() - (ALMOST_CERTAIN - 1);
        if over > 0 {
            let text = format!("“{title}” explains it at least as well.");
            other.why.push(Ground { text, points: -over });
        }
    }
}

/// Which of the errors in a log is judged, where they are of several apps.
fn several_apps(findings: &Findings) -> Option<String> {
    let own = findings.app_id();
    let mut others = findings.other_apps();
    others.retain(|app| Some(*app) != own);
    let named = others.iter().take(3).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match (own, others.len()) {
        (_, 0) => None,
        (Some(own), 1) => {
            Some(format!("The text also has an error of another app, {named}. The last one, of {own}, is judged."))
        }
        (Some(own), many) => Some(format!(
            "The text has errors of {many} other apps as well, such as {named}. The last one, of {own}, is judged."
        )),
        (None, _) => Some(format!(
            "The text has errors of other apps, such as {named}. The last one is judged, and it does not say which app it is of."
        )),
    }
}

/// Says what to paste next.
fn not_enough(basis: &Basis<'_>, points: i16) -> Draft {
    let mut wanted = vec![];
    let whole = basis
        .message
        .as_ref()
        .is_some_and(|message| !message.cut_off && (message.reason.is_some() || message.code != 700_027));
    if !whole {
        wanted.push(MissingEvidence::WholeMessage);
    }
    if basis.assertion.is_none() {
        wanted.push(MissingEvidence::Assertion);
    }
    if basis.app.is_none() {
        wanted.push(MissingEvidence::KeyCredentials);
    }
    if basis.certificates.is_empty() {
        wanted.push(MissingEvidence::Certificate);
    }
    let text = if basis.findings.is_empty {
        "Nothing was pasted.".to_owned()
    } else if basis.findings.found_nothing() {
        "No error, assertion, certificate, credential or address was recognised in the text.".to_owned()
    } else {
        match (&basis.message, basis.code) {
            (Some(message), _) if message.cut_off => "The text ends in the middle of the reason.".to_owned(),
            (Some(message), _) if message.reason == Some(Reason::Other) => {
                format!(
                    "The reason “{}” is not one that is known here.",
                    message.reason_text.as_deref().unwrap_or_default()
                )
            }
            (_, Some(code)) => format!("AADSTS{code} alone, without its reason, fits several causes."),
            _ => "There is no error message with it.".to_owned(),
        }
    };
    Draft::new(Cause::NotEnough, Fix::PasteMore { wanted }).because(points, text)
}
