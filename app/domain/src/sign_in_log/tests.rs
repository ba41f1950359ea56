#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};
use time::macros::datetime;
use uuid::Uuid;

const TENANT: TenantId = TenantId::new(Uuid::from_u128(1));
const NOW: OffsetDateTime = datetime!(2026-11-29 12:00 UTC);
const APP: Uuid = Uuid::from_u128(10);
const KEY: Uuid = Uuid::from_u128(20);

fn read(text: &str) -> Result<ReadLog, LogError> {
    pieces(text.as_bytes(), text.len().max(1))
}

fn pieces(bytes: &[u8], length: usize) -> Result<ReadLog, LogError> {
    let mut log = SignInLog::new(TENANT, NOW);
    for piece in bytes.chunks(length) {
        log.read(piece)?;
    }
    log.finish()
}

/// As Graph and the admin center have it.
fn sign_in(at: &str, code: i64) -> Value {
    json!({
        "id": Uuid::from_u128(99), "createdDateTime": at, "appDisplayName": "a \"quoted\" [name] {", "appId": APP,
        "resourceDisplayName": "Microsoft Graph", "ipAddress": "192.0.2.1", "signInEventTypes": ["servicePrincipal"],
        "servicePrincipalCredentialKeyId": KEY, "servicePrincipalCredentialThumbprint": "",
        "authenticationProcessingDetails": [{"key": "value", "value": "[}\\"}], "status": {"errorCode": code},
    })
}

/// As diagnostic settings write it.
fn record(sign_in: &Value, category: &str, tenant: Uuid) -> Value {
    let mut properties = sign_in.clone();
    properties.as_object_mut().unwrap().remove("signInEventTypes");
    json!({"time": sign_in["createdDateTime"], "category": category, "tenantId": tenant, "resultType": "0",
        "properties": properties})
}

const EARLY: &str = "2026-11-03T08:00:00.1234567Z";
const LATE: &str = "2026-11-10T09:00:00+00:00";

fn early() -> OffsetDateTime {
    datetime!(2026-11-03 08:00:00.1234567 UTC)
}

fn late() -> OffsetDateTime {
    datetime!(2026-11-10 09:00 UTC)
}

/// A success early, and an attempt late.
fn both() -> ReadLog {
    ReadLog {
        counts: LogCounts { rows: 2, with_key: 2, ..LogCounts::default() },
        covers: LogRange { from: early(), until: late() },
        uses: vec![LoggedUse {
            app_id: AppId::new(APP),
            key_id: KeyId::new(KEY),
            succeeded: Some(early()),
            attempted: Some(late()),
        }],
    }
}

const CATEGORY: &str = "ServicePrincipalSignInLogs";

fn csv(lines: &str) -> String {
    let head = "Date (UTC),Request ID,Service principal name,Credential key ID,Credential thumbprint,Application,\
                Application ID ,Resource,IP address,Status,Sign-in error code,Failure reason,Conditional Access";
    format!("{head}\r\n{lines}")
}

fn line(at: &str, status: &str, code: &str) -> String {
    format!(
        "{at},r,\"a, \"\"quoted\"\"\nname\",{KEY},,app,{APP},Graph,192.0.2.1,{status},{code},Other.,Not Applied\r\n"
    )
}

/// The same two sign-ins in every form.
fn forms() -> Vec<(&'static str, String)> {
    let [first, second] = [sign_in(EARLY, 0), sign_in(LATE, 7_000_222)];
    let records = [record(&first, CATEGORY, TENANT.uuid()), record(&second, CATEGORY, TENANT.uuid())];
    let list = json!([first, second]);
    vec![
        ("download", list.to_string()),
        ("download, indented", serde_json::to_string_pretty(&list).unwrap()),
        (
            "a page of Graph",
            json!({"@odata.context": "https://g/$metadata#x[{", "value": list, "z": [[1]]}).to_string(),
        ),
        ("lines of sign-ins", format!("{first}\n{second}\n")),
        ("records, a line each", format!("{}\r\n{}", records[0], records[1])),
        ("records in a list", json!({"records": records}).to_string()),
        ("CSV", csv(&(line(EARLY, "Success", "0") + &line(LATE, "Failure", "7000222")))),
        ("CSV, no end", csv(&(line(EARLY, "Success", "") + line(LATE, "Failure", "7000222").trim_end()))),
    ]
}

