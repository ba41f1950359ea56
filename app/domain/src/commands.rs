//! The same change as commands for the tools that people already have.

use crate::ids::{AppId, ObjectId};
use crate::merge_plan::MergePlan;
use serde::{Deserialize, Serialize};

/// One ready-made command per tool. Those that name `certificate.pem` expect the certificate in that file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commands {
    /// Azure CLI.
    pub az: String,
    /// Microsoft Graph PowerShell.
    pub graph_powershell: String,
    /// CLI for Microsoft 365.
    pub m365: String,
    /// curl against Graph.
    pub rest: String,
}

impl Commands {
    /// `graph_root`: the cloud's Graph without a version, such as `https://graph.microsoft.com`.
    pub fn new(app_id: AppId, object_id: ObjectId, plan: &MergePlan, graph_root: &str) -> Self {
        let url = format!("{}/v1.0/applications/{object_id}", graph_root.trim_end_matches('/'));
        let body = plan.body_pretty();
        // The tools' own commands add one certificate; for anything else they would be wrong.
        let one = plan.wanted().iter().next().filter(|_| plan.wanted().len() == 1 && plan.adds_to_what_stays());
        // Without --append, `az ad app credential reset` deletes every secret and every other certificate.
        let az = if let Some(new) = one {
            let name = shell_quoted(new.display_name().unwrap_or_default());
            let end = new.raw().get("endDateTime").and_then(serde_json::Value::as_str).unwrap_or_default();
            format!(
                "az ad app credential reset --id {app_id} \\\n  --cert @certificate.pem --append \\\n  --display-name {name} --end-date {end}"
            )
        } else {
            format!(
                "az rest --method PATCH --uri {} \\\n  --headers Content-Type=application/json --body @- <<'JSON'\n{body}\nJSON",
                shell_quoted(&url)
            )
        };
        let m365 = if let Some(new) = one {
            let name = shell_quoted(new.display_name().unwrap_or_default());
            format!(
                "m365 entra app set --objectId {object_id} \\\n  --certificateFile ./certificate.pem \\\n  --certificateDisplayName {name}"
            )
        } else {
            format!(
                "m365 request --method patch --url {} \\\n  --content-type application/json --body @body.json",
                shell_quoted(&url)
            )
        };
        let graph_powershell = format!(
            "Connect-MgGraph -Scopes Application.ReadWrite.All\n$body = @'\n{body}\n'@\nInvoke-MgGraphRequest -Method PATCH `\n  -Uri '{url}' `\n  -ContentType 'application/json' -Body $body"
        );
        let rest = format!(
            "curl --fail-with-body -X PATCH {} \\\n  -H \"Authorization: Bearer $TOKEN\" \\\n  -H 'Content-Type: application/json' \\\n  --data-binary @- <<'JSON'\n{body}\nJSON",
            shell_quoted(&url)
        );
        Self { az, graph_powershell, m365, rest }
    }
}

/// One word for a POSIX shell, whatever is in it.
fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::shell_quoted;

    #[test]
    fn a_quoted_word_stays_one_word() {
        assert_eq!(shell_quoted("CN=payroll"), "'CN=payroll'");
        assert_eq!(shell_quoted("it's $(rm) `x`"), r"'it'\''s $(rm) `x`'");
    }
}
