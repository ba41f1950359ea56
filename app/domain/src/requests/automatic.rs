//! When nobody has to approve: a rule's terms, held against what is known of the change. What is not known is not so.

use crate::certificate::{CertificateFacts, PublicKey};
use serde::{Deserialize, Serialize};

/// All that is said has to be so. Without a certificate that is added, none of it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AutomaticTerms {
    /// Each app has a certificate of the same subject already.
    pub same_subject: bool,
    /// The key is RSA, of so many bits at least.
    pub rsa_bits: Option<u32>,
    /// It is valid for so many days at most, from its beginning to its end.
    pub days: Option<u16>,
    /// Entra has issued a token here for an assertion of its key, lately.
    pub proven: bool,
}

/// What is known of a change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeFacts {
    /// It takes nothing away from an app. What does is never approved by a rule alone.
    pub only_adds: bool,
    /// That would be added, each with whether its key was proven.
    pub certificates: Vec<(CertificateFacts, bool)>,
    /// Of each app that is written: the subjects of the certificates that it has, as far as they are known.
    pub subjects: Vec<Vec<String>>,
}

impl AutomaticTerms {
    /// A line for each.
    pub fn in_words(&self) -> Vec<String> {
        [
            self.same_subject.then(|| "each app has a certificate of the same subject".to_owned()),
            self.rsa_bits.map(|bits| format!("the key is RSA of {bits} bits or more")),
            self.days.map(|days| format!("it is valid for {days} days at most")),
            self.proven.then(|| "its key was proven here in the last 30 days".to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// # Errors
    /// The first term that is not met, in words.
    pub fn are_met(&self, change: &ChangeFacts) -> Result<(), String> {
        if !change.only_adds {
            return Err("it does more than add certificates".into());
        }
        if change.certificates.is_empty() || change.subjects.is_empty() {
            return Err("no certificate is added".into());
        }
        change.certificates.iter().try_for_each(|(facts, proven)| self.met_by(facts, *proven, &change.subjects))
    }

    fn met_by(&self, facts: &CertificateFacts, proven: bool, apps: &[Vec<String>]) -> Result<(), String> {
        if self.same_subject && !apps.iter().all(|subjects| subjects.contains(&facts.subject)) {
            return Err(format!("not every app is known to have a certificate of the subject {}", facts.subject));
        }
        if let Some(least) = self.rsa_bits
            && !matches!(facts.public_key, PublicKey::Rsa { bits } if bits >= least)
        {
            return Err(format!("the key is {}, and not RSA of {least} bits or more", facts.public_key));
        }
        if let Some(most) = self.days
            && facts.not_after - facts.not_before > time::Duration::days(most.into())
        {
            return Err(format!("it is valid for more than {most} days"));
        }
        if self.proven && !proven {
            return Err("its key was not proven here in the last 30 days".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use serde_json::json;

    fn facts(bits: u32, days: i64) -> CertificateFacts {
        let start = time::macros::datetime!(2026-11-29 12:00 UTC);
        let date = |at: time::OffsetDateTime| at.format(&time::format_description::well_known::Rfc3339).unwrap();
        serde_json::from_value(json!({
            "subject": "CN=payroll", "common_name": "payroll", "issuer": "CN=payroll", "serial": "01",
            "not_before": date(start), "not_after": date(start + time::Duration::days(days)),
            "public_key": PublicKey::Rsa { bits }, "signature_algorithm": "sha256WithRSAEncryption",
            "sha1_signature": false, "self_signed": true, "is_ca": false, "sha1": "A".repeat(40), "sha256": "B".repeat(64),
        }))
        .unwrap()
    }

    fn change(bits: u32, days: i64, proven: bool) -> ChangeFacts {
        let subjects = vec![vec!["CN=other".into(), "CN=payroll".into()]];
        ChangeFacts { only_adds: true, certificates: vec![(facts(bits, days), proven)], subjects }
    }

    #[test]
    fn every_term_has_to_be_met() {
        let all = AutomaticTerms { same_subject: true, rsa_bits: Some(3072), days: Some(365), proven: true };
        let good = change(3072, 365, true);
        assert_eq!(all.are_met(&good), Ok(()));
        for (change, why) in [
            (change(2048, 365, true), "the key is"),
            (change(3072, 366, true), "more than 365 days"),
            (change(3072, 365, false), "not proven"),
            (ChangeFacts { subjects: vec![good.subjects[0].clone(), vec![]], ..good.clone() }, "not every app"),
            (ChangeFacts { certificates: vec![], ..good.clone() }, "no certificate"),
            (ChangeFacts { only_adds: false, ..good.clone() }, "more than add"),
            (ChangeFacts { subjects: vec![], ..good.clone() }, "no certificate"),
        ] {
            let said = all.are_met(&change).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
        let ec = AutomaticTerms { rsa_bits: Some(2048), ..AutomaticTerms::default() };
        let mut other = good;
        other.certificates[0].0.public_key = PublicKey::Ed25519;
        assert!(ec.are_met(&other).is_err());
    }
}
