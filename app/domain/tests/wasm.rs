//! The same code as WebAssembly: what runs in the browser. The fixtures are made by openssl; the PFX holds a throw-away
//! key that belongs to nothing.
#![cfg(target_arch = "wasm32")]

use domain::upload::{self, ReadError};
use wasm_bindgen_test::wasm_bindgen_test;

const PEM: &[u8] = include_bytes!("fixtures/fixture.pem");
const PFX: &[u8] = include_bytes!("fixtures/fixture.pfx");
/// `openssl x509 -fingerprint -sha1`
const SHA1: &str = "21F584F45DED651C3CDE50133EF0BE1B1784A793";

#[wasm_bindgen_test]
fn reads_pem() {
    let upload = upload::read(PEM).expect("a certificate");
    assert_eq!(upload.leaf.facts().sha1.hex(), SHA1);
}

#[cfg(feature = "pkcs12")]
#[wasm_bindgen_test]
fn opens_a_pfx_with_its_password() {
    assert_eq!(upload::read(PFX).expect_err("closed"), ReadError::Pkcs12);
    assert_eq!(upload::read_pkcs12(PFX, "wrong").expect_err("closed"), ReadError::WrongPassword);
    let upload = upload::read_pkcs12(PFX, "fixture").expect("opens");
    assert_eq!(upload.leaf.facts().sha1.hex(), SHA1);
    assert!(upload.private_key_left_out);
}
