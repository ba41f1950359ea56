//! Thumbprints as people copy them into the search.

use domain::digest_text::{Digest, elided, in_text};

const SHA1: &str = "1C2FA93ECE3B02A0F04D957671B5EA4C9C08F55B";
const SHA256: &str = "124AF8CFC46F795E488ECF5AAE4212E22BCD5CC18C1E4D91E5A90CC15E93E123";

fn pasted(case: &str) -> String {
    String::from_utf8(super::bytes(case, "input.txt")).expect("UTF-8")
}

#[test]
fn a_digest_is_found_behind_its_label() {
    for case in [
        "139-left-to-right-mark",
        "140-openssl-fingerprint-line",
        "142-powershell-label",
        "143-label-colon",
        "145-0x-prefix",
        "146-kv-x5t",
        "147-java-comma-bytes",
    ] {
        let found: Vec<Digest> = in_text(&pasted(case)).into_iter().map(|(digest, _)| digest).collect();
        assert_eq!(found, [Digest::Sha1(SHA1.parse().expect("hex"))], "{case}");
    }
    let found = in_text(&pasted("141-openssl3-fingerprint-line"));
    assert_eq!(found[0].0, Digest::Sha256(SHA256.parse().expect("hex")));
}

#[test]
fn what_is_none_is_not_taken_for_one() {
    for case in ["148-elided-middle", "149-decimal-serial-number", "150-signed-bytes-json"] {
        assert_eq!(in_text(&pasted(case)), [], "{case}");
    }
    assert_eq!(elided(&pasted("148-elided-middle")), Some(("1C2FA93E".into(), "9C08F55B".into())));
    assert_eq!(elided(&pasted("149-decimal-serial-number")), None);
}