#[test]
fn each_form_says_the_same_however_it_is_cut() {
    for (name, text) in forms() {
        for length in [1, 7, 64, 4_096, 1 << 20] {
            assert_eq!(pieces(text.as_bytes(), length), Ok(both()), "{name} by {length}");
            let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
            assert_eq!(pieces(&marked, length), Ok(both()), "{name} by {length}, with a mark");
        }
    }
}

#[test]
fn what_breaks_off_is_not_taken_by_half() {
    for (name, text) in forms() {
        // A line that is whole ends a file of lines, and no one can tell what follows.
        if name.starts_with("lines") || name.starts_with("records, a") || name.starts_with("CSV") {
            continue;
        }
        for end in 1..text.trim_end().len() {
            assert_eq!(read(&text[..end]), Err(LogError::BrokenOff), "{name}: {}", &text[..end]);
        }
    }
}

#[test]
fn an_attempt_is_no_use_and_a_row_without_a_key_is_counted_apart() {
    let mut keyless = sign_in(LATE, 0);
    keyless["servicePrincipalCredentialKeyId"] = json!("");
    let mut nil = sign_in(LATE, 0);
    nil["servicePrincipalCredentialKeyId"] = json!(Uuid::nil());
    let log = read(&json!([sign_in(EARLY, 700_027), keyless, nil]).to_string()).unwrap();
    assert_eq!((log.counts.rows, log.counts.with_key, log.counts.without_key), (3, 1, 2));
    assert_eq!(log.covers, LogRange { from: early(), until: late() });
    assert_eq!(
        log.uses.iter().map(|seen| (seen.succeeded, seen.attempted)).collect::<Vec<_>>(),
        [(None, Some(early()))]
    );
}

#[test]
fn others_sign_ins_are_none_of_these() {
    let good = sign_in(EARLY, 0);
    let mut person = good.clone();
    person["signInEventTypes"] = json!(["interactiveUser"]);
    let mut managed = good.clone();
    managed["signInEventTypes"] = json!(["managedIdentity"]);
    let rows = [
        record(&good, "SignInLogs", TENANT.uuid()),
        record(&good, "ManagedIdentitySignInLogs", TENANT.uuid()),
        record(&good, CATEGORY, Uuid::from_u128(2)),
        person,
        managed,
    ];
    match read(&json!(rows).to_string()) {
        Err(LogError::NoSignIn(counts)) => {
            assert_eq!(*counts, LogCounts { rows: 5, others: 5, ..LogCounts::default() });
        }
        other => panic!("{other:?}"),
    }
    let mixed = read(&json!([rows[0], good]).to_string()).unwrap();
    assert_eq!((mixed.counts.others, mixed.counts.with_key), (1, 1));
}

