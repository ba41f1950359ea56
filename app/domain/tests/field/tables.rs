//! Tables out of Excel, shells and hands.

use domain::csv::{CertificateCell, Line, TableError, import};
use domain::peel;

const APP: &str = "0cf6bee1-60c1-4874-8877-b68ee6d30b94";
const SHA1: &str = "1C2FA93ECE3B02A0F04D957671B5EA4C9C08F55B";
const SHA256: &str = "124AF8CFC46F795E488ECF5AAE4212E22BCD5CC18C1E4D91E5A90CC15E93E123";

/// As the page reads a file.
fn read(case: &str) -> Result<Vec<Line>, TableError> {
    import(&peel::text(&super::bytes(case, "input.csv")).expect("text").text)
}

#[test]
fn what_spreadsheets_write_is_read() {
    for (case, number, name) in [
        ("125-excel-unicode-text", 2, "Lohn"),
        ("126-excel-sep-line", 3, "Lohn"),
        ("127-windows-1252", 2, "Löhne Zürich"),
        ("128-formula-guarded-cells", 2, "Lohn"),
        ("131-portal-own-export", 2, "CN=payroll-batch"),
        ("133-quoted-header-spaces", 2, "Lohn; Nacht"),
        ("134-nbsp-and-zero-width", 2, ""),
        ("136-old-mac-cr", 2, ""),
        ("137-semicolon-in-name-header-comma", 2, "Lohn, Nacht; \"B\""),
    ] {
        let lines = read(case).unwrap_or_else(|error| panic!("{case}: {error}"));
        let expected = Line {
            number,
            app: APP.into(),
            certificate: CertificateCell::Sha1(SHA1.parse().expect("hex")),
            display_name: name.into(),
        };
        assert_eq!(lines, [expected], "{case}");
    }
    let lines = read("138-group-sha256-colons").expect("a table");
    assert_eq!(lines[0].certificate, CertificateCell::Sha256(SHA256.parse().expect("hex")));
    let lines = read("130-pem-in-quoted-cell").expect("a table");
    let seen: Vec<_> = lines.iter().map(|line| (line.number, line.display_name.as_str())).collect();
    assert_eq!(seen, [(2, "Lohn"), (22, "Lohn2")]);
}

#[test]
fn what_is_no_table_says_why() {
    assert_eq!(read("129-other-header-words"), Err(TableError::UnknownColumn("Name".into())));
    assert!(matches!(read("135-markdown-table"), Err(TableError::UnknownColumn(_))));
    let Err(TableError::BadLines(lines)) = read("132-scientific-thumbprint") else { panic!("refused") };
    assert_eq!(lines[0].number, 2);
    assert!(
        lines[0].why.contains("“1.23457E+39” is a number that a spreadsheet has made of a thumbprint"),
        "{}",
        lines[0].why
    );
    // What a browser or a shell makes of another charset.
    for case in ["125-excel-unicode-text", "127-windows-1252"] {
        let lost = String::from_utf8_lossy(&super::bytes(case, "input.csv")).into_owned();
        assert_eq!(import(&lost), Err(TableError::Charset), "{case}");
    }
}

#[test]
fn what_would_be_read_otherwise_than_it_is_meant_is_refused() {
    for (text, line, why) in [
        (format!("app,certificate\n{APP},\"{SHA1}\n{APP},{SHA1}\n"), 2, "never closed"),
        (format!("app,certificate,display_name\n{APP},{SHA1},\"a\"b\n"), 2, "behind a closing quote"),
    ] {
        let Err(TableError::BadLines(lines)) = import(&text) else { panic!("{text}") };
        assert_eq!(lines[0].number, line);
        assert!(lines[0].why.contains(why), "{}", lines[0].why);
    }
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    for end in ["\n", "\r\n", "\r"] {
        let text =
            ["sep=;", "app;certificate;display_name", "", &format!("{APP};{SHA1};\"a{end}b\""), &format!("{APP};x")]
                .join(end);
        let Err(TableError::BadLines(lines)) = import(&text) else { panic!("{end:?}") };
        assert_eq!(lines.iter().map(|line| line.number).collect::<Vec<_>>(), [6], "{end:?}");
    }
}

#[test]
fn the_list_of_apps_is_a_table_and_what_names_no_certificate_is_passed_over() {
    let header = "client_id,app,object_id,secrets,key_id,entry,usage,thumbprint,start,end";
    let rows = [
        format!("{APP},payroll,{APP},0,,,,,,"),
        format!("{APP},payroll,{APP},0,{APP},CN=sso,Sign,{SHA1},,"),
        format!("{APP},payroll,{APP},0,{APP},CN=a,Verify,{SHA1},,"),
        format!("{APP},payroll,{APP},0,{APP},CN=b,Verify,,,"),
    ];
    let lines = import(&format!("{header}\r\n{}\r\n", rows.join("\r\n"))).expect("a table");
    assert_eq!(lines.iter().map(|line| (line.number, line.display_name.as_str())).collect::<Vec<_>>(), [(4, "CN=a")]);
}

#[test]
fn hostile_tables_are_read_in_a_time_that_grows_with_their_size() {
    for unit in ["\"", "\",\"", "=\"", "\r", ";", "a,", " \" ", "sep=", "'"] {
        let text = format!("app,certificate\n{}", unit.repeat(500_000 / unit.len()));
        let start = std::time::Instant::now();
        let _ = import(&text);
        assert!(start.elapsed().as_secs() < 30, "{unit:?}: {:?}", start.elapsed());
    }
}

/// Made up, after files that Excel and programs around it write.
#[test]
fn a_separator_is_named_in_words_too() {
    for first in ["sep=\\t", "\"sep=\\t\"", "SEP=\t"] {
        let lines = import(&format!("{first}\napp\tcertificate\n{APP}\t{SHA1}\n"))
            .unwrap_or_else(|error| panic!("{first}: {error}"));
        assert_eq!((lines.len(), lines[0].number, lines[0].app.as_str()), (1, 3, APP), "{first}");
    }
}

/// A file is read into the page's field as Windows-1252 where it is no UTF-8.
#[test]
fn files_of_office_programs_are_named() {
    for (start, expected) in [
        (
            "PK\u{3}\u{4}\u{14}\0[Content_Types].xml\u{ff}\u{fffd}xl/workbook.xml",
            "It is an Excel workbook (.xlsx), and no CSV",
        ),
        (
            "PK\u{3}\u{4}\0mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            "It is an OpenDocument spreadsheet (.ods), and no CSV",
        ),
        ("ÐÏ\u{11}à¡±\u{1a}á\0\0", "It is a file of an older office program (.xls, .doc), and no CSV"),
        ("PK\u{3}\u{4}\0apps.csv", "It is a ZIP archive, and no CSV"),
    ] {
        let Err(error) = import(start) else { panic!("{start:?}") };
        assert_eq!(error.to_string(), expected);
    }
    assert!(TableError::Office(domain::office::OfficeFile::Workbook).advice().contains("CSV UTF-8"));
}
