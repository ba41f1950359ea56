//! What the demo says on the terminal.

use local_tenant::{MicrosoftAccess, PersonInfo};
use std::fmt::Write as _;

const HEADINGS: [&str; 4] = ["Sign in as", "Directory role", "Portal role", "Owns"];
/// Apps that are named; of the others only the number is.
const NAMED: usize = 2;

/// Where what is.
pub struct Addresses<'a> {
    pub portal: &'a str,
    pub tenant: &'a str,
    pub tenant_https: &'a str,
    pub ca_file: &'a str,
    pub microsoft: Option<&'a MicrosoftAccess>,
}

pub fn write(addresses: &Addresses<'_>, people: &[PersonInfo], notes: &[String]) -> String {
    let Addresses { portal, tenant, tenant_https, ca_file, microsoft } = addresses;
    let rows: Vec<[String; 4]> = people.iter().map(row).collect();
    let widths: [usize; 4] = std::array::from_fn(|column| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([HEADINGS[column].len()]).max().unwrap_or_default()
    });
    let line = |cells: &[&str; 4]| {
        let padded: Vec<String> = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("  {}\n", padded.join("  ").trim_end())
    };
    let mut text = String::from("\n");
    for note in notes {
        let _ = writeln!(text, "  {note}");
    }
    let _ = write!(text, "  Thumbprint is ready. Open\n\n    {portal}\n\n");
    text += &line(&HEADINGS);
    for row in &rows {
        text += &line(&row.each_ref().map(String::as_str));
    }
    let _ = write!(
        text,
        "\n  Nobody has a password. The local tenant answers at {tenant}; nothing leaves this machine.\n  For clients that insist on https: {tenant_https}, with the CA in {ca_file}.\n{}  Safari refuses secure cookies on plain http: use another browser here.\n  Stop with Ctrl-C.\n\n",
        microsoft.map(by_microsofts_names).unwrap_or_default()
    );
    text
}

fn by_microsofts_names(access: &MicrosoftAccess) -> String {
    let ca = access.ca_file.as_deref().unwrap_or_else(|| std::path::Path::new("")).display();
    format!("  Under Microsoft's own names: HTTPS_PROXY={}, with the CA in {ca}.\n", access.proxy_url)
}

fn row(person: &PersonInfo) -> [String; 4] {
    let or_dash = |text: String| if text.is_empty() { "–".to_owned() } else { text };
    let owned = &person.owned_applications;
    let mut owns = owned.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if owned.len() > NAMED {
        let _ = write!(owns, " and {} more", owned.len() - NAMED);
    }
    [
        person.display_name.clone(),
        or_dash(person.directory_roles.join(", ")),
        or_dash(person.portal_roles.join(", ")),
        or_dash(owns),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, owned: &[&str]) -> PersonInfo {
        PersonInfo {
            id: uuid::Uuid::nil(),
            display_name: name.into(),
            user_principal_name: String::new(),
            job_title: String::new(),
            directory_roles: vec![],
            portal_roles: vec!["Thumbprint.User".into()],
            owned_applications: owned.iter().map(|&app| app.to_owned()).collect(),
        }
    }

    #[test]
    fn columns_line_up_and_long_lists_are_cut() {
        let people = [person("Åsa", &["A", "B", "C", "D"]), person("Bartholomew", &[])];
        let addresses = Addresses {
            portal: "http://127.0.0.1:3000",
            tenant: "http://127.0.0.1:3001",
            tenant_https: "https://localhost:3002",
            ca_file: "/tmp/demo/ca.pem",
            microsoft: None,
        };
        let text = write(&addresses, &people, &["Port 3000 is in use.".into()]);
        assert!(text.contains("https://localhost:3002, with the CA in /tmp/demo/ca.pem."), "{text}");
        let column = |name: &str| {
            let line = text.lines().find(|line| line.contains(name)).unwrap_or_default();
            line.find("Thumbprint.User").map(|byte| line[..byte].chars().count())
        };
        assert_eq!(column("Åsa"), column("Bartholomew"));
        assert!(text.contains("A, B and 2 more"), "{text}");
        assert!(text.contains("Port 3000 is in use."), "{text}");
        assert!(text.contains("http://127.0.0.1:3000\n"), "{text}");
    }
}
