//! The columns of a file, and what stands in them.

use app::contract::inventory::{CredentialFacts, CredentialLine, Holder, ObjectLine, Seen};
use domain::credentials::KeyUsage;
use domain::inventory::AttentionKind;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub(super) const CREDENTIALS: [&str; 16] = [
    "holder",
    "name",
    "client_id",
    "object_id",
    "disabled",
    "credential",
    "key_id",
    "entry",
    "usage",
    "thumbprint",
    "hint",
    "issuer",
    "subject",
    "start",
    "end",
    "read",
];
pub(super) const OBJECTS: [&str; 14] = [
    "holder",
    "name",
    "client_id",
    "object_id",
    "disabled",
    "certificates",
    "secrets",
    "federated",
    "owners",
    "next_end",
    "needs",
    "created",
    "first_seen",
    "read",
];

/// Of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Text(String),
    Count(u32),
    At(OffsetDateTime),
}

impl Cell {
    fn none() -> Self {
        Self::Text(String::new())
    }

    fn text(text: Option<impl ToString>) -> Self {
        text.map_or_else(Self::none, |text| Self::Text(text.to_string()))
    }

    fn at(at: Option<OffsetDateTime>) -> Self {
        at.map_or_else(Self::none, Self::At)
    }

    /// `3`, `3 or more`, and nothing where it was not read.
    fn count(seen: Seen) -> Self {
        match (seen.count, seen.maybe_more) {
            (None, _) => Self::none(),
            (Some(count), false) => Self::Count(count),
            (Some(count), true) => Self::Text(format!("{count} or more")),
        }
    }

    /// Times as RFC 3339.
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Count(count) => count.to_string(),
            Self::At(at) => at.format(&Rfc3339).unwrap_or_default(),
        }
    }
}

/// As many as [`CREDENTIALS`].
pub(super) fn of_credential(line: &CredentialLine) -> Vec<Cell> {
    let none = Cell::none;
    let [usage, thumbprint, hint, issuer, subject] = match &line.facts {
        CredentialFacts::Certificate { usage, thumbprint } => {
            let usage = Cell::text(usage.as_ref().map(KeyUsage::as_str));
            [usage, Cell::text(thumbprint.map(|thumbprint| thumbprint.hex())), none(), none(), none()]
        }
        CredentialFacts::Secret { hint, .. } => [none(), none(), Cell::text(hint.as_ref()), none(), none()],
        CredentialFacts::Federated { issuer, subject, .. } => {
            [none(), none(), none(), Cell::text(Some(issuer)), Cell::text(subject.as_ref())]
        }
    };
    let kind = Cell::text(Some(line.facts.kind()));
    let facts =
        [kind, Cell::text(line.key_id), Cell::text(line.name.as_ref()), usage, thumbprint, hint, issuer, subject];
    let dates = [Cell::at(line.start), Cell::at(line.end), Cell::At(line.read)];
    of_holder(&line.holder).into_iter().chain(facts).chain(dates).collect()
}

/// As many as [`OBJECTS`].
pub(super) fn of_object(line: &ObjectLine) -> Vec<Cell> {
    let counts = [line.certificates, line.secrets, line.federated, line.owners].map(Cell::count);
    let needs = line.needs.iter().copied().map(AttentionKind::as_str).collect::<Vec<_>>().join(" ");
    let rest = [
        Cell::at(line.next_end),
        Cell::Text(needs),
        Cell::at(line.created),
        Cell::At(line.first_seen),
        Cell::At(line.read),
    ];
    of_holder(&line.holder).into_iter().chain(counts).chain(rest).collect()
}

fn of_holder(holder: &Holder) -> [Cell; 5] {
    [
        Cell::text(Some(holder.subject.kind)),
        Cell::text(Some(&holder.name)),
        Cell::text(holder.app_id),
        Cell::text(Some(holder.subject.id)),
        Cell::text(holder.disabled.map(|disabled| if disabled { "yes" } else { "no" })),
    ]
}