#[test]
fn what_is_not_understood_is_named_and_not_guessed() {
    let with = |name: &str, value: Value| {
        let mut row = sign_in(EARLY, 0);
        row[name] = value;
        row
    };
    let rows = [
        with("createdDateTime", json!("2026-11-03 08:00:00")),
        with("createdDateTime", json!("2026-11-29T12:06:00Z")),
        with("appId", json!("payroll")),
        with("servicePrincipalCredentialKeyId", json!("a key")),
        with("status", json!({"failureReason": "Other."})),
        with("status", json!({"errorCode": "0"})),
        with("status", Value::Null),
        sign_in(EARLY, 0),
    ];
    let log = read(&json!(rows).to_string()).unwrap();
    assert_eq!((log.counts.bad, log.counts.with_key), (7, 1));
    let why = [BadRow::Time, BadRow::Future, BadRow::App, BadRow::Key, BadRow::Outcome];
    assert_eq!(log.counts.first_bad, (1..).zip(why).collect::<Vec<_>>());
    assert_eq!(log.covers, LogRange { from: early(), until: early() });

    let short = csv(&format!("{EARLY},r\r\n{}", line(EARLY, "Success", "5")));
    match read(&short) {
        Err(LogError::NoSignIn(counts)) => {
            assert_eq!(counts.first_bad, [(1, BadRow::Shape), (2, BadRow::Outcome)]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_that_is_no_log_is_refused_with_what_it_lacks() {
    let lacking = LogError::NoColumns(vec!["Application ID", "Credential key ID"]);
    assert_eq!(read("date (utc),status,Sign-in error code\r\na,b,c\r\n"), Err(lacking.clone()));
    assert_eq!(
        lacking.to_string(),
        "The file is neither JSON nor a CSV with the columns “Application ID”, “Credential key ID”"
    );
    for text in ["-----BEGIN CERTIFICATE-----\n", "hello", "\u{1}\u{2}"] {
        assert_eq!(read(text), Err(LogError::NoColumns(CSV_COLUMNS.to_vec())), "{text}");
    }
    for text in ["", "  \r\n", "[]", "{\"value\": []}", &csv("")] {
        assert_eq!(read(text), Err(LogError::Empty), "{text:?}");
    }
    assert_eq!(read("[1]"), Err(LogError::NoJson(1)));
    assert_eq!(read("[[]]"), Err(LogError::NoJson(1)));
    let more = read(&format!("{}\nand more", sign_in(EARLY, 0)));
    assert!(matches!(more, Err(LogError::NoJson(_))), "{more:?}");
    assert_eq!(pieces(b"PK\x03\x04rest", 3), Err(LogError::Compressed));
    assert_eq!(pieces(b"\x1f\x8brest", 3), Err(LogError::Compressed));
    assert_eq!(pieces(b"\xff\xfe[\0]\0", 3), Err(LogError::Charset));
}

#[test]
fn each_bound_is_kept() {
    let wide = json!([{"appId": "x".repeat(MAX_ROW)}]).to_string();
    assert_eq!(read(&wide), Err(LogError::RowTooLong(1)));
    let open = csv(&format!("{}\"{}", line(EARLY, "Success", "0"), "x,".repeat(MAX_ROW)));
    assert_eq!(read(&open), Err(LogError::RowTooLong(2)));
    assert_eq!(read(&csv(&",".repeat(MAX_ROW))), Err(LogError::RowTooLong(1)));

    let mut log = SignInLog::new(TENANT, NOW);
    let piece = vec![b' '; 1 << 20];
    log.read(b"[").unwrap();
    for _ in 0..255 {
        log.read(&piece).unwrap();
    }
    assert_eq!(log.read(&piece), Err(LogError::TooLarge));

    let mut log = SignInLog::new(TENANT, NOW);
    let rows = "{}\n".repeat(1_000);
    for _ in 0..1_000 {
        log.read(rows.as_bytes()).unwrap();
    }
    assert_eq!(log.read(b"{}"), Err(LogError::TooManyRows));

    let mut log = SignInLog::new(TENANT, NOW);
    let keyed = |n: u128| {
        let (key, app) = (Uuid::from_u128(n), APP);
        format!(
            "{{\"createdDateTime\":\"{EARLY}\",\"appId\":\"{app}\",\"servicePrincipalCredentialKeyId\":\"{key}\",\"status\":{{\"errorCode\":0}}}}"
        )
    };
    for n in 1..=MAX_KEYS as u128 {
        log.read(keyed(n).as_bytes()).unwrap();
    }
    log.read(keyed(1).as_bytes()).unwrap();
    assert_eq!(log.read(keyed(MAX_KEYS as u128 + 1).as_bytes()), Err(LogError::TooManyKeys));
}

proptest! {
    #[test]
    fn nothing_that_anybody_sends_stops_it_and_how_it_is_cut_changes_nothing(
        text in "[\\[\\]{}\",:a0\\\\\n records]{0,80}", length in 1_usize..9,
    ) {
        prop_assert_eq!(pieces(text.as_bytes(), length), read(&text));
    }
}
