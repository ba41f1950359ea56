//! What people paste into the doctor.

use domain::doctor::diagnosis::{Verdict, diagnose};
use domain::doctor::evidence::Evidence;
use domain::doctor::paste::{Findings, masked, recognise};
use domain::peel;
use time::macros::datetime;

const SHA1: &str = "F67FC15AAB51409AE929074F1149A81FD7C9CD3C";
const APP: &str = "0cf6bee1-60c1-4874-8877-b68ee6d30b94";
const TRACE: &str = "5a1c9f6e-70b2-4c55-a3c4-0f2d4e7b1a00";
const CORRELATION: &str = "c1b7a2d4-93e8-4d06-8f55-2a6e0b9d7f31";

fn pasted(case: &str) -> String {
    peel::text(&super::bytes(case, "input.txt")).expect("text").text
}

fn read(text: &str) -> (Findings, Vec<Verdict>) {
    let findings = recognise(text);
    let verdicts = diagnose(&findings, &Evidence::at(datetime!(2026-11-28 12:00 UTC)));
    (findings, verdicts)
}

fn first(case: &str) -> String {
    read(&pasted(case)).1.remove(0).runbook
}

/// Everything that the message said is read, whatever it came wrapped in.
#[test]
fn the_certificate_is_not_registered_and_no_value_is_lost() {
    let all = [
        "62-ps7-conciseview-pipes",
        "63-terraform-box",
        "74-plus-encoded-no-percent",
        "79-js-concatenated-log-table",
        "83-hard-wrap-in-thumbprint",
        "84-hard-wrap-in-app-id",
        "86-azidentity-go-in-arm-json",
        "90-mask-m365-debug",
        "93-ansi-colours-inside",
        "94-percent-encoded-twice",
        "95-quoted-printable-mail",
        "96-html-page-with-markup",
        "97-german-errorrecord",
        "98-typographic-german-quotes",
        "102-adf-activity-json",
        "151-doctor-utf16-file",
    ];
    let mut wrong = vec![];
    for case in all {
        let (findings, verdicts) = read(&pasted(case));
        let sha1 = findings.cause().and_then(|cause| cause.thumbprint).and_then(|thumbprint| thumbprint.sha1);
        let seen = (
            verdicts[0].runbook.clone(),
            sha1.map(|sha1| sha1.hex()),
            findings.app_id().map(|id| id.to_string()),
            findings.trace_id.map(|id| id.value.to_string()),
            findings.correlation_id.map(|id| id.value.to_string()),
            findings.timestamp,
        );
        let expected = (
            "not-registered".to_owned(),
            Some(SHA1.to_owned()),
            Some(APP.to_owned()),
            Some(TRACE.to_owned()),
            Some(CORRELATION.to_owned()),
            Some(datetime!(2026-11-27 08:15:42 UTC)),
        );
        if seen != expected {
            wrong.push(format!("{case}: {seen:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_code_has_its_cause() {
    let mut wrong = vec![];
    for (case, expected) in [
        ("64-github-log-linkified-digits", "federation-mismatch"),
        ("65-fic-subject-case-7002138", "federation-mismatch"),
        ("66-fic-old-70021", "federation-mismatch"),
        ("67-missing-service-principal-7000229", "no-service-principal"),
        ("68-invalid-certificate-chain-7000213", "subject-name-issuer-refused"),
        ("69-subject-not-authorized-700030", "subject-name-issuer-refused"),
        ("70-issuer-of-other-cloud-700030", "wrong-cloud"),
        ("71-nested-70002-50012-secret", "secret-id-instead-of-value"),
        ("73-resource-not-found-500011", "resource-not-found"),
        ("75-client-is-public-700025", "public-client"),
        ("76-credential-required-7000216", "no-credential-sent"),
        ("77-guzzle-truncated", "not-enough"),
        ("78-markdown-bold-expired", "entry-expired"),
        ("80-sign-in-page-block", "wrong-client-id"),
        ("81-graph-signin-json", "not-enough"),
        ("82-log-analytics-row", "not-registered"),
        ("85-70001-application-not-found", "wrong-client-id"),
        ("88-signature-mismatch-chain-first", "signed-by-another-key"),
        ("92-manifest-trusted-subject-issuers", "trusted-subjects-register-nothing"),
        ("99-conditional-access-53003", "conditional-access"),
        ("100-consent-65001", "consent-missing"),
        ("101-app-disabled-7000112", "app-disabled"),
    ] {
        let found = first(case);
        if found != expected {
            wrong.push(format!("{case}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_secret_that_is_wrong_says_nothing_of_certificates() {
    let (_, verdicts) = read(&pasted("71-nested-70002-50012-secret"));
    let slugs: Vec<&str> = verdicts.iter().map(|verdict| verdict.runbook.as_str()).collect();
    assert_eq!(slugs, ["secret-id-instead-of-value"]);
}

#[test]
fn a_code_in_pieces_is_whole() {
    let (findings, verdicts) = read(&pasted("64-github-log-linkified-digits"));
    assert_eq!(findings.code(), Some(700_211));
    assert_eq!(verdicts[0].title, "No federated credential has this issuer");
    assert_eq!(read(&pasted("65-fic-subject-case-7002138")).1[0].title, "No federated credential has this subject");
}

#[test]
fn rows_of_logs_are_read_whole() {
    for case in ["81-graph-signin-json", "82-log-analytics-row"] {
        let (findings, _) = read(&pasted(case));
        let cause = findings.cause().expect("an error");
        assert_eq!(cause.code, 700_027, "{case}");
        assert_eq!(cause.thumbprint.and_then(|it| it.sha1).map(|sha1| sha1.hex()).as_deref(), Some(SHA1), "{case}");
        assert_eq!(findings.app_id().map(|id| id.to_string()).as_deref(), Some(APP), "{case}");
        assert_eq!(findings.timestamp, Some(datetime!(2026-11-27 08:15:42 UTC)), "{case}");
    }
    let (findings, _) = read(&pasted("81-graph-signin-json"));
    assert_eq!(findings.correlation_id.map(|id| id.value.to_string()).as_deref(), Some(CORRELATION));
    assert_eq!(findings.trace_id.map(|id| id.value.to_string()).as_deref(), Some(TRACE));
}

/// The same row on its other ways out of a log.
#[test]
fn siblings_of_log_rows_are_read_too() {
    let words = "The certificate with identifier used to sign the client assertion is not registered on application.";
    for text in [
        format!("TimeGenerated [UTC],ResultType,ResultDescription,AppId,ServicePrincipalCredentialThumbprint\n\"11/27/2026, 8:15:42.000 AM\",700027,\"{words}\",{APP},{SHA1}\n"),
        format!("TimeGenerated : 2026-11-27T08:15:42Z\nResultType : 700027\nResultDescription : {words}\nAppId : {APP}\nServicePrincipalCredentialThumbprint : {SHA1}\n"),
        serde_json::json!({"time": "2026-11-27T08:15:42Z", "resultType": "700027", "resultDescription": words, "properties": {"appId": APP, "servicePrincipalCredentialThumbprint": SHA1}}).to_string(),
        serde_json::json!([{"TimeGenerated": "2026-11-27T08:15:42Z", "ResultType": 700_027, "ResultDescription": words, "AppId": APP, "ServicePrincipalCredentialThumbprint": SHA1}]).to_string(),
    ] {
        let (findings, verdicts) = read(&text);
        assert_eq!(verdicts[0].runbook, "not-registered", "{text}");
        assert_eq!(findings.timestamp, Some(datetime!(2026-11-27 08:15:42 UTC)), "{text}");
        assert_eq!(findings.app_id().map(|id| id.to_string()).as_deref(), Some(APP), "{text}");
        assert_eq!(findings.cause().and_then(|it| it.thumbprint).and_then(|it| it.sha1).map(|it| it.hex()).as_deref(), Some(SHA1), "{text}");
    }
}

#[test]
fn the_sign_in_page_s_block_is_read() {
    let (findings, _) = read(&pasted("80-sign-in-page-block"));
    assert_eq!(findings.trace_id.map(|id| id.value.to_string()).as_deref(), Some(TRACE));
    assert_eq!(findings.correlation_id.map(|id| id.value.to_string()).as_deref(), Some(CORRELATION));
    assert_eq!(findings.timestamp, Some(datetime!(2026-11-27 08:15:42 UTC)));
}

#[test]
fn absence_is_claimed_only_where_the_sentence_goes_on() {
    let start = "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found.";
    for rest in [
        "",
        ",",
        ", Th",
        ", Thumbprint",
        ", Th= umbprint of key used by client: 'F67F', Please visit the Azure Portal]",
        ", | x, Please visit]",
    ] {
        assert_ne!(read(&format!("{start}{rest}")).1[0].runbook, "no-thumbprint", "{rest}");
    }
    for rest in [", Please visit the Azure Portal", "]", " ]"] {
        assert_eq!(read(&format!("{start}{rest}")).1[0].runbook, "no-thumbprint", "{rest}");
    }
}

#[test]
fn no_private_key_is_left_in_what_is_kept() {
    let text = pasted("89-mask-k8s-tls-key");
    let aside = masked(&text);
    let key = text.lines().find_map(|line| line.trim().strip_prefix("tls.key: ")).expect("a key");
    assert!(!aside.contains(&key[..20]), "{aside}");
    let line = aside.lines().find_map(|line| line.trim().strip_prefix("tls.key: ")).expect("its line");
    assert!(line.len() == key.len() && line.bytes().all(|byte| byte == b'*'), "{line}");
    // The certificate is public.
    let certificate = text.lines().find(|line| line.contains("tls.crt")).expect("a certificate");
    assert!(aside.contains(certificate));
    // However it is cut.
    for end in (60..key.len()).step_by(97) {
        let cut = format!("AADSTS700027\n  tls.key: {}", &key[..end]);
        assert!(!masked(&cut).contains(&key[..20]), "{end}");
    }
    let text = pasted("90-mask-m365-debug");
    let aside = masked(&text);
    assert!(!aside.contains("Sommer-2026!x") && !aside.contains("MIIENwIBAzCC"), "{aside}");
}

#[test]
fn grants_and_signatures_are_masked_and_codes_of_errors_are_not() {
    const SECRET: &str = "0.AXoAa1b2c3d4e5f6-QABAAIAAAD";
    for carrier in [
        "https://app.example.net/cb?code=@@&state=1",
        "code=@@",
        "code_verifier=@@",
        "\"device_code\":\"@@\"",
        "https://x.blob.core.windows.net/c?sv=2024&sig=@@&se=1",
        "client_secret%253D@@%2526scope%253Dx",
        "{\\\"client_secret\\\": \\\"@@\\\"}",
        "&quot;clientSecret&quot;: &quot;@@&quot;",
        "│ client_secret = \"@@\"",
    ] {
        let text = format!("AADSTS700027 {}", carrier.replace("@@", SECRET));
        assert!(!masked(&text).contains(SECRET), "{}", masked(&text));
    }
    for text in [
        "\"code\": \"Authorization_RequestDenied\"",
        "\"code\":\"CannotUpdateLockedServicePrincipalProperty\"",
        "https://login.microsoftonline.com/error?code=700027",
        "exit code: 1",
        "Status Code = '401'",
    ] {
        assert_eq!(masked(text), text);
    }
}

#[test]
fn hostile_text_is_read_in_a_time_that_grows_with_its_size() {
    for unit in [
        "d=",
        "Q~",
        "1Q~",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----",
        "eyJ",
        "AADSTS700027 ",
        "d=“",
        "[",
        "<",
        "](",
        "=\n",
        "%25",
        "\\u001b[",
        "| ",
        "12:00:00 [",
        "\"\n\"",
        "{\"",
        "secret ",
        "client_secret=AADSTS7",
        "password:\n  ",
        "authorization:a ",
        "name=\"secret\" ",
        "<d>",
        "01000000d08c9ddf0115d1118c7a00c04fc297eb",
        "b'0\\x8",
    ] {
        let text = unit.repeat(100_000 / unit.len());
        let start = std::time::Instant::now();
        let _ = read(&text);
        // Without optimisation a linear reading of 100 KB takes a second or two, a quadratic one half a minute and more.
        assert!(start.elapsed().as_secs() < 20, "{unit:?}: {:?}", start.elapsed());
    }
}

/// Entra's own advice about subject name and issuer says nothing about this app, whoever pasted it.
#[test]
fn entra_s_advice_is_no_word_of_the_person() {
    let advice = " Alternatively, SNI may be configured on the app. Please ensure that client assertion is being sent \
                  with the x5c claim in the JWT header using MSAL's WithSendX5C() method so that Azure Active Directory \
                  can validate the certificate being used.";
    let message = pasted("86-azidentity-go-in-arm-json");
    let at = message.find("Trace ID").expect("a trace");
    let (with, without) = (format!("{}{advice} {}", &message[..at], &message[at..]), message);
    let runbooks = |text: &str| read(text).1.into_iter().map(|verdict| verdict.runbook).collect::<Vec<_>>();
    assert_eq!(runbooks(&with), runbooks(&without));
    // Said by a person as well, it counts.
    assert!(runbooks(&format!("We use SN+I. {with}")).contains(&"trusted-subjects-register-nothing".to_owned()));
}

/// The words of 501051 are of NAIS' documentation and of Stack Overflow 34444812, those of 500014 and 50105 of Microsoft's
/// list of codes, those of 9002313 of AzureAD/microsoft-authentication-library-for-android#558.
#[test]
fn codes_about_who_may_have_the_resource_have_answers() {
    for (words, expected, title) in [
        (
            format!(
                "AADSTS501051: Application '{APP}'(sync) is not assigned to a role for the application 'api://payroll'(payroll)."
            ),
            "not-assigned",
            "The app is not assigned to the resource",
        ),
        (
            format!(
                "AADSTS50105: Your administrator has configured the application payroll ('{APP}') to block users unless they are specifically granted ('assigned') access to the application."
            ),
            "not-assigned",
            "The person is not assigned to the app",
        ),
        (
            "AADSTS500014: The service principal for resource 'https://manage.office.com' is disabled.".into(),
            "resource-disabled",
            "The resource is disabled in this tenant",
        ),
        (
            "AADSTS9002313: Invalid request. Request is malformed or invalid.".into(),
            "malformed-request",
            "Entra could not read the request",
        ),
    ] {
        let (_, verdicts) = read(&words);
        assert_eq!((verdicts[0].runbook.as_str(), verdicts[0].title.as_str()), (expected, title), "{words}");
    }
    // Entra does not say what is malformed, and so it is not said for sure here.
    let (_, verdicts) = read("AADSTS9002313: Invalid request. Request is malformed or invalid.");
    assert!(verdicts[0].confidence.percent() < 75);
}

/// A pipeline hands the token endpoint's answer on in base64, with or without line breaks, also twice.
#[test]
fn an_answer_in_base64_is_read() {
    let answer = serde_json::json!({"error": "invalid_client", "error_description": format!("AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '{SHA1}', Please visit the Azure Portal] Trace ID: {TRACE}")}).to_string();
    let once = domain::encoding::base64(answer.as_bytes());
    let lines = |text: &str| {
        text.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned()).collect::<Vec<_>>().join("\n")
    };
    let twice = domain::encoding::base64(once.as_bytes());
    for text in [once.clone(), lines(&once), twice, format!("{{\"body\": \"{once}\"}}")] {
        let (findings, verdicts) = read(&text);
        assert_eq!((findings.code(), verdicts[0].runbook.as_str()), (Some(700_027), "not-registered"), "{text:.80}");
        assert_eq!(
            findings.cause().and_then(|it| it.thumbprint).and_then(|it| it.sha1).map(|it| it.hex()).as_deref(),
            Some(SHA1)
        );
    }
}

/// Made up, after logs of Azure Pipelines, GitHub Actions, containerd, journald, Jenkins, TeamCity and Heroku.
#[test]
fn the_ids_of_a_log_with_prefixes_are_read() {
    let lines = [
        format!(
            "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '{SHA1}', Please visit the Azure Portal to see configured keys for app Id '{APP}']."
        ),
        format!("Trace ID: {TRACE}"),
        format!("Correlation ID: {CORRELATION}"),
        "Timestamp: 2026-11-27 08:15:42Z".to_owned(),
    ];
    let mut wrong = vec![];
    for prefix in [
        "2026-11-29T07:10:00.1234567Z ",
        "2026-11-27T08:15:40.123456789Z stderr F ",
        "Nov 27 08:15:42 web01 sync[4123]: ",
        "[2026-11-27T08:15:42.123Z] ",
        "[09:15:42] :\t [Step 1/2] ",
        "2026-11-27T08:15:42.123456+00:00 app[web.1]: ",
    ] {
        let text: Vec<String> = lines.iter().map(|line| format!("{prefix}{line}")).collect();
        let (findings, verdicts) = read(&text.join("\n"));
        let ids =
            (findings.trace_id.map(|id| id.value.to_string()), findings.correlation_id.map(|id| id.value.to_string()));
        if ids != (Some(TRACE.into()), Some(CORRELATION.into())) || verdicts[0].runbook != "not-registered" {
            wrong.push(format!("{prefix}: {ids:?} {}", verdicts[0].runbook));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // A service message of TeamCity escapes with a bar.
    let message = lines.join("|n").replace('\'', "|'").replace('[', "|[").replace(']', "|]");
    let (findings, verdicts) = read(&format!("##teamcity[message text='{message}' status='ERROR']"));
    assert_eq!(verdicts[0].runbook, "not-registered");
    assert_eq!(findings.trace_id.map(|id| id.value.to_string()).as_deref(), Some(TRACE));
}
