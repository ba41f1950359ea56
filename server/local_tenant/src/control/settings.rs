//! [`Behaviour`] as JSON. A member that is not sent stays as it is.

use serde::{Deserialize, Deserializer, Serialize};
use time::Duration;

use crate::graph::throttle::Throttle;
use crate::keyvault::VaultChallenge;
use crate::state::{Behaviour, PolicyInheritance, PropertyLock};
use crate::store::CustomKeyIdentifierStyle;

/// How late writes reach the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Propagation {
    Seconds(f64),
    Named(NamedPropagation),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum NamedPropagation {
    Real,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Style {
    Hex,
    Base64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Challenge {
    Azure,
    Local,
}

/// Limits on Graph requests: `"off"`, `"real"` or `{"scaled": 0.01}`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Limits {
    Off,
    Real,
    Scaled(f64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Inheritance {
    PerRestriction,
    Replaces,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Lock {
    MultiTenant,
    SingleTenantToo,
    Off,
}

/// Present (as something or as null) or absent.
#[expect(clippy::option_option, reason = "null and absent say different things")]
fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    propagation: Option<Propagation>,
    stale_reads_seconds: Option<f64>,
    aud_strict: Option<bool>,
    #[expect(clippy::option_option, reason = "null and absent say different things")]
    #[serde(default, deserialize_with = "nullable")]
    token_lifetime_seconds: Option<Option<f64>>,
    custom_key_identifier: Option<Style>,
    vault_challenge: Option<Challenge>,
    certificate_issuance_seconds: Option<f64>,
    throttle: Option<Limits>,
    throttle_without_retry_after: Option<bool>,
    delegated_key_rolling: Option<bool>,
    keys_in_lists: Option<bool>,
    unowned_service_principals: Option<bool>,
    list_microsoft_service_principals: Option<bool>,
    delta_without_credentials: Option<bool>,
    consent_required: Option<bool>,
    plain_blueprint_routes: Option<bool>,
    limited_owners: Option<bool>,
    strict_expand: Option<bool>,
    audit_delay_seconds: Option<f64>,
    /// RFC 3339.
    #[expect(clippy::option_option, reason = "null and absent say different things")]
    #[serde(default, deserialize_with = "nullable")]
    activity_report_until: Option<Option<String>>,
    #[expect(clippy::option_option, reason = "null and absent say different things")]
    #[serde(default, deserialize_with = "nullable")]
    most_agent_blueprints: Option<Option<usize>>,
    #[expect(clippy::option_option, reason = "null and absent say different things")]
    #[serde(default, deserialize_with = "nullable")]
    most_key_credentials: Option<Option<usize>>,
    #[expect(clippy::option_option, reason = "null and absent say different things")]
    #[serde(default, deserialize_with = "nullable")]
    most_entries: Option<Option<usize>>,
    plain_federation_errors: Option<bool>,
    policy_inheritance: Option<Inheritance>,
    property_lock: Option<Lock>,
    #[expect(clippy::option_option, reason = "null and absent say different things")]
    #[serde(default, deserialize_with = "nullable")]
    untrusted_authority_code: Option<Option<String>>,
}

impl Settings {
    pub(super) fn of(behaviour: &Behaviour) -> Self {
        Self {
            propagation: Some(if behaviour.propagation_real {
                Propagation::Named(NamedPropagation::Real)
            } else {
                Propagation::Seconds(behaviour.propagation_delay.as_seconds_f64())
            }),
            stale_reads_seconds: Some(behaviour.stale_reads.as_seconds_f64()),
            aud_strict: Some(behaviour.aud_strict),
            token_lifetime_seconds: Some(behaviour.token_lifetime.map(Duration::as_seconds_f64)),
            custom_key_identifier: Some(match behaviour.custom_key_identifier {
                CustomKeyIdentifierStyle::Hex => Style::Hex,
                CustomKeyIdentifierStyle::Base64 => Style::Base64,
            }),
            vault_challenge: Some(match behaviour.vault_challenge {
                VaultChallenge::Azure => Challenge::Azure,
                VaultChallenge::Local => Challenge::Local,
            }),
            certificate_issuance_seconds: Some(behaviour.certificate_issuance.as_seconds_f64()),
            throttle: Some(match behaviour.throttle {
                Throttle::Off => Limits::Off,
                Throttle::Real => Limits::Real,
                Throttle::Scaled(factor) => Limits::Scaled(factor),
            }),
            throttle_without_retry_after: Some(behaviour.throttle_without_retry_after),
            delegated_key_rolling: Some(behaviour.delegated_key_rolling),
            keys_in_lists: Some(behaviour.keys_in_lists),
            unowned_service_principals: Some(behaviour.unowned_service_principals),
            list_microsoft_service_principals: Some(behaviour.list_microsoft_service_principals),
            delta_without_credentials: Some(behaviour.delta_without_credentials),
            consent_required: Some(behaviour.consent_required),
            plain_blueprint_routes: Some(behaviour.plain_blueprint_routes),
            limited_owners: Some(behaviour.limited_owners),
            strict_expand: Some(behaviour.strict_expand),
            audit_delay_seconds: Some(behaviour.audit_delay.as_seconds_f64()),
            activity_report_until: Some(behaviour.activity_report_until.map(crate::format::graph_date)),
            most_agent_blueprints: Some(behaviour.most_agent_blueprints),
            most_key_credentials: Some(behaviour.most_key_credentials),
            most_entries: Some(behaviour.most_entries),
            plain_federation_errors: Some(behaviour.plain_federation_errors),
            policy_inheritance: Some(match behaviour.policy_inheritance {
                PolicyInheritance::PerRestriction => Inheritance::PerRestriction,
                PolicyInheritance::Replaces => Inheritance::Replaces,
            }),
            property_lock: Some(match behaviour.property_lock {
                PropertyLock::MultiTenant => Lock::MultiTenant,
                PropertyLock::SingleTenantToo => Lock::SingleTenantToo,
                PropertyLock::Off => Lock::Off,
            }),
            untrusted_authority_code: Some(behaviour.untrusted_authority_code.clone()),
        }
    }

    /// Negative and absurd numbers are refused by name.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        let good = |seconds: f64| (0.0..=31_536_000.0).contains(&seconds);
        let propagation = match self.propagation {
            Some(Propagation::Seconds(seconds)) => Some(seconds),
            _ => None,
        };
        for (name, seconds) in [
            ("propagation", propagation),
            ("stale_reads_seconds", self.stale_reads_seconds),
            ("token_lifetime_seconds", self.token_lifetime_seconds.flatten()),
            ("certificate_issuance_seconds", self.certificate_issuance_seconds),
            ("audit_delay_seconds", self.audit_delay_seconds),
            (
                "throttle",
                match self.throttle {
                    Some(Limits::Scaled(factor)) => Some(factor),
                    _ => None,
                },
            ),
        ] {
            if !seconds.is_none_or(good) {
                return Err(name);
            }
        }
        match &self.activity_report_until {
            Some(Some(text)) if crate::format::parse_date(text).is_none() => Err("activity_report_until"),
            _ => Ok(()),
        }
    }

    pub(super) fn apply(&self, behaviour: &mut Behaviour) {
        match self.propagation {
            Some(Propagation::Seconds(seconds)) => {
                behaviour.propagation_real = false;
                behaviour.propagation_delay = Duration::seconds_f64(seconds);
            }
            Some(Propagation::Named(NamedPropagation::Real)) => behaviour.propagation_real = true,
            None => {}
        }
        if let Some(seconds) = self.stale_reads_seconds {
            behaviour.stale_reads = Duration::seconds_f64(seconds);
        }
        behaviour.aud_strict = self.aud_strict.unwrap_or(behaviour.aud_strict);
        if let Some(seconds) = self.token_lifetime_seconds {
            behaviour.token_lifetime = seconds.map(Duration::seconds_f64);
        }
        match self.custom_key_identifier {
            Some(Style::Hex) => behaviour.custom_key_identifier = CustomKeyIdentifierStyle::Hex,
            Some(Style::Base64) => behaviour.custom_key_identifier = CustomKeyIdentifierStyle::Base64,
            None => {}
        }
        match self.vault_challenge {
            Some(Challenge::Azure) => behaviour.vault_challenge = VaultChallenge::Azure,
            Some(Challenge::Local) => behaviour.vault_challenge = VaultChallenge::Local,
            None => {}
        }
        if let Some(seconds) = self.certificate_issuance_seconds {
            behaviour.certificate_issuance = Duration::seconds_f64(seconds);
        }
        match self.throttle {
            Some(Limits::Off) => behaviour.throttle = Throttle::Off,
            Some(Limits::Real) => behaviour.throttle = Throttle::Real,
            Some(Limits::Scaled(factor)) => behaviour.throttle = Throttle::Scaled(factor),
            None => {}
        }
        behaviour.throttle_without_retry_after =
            self.throttle_without_retry_after.unwrap_or(behaviour.throttle_without_retry_after);
        behaviour.delegated_key_rolling = self.delegated_key_rolling.unwrap_or(behaviour.delegated_key_rolling);
        behaviour.most_key_credentials = self.most_key_credentials.unwrap_or(behaviour.most_key_credentials);
        behaviour.most_entries = self.most_entries.unwrap_or(behaviour.most_entries);
        behaviour.plain_federation_errors = self.plain_federation_errors.unwrap_or(behaviour.plain_federation_errors);
        behaviour.unowned_service_principals =
            self.unowned_service_principals.unwrap_or(behaviour.unowned_service_principals);
        behaviour.list_microsoft_service_principals =
            self.list_microsoft_service_principals.unwrap_or(behaviour.list_microsoft_service_principals);
        behaviour.delta_without_credentials =
            self.delta_without_credentials.unwrap_or(behaviour.delta_without_credentials);
        behaviour.consent_required = self.consent_required.unwrap_or(behaviour.consent_required);
        behaviour.limited_owners = self.limited_owners.unwrap_or(behaviour.limited_owners);
        behaviour.strict_expand = self.strict_expand.unwrap_or(behaviour.strict_expand);
        if let Some(seconds) = self.audit_delay_seconds {
            behaviour.audit_delay = Duration::seconds_f64(seconds);
        }
        if let Some(until) = &self.activity_report_until {
            behaviour.activity_report_until = until.as_deref().and_then(crate::format::parse_date);
        }
        behaviour.plain_blueprint_routes = self.plain_blueprint_routes.unwrap_or(behaviour.plain_blueprint_routes);
        behaviour.most_agent_blueprints = self.most_agent_blueprints.unwrap_or(behaviour.most_agent_blueprints);
        behaviour.keys_in_lists = self.keys_in_lists.unwrap_or(behaviour.keys_in_lists);
        match self.policy_inheritance {
            Some(Inheritance::PerRestriction) => behaviour.policy_inheritance = PolicyInheritance::PerRestriction,
            Some(Inheritance::Replaces) => behaviour.policy_inheritance = PolicyInheritance::Replaces,
            None => {}
        }
        match self.property_lock {
            Some(Lock::MultiTenant) => behaviour.property_lock = PropertyLock::MultiTenant,
            Some(Lock::SingleTenantToo) => behaviour.property_lock = PropertyLock::SingleTenantToo,
            Some(Lock::Off) => behaviour.property_lock = PropertyLock::Off,
            None => {}
        }
        if let Some(code) = &self.untrusted_authority_code {
            behaviour.untrusted_authority_code.clone_from(code);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn what_is_sent_changes_and_the_rest_stays() {
        let mut behaviour =
            Behaviour { aud_strict: true, token_lifetime: Some(Duration::HOUR), ..Behaviour::default() };
        let read = |text: &str| serde_json::from_str::<Settings>(text).unwrap();
        read(r#"{"propagation": 2.5, "stale_reads_seconds": 3}"#).apply(&mut behaviour);
        assert_eq!(behaviour.propagation_delay, Duration::milliseconds(2500));
        assert_eq!(behaviour.stale_reads, Duration::seconds(3));
        assert!(behaviour.aud_strict);
        assert_eq!(behaviour.token_lifetime, Some(Duration::HOUR));
        read(r#"{"propagation": "real", "token_lifetime_seconds": null, "throttle": {"scaled": 0.1}, "policy_inheritance": "replaces", "property_lock": "off"}"#).apply(&mut behaviour);
        assert!(behaviour.propagation_real);
        assert_eq!(behaviour.token_lifetime, None);
        assert_eq!(behaviour.throttle, Throttle::Scaled(0.1));
        assert_eq!(behaviour.policy_inheritance, PolicyInheritance::Replaces);
        assert_eq!(behaviour.property_lock, PropertyLock::Off);
        let shown = serde_json::to_value(Settings::of(&behaviour)).unwrap();
        assert_eq!(shown["propagation"], "real");
        let mut same = Behaviour::default();
        serde_json::from_value::<Settings>(shown).unwrap().apply(&mut same);
        assert_eq!(Settings::of(&same), Settings::of(&Behaviour { propagation_delay: Duration::ZERO, ..behaviour }));
    }

    #[test]
    fn real_propagation_takes_4_to_18_seconds_and_the_same_for_the_same_write() {
        let behaviour = Behaviour { propagation_real: true, ..Behaviour::default() };
        let at = |second: i64| time::OffsetDateTime::from_unix_timestamp(second).unwrap();
        let drawn = |second| behaviour.propagation(uuid::Uuid::from_u128(7), at(second));
        let all: Vec<_> = (0..200).map(drawn).collect();
        let range = Duration::seconds(4)..=Duration::seconds(18);
        assert!(all.iter().all(|delay| range.contains(delay)));
        assert!(
            all.iter().min().unwrap() < &Duration::seconds(5) && all.iter().max().unwrap() > &Duration::seconds(17)
        );
        assert_eq!(all, (0..200).map(drawn).collect::<Vec<_>>());
        assert_eq!(behaviour.longest_delay(), Duration::seconds(18));
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(serde_json::from_str::<Settings>(r#"{"propagation": "fast"}"#).is_err());
        assert!(serde_json::from_str::<Settings>(r#"{"stale_reads": 1}"#).is_err());
        let negative: Settings = serde_json::from_str(r#"{"stale_reads_seconds": -1}"#).unwrap();
        assert_eq!(negative.check(), Err("stale_reads_seconds"));
    }
}
