//! Files that people upload.

use crate::bytes;
use domain::upload::read;

/// SHA-1 of the leaf of the three certificates in the cases about PKCS#7.
const LEAF: &str = "2AFC1F88F9C7C752113ABA1F4A61D6D1E11976A0";

#[test]
fn a_leaf_is_read_out_of_pkcs7() {
    for (case, file) in [("03-adcs-p7b-base64-no-armour", "input.p7b"), ("04-p7b-ber-indefinite", "input.p7b")] {
        let upload = read(&bytes(case, file)).unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(upload.leaf.sha1().hex(), LEAF, "{case}");
        assert_eq!(upload.others.len(), 2, "{case}");
    }
}
