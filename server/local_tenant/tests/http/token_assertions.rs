//! Client assertions that name the right certificate, and are refused all the same.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::support::*;
use crate::token_endpoint::{Setup, refusal, x5t};

#[tokio::test]
async fn a_signature_by_another_key_is_refused() {
    let setup = Setup::new().await;
    let found = setup.found_key().await;
    let header = json!({"alg": "RS256", "x5t": x5t(&setup.identity)});
    let forged = Identity::new("payroll").sign(&header, &setup.claims());
    let text = refusal(&setup.present(&forged).await, 401, "invalid_client", 700_027);
    assert_eq!(
        text,
        format!(
            "Client assertion failed signature validation. [Reason - Key was found, but use of the key to verify the signature failed., Thumbprint of key used by client: '{}', {found}{}",
            setup.identity.thumbprint(),
            setup.tail()
        )
    );
    // Altered after signing.
    let good = setup.identity.assertion(&setup.claims());
    let parts: Vec<&str> = good.split('.').collect();
    let altered = URL_SAFE_NO_PAD.encode(with(setup.claims(), json!({"jti": "another"})).to_string());
    refusal(&setup.present(&format!("{}.{altered}.{}", parts[0], parts[2])).await, 401, "invalid_client", 700_027);
    // PS256 said and RS256 done.
    let said = URL_SAFE_NO_PAD.encode(json!({"alg": "PS256", "x5t": x5t(&setup.identity)}).to_string());
    refusal(&setup.present(&format!("{said}.{}.{}", parts[1], parts[2])).await, 401, "invalid_client", 700_027);
}

#[tokio::test]
async fn what_is_no_sound_jwt_is_refused() {
    let setup = Setup::new().await;
    for text in ["a.b", "a.b.c", "a.b.c.d", "eyJ.eyJ.x"] {
        let said = refusal(&setup.present(text).await, 401, "invalid_client", 50027);
        assert_eq!(said, "JWT token is invalid or malformed.", "{text}");
    }
    assert_eq!(
        refusal(&setup.present_with(json!({"alg": "RS256", "typ": "JWT"})).await, 401, "invalid_client", 5_002_723),
        "Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token header."
    );
    assert_eq!(
        refusal(
            &setup.present_with(json!({"alg": "HS256", "x5t": x5t(&setup.identity)})).await,
            401,
            "invalid_client",
            5_002_738
        ),
        "Invalid JWT token. 'HS256' is not a supported signature algorithm. Supported signing algorithms are: 'RS256,RS384,RS512'"
    );
    assert_eq!(
        refusal(&setup.present_claims(json!({"aud": null})).await, 400, "invalid_request", 90014),
        "The required field 'aud' is missing from the credential. Ensure that you have all the necessary parameters for the login request."
    );
}

#[tokio::test]
async fn an_assertion_is_for_its_time() {
    let setup = Setup::new().await;
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let text = refusal(
        &setup.present_claims(json!({"nbf": 1_516_239_022, "iat": null, "exp": null})).await,
        401,
        "invalid_client",
        700_024,
    );
    let (head, rest) = text.split_once(", assertion valid from ").unwrap();
    assert!(head.starts_with("Client assertion is not within its valid time range. Current time: 20"), "{head}");
    assert_eq!(
        rest,
        "2018-01-18T01:30:22.0000000Z, expiry time of assertion 1970-01-01T00:00:00.0000000Z. Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials ."
    );
    for changed in [json!({"exp": now - 1}), json!({"nbf": now + 3600, "exp": now + 7200})] {
        refusal(&setup.present_claims(changed).await, 401, "invalid_client", 700_024);
    }
}

#[tokio::test]
async fn an_assertion_is_about_its_client_and_for_this_endpoint() {
    let setup = Setup::new().await;
    let other = Uuid::new_v4();
    assert!(
        refusal(&setup.present_claims(json!({"iss": other, "sub": other})).await, 401, "invalid_client", 700_021)
            .starts_with("Client assertion application identifier doesn't match 'client_id' parameter.")
    );
    refusal(&setup.present_claims(json!({"iss": other})).await, 401, "invalid_client", 50048);
    refusal(&setup.present_claims(json!({"aud": "https://elsewhere.example/"})).await, 401, "invalid_client", 700_023);
}
