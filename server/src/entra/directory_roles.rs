//! What directory roles say about changing apps.

/// Built-in roles that may change the credentials of every app
/// (<https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference>): Global Administrator,
/// Application Administrator, Cloud Application Administrator, Hybrid Identity Administrator.
const CHANGE_EVERY_APP: [&str; 4] = [
    "62e90394-69f5-4237-9190-012177145e10",
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "158c047a-c907-4556-b7ef-446551a6b5f7",
    "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",
];
/// Roles that give no right to change others' apps: every member's own, Directory Readers, Global Reader, Application
/// Developer.
const CHANGE_NONE: [&str; 4] = [
    "b79fbf4d-3ef9-4689-8143-76b194e85509",
    "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
    "cf1c38e5-3621-4004-a7cb-879624dced7c",
];

/// Whether one of them changes every app. `None` where the sign-in did not tell them, or has one of which the portal does
/// not know: it could be the organisation's own.
pub fn change_every_app(roles: Option<&[String]>) -> Option<bool> {
    let roles = roles?;
    let has = |list: &[&str], role: &String| list.iter().any(|id| role.eq_ignore_ascii_case(id));
    if roles.iter().any(|role| has(&CHANGE_EVERY_APP, role)) {
        return Some(true);
    }
    roles.iter().all(|role| has(&CHANGE_NONE, role)).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_role_leaves_it_open() {
        let told = |roles: &[&str]| change_every_app(Some(&roles.iter().map(|&id| id.to_owned()).collect::<Vec<_>>()));
        assert_eq!(change_every_app(None), None);
        assert_eq!(told(&[CHANGE_NONE[0]]), Some(false));
        assert_eq!(told(&[CHANGE_NONE[0], CHANGE_EVERY_APP[1]]), Some(true));
        assert_eq!(told(&[CHANGE_NONE[0], "0f1e2d3c-4b5a-4978-8685-9483a2b10001"]), None);
    }
}
