//! The error envelope of Microsoft's services: `{"error":{"code":…,"message":…,"innerError":{…}}}`
//! (<https://learn.microsoft.com/graph/errors>, <https://learn.microsoft.com/rest/api/keyvault>).

use serde::Deserialize;

/// What a service says of a refusal. What it leaves out is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct ServiceError {
    #[serde(default)]
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) message: String,
    // Services spell the member in more than one way.
    #[serde(default, rename = "innerError", alias = "innererror", alias = "InnerError")]
    pub(crate) inner: Option<InnerError>,
}

/// The particulars.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct InnerError {
    #[serde(default)]
    pub(crate) code: String,
    #[serde(rename = "request-id")]
    pub(crate) request_id: Option<String>,
}

/// `None` where the body is not such an envelope.
pub(crate) fn read(body: &[u8]) -> Option<ServiceError> {
    #[derive(Deserialize)]
    struct Envelope {
        error: ServiceError,
    }
    serde_json::from_slice::<Envelope>(body).ok().map(|envelope| envelope.error)
}
