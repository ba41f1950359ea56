//! What an expert would write in an evening: reads an app, appends, and sends it back, with so many apps at once. No journal, no
//! second look before the write, no wait for limits, no proof.

use crate::rivals::Certificate;
use crate::tenant_process::{SignedIn, Tenant, client};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use domain::ids::ObjectId;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// As many as a push of ours has at most that are being written.
const AT_ONCE: usize = 128;

pub struct Bare {
    http: reqwest::Client,
    token: String,
    root: String,
}

impl Bare {
    pub async fn signed_in(tenant: &Tenant) -> Self {
        let SignedIn { token, .. } = tenant.sign_in().await;
        Self { http: client(Some(&tenant.ca_file)), token, root: format!("{}/v1.0/applications", tenant.base) }
    }

    /// Until the last write is answered.
    pub async fn append(&self, certificate: &Certificate, apps: &[ObjectId]) -> Duration {
        let entry = json!({"type": "AsymmetricX509Cert", "usage": "Verify",
            "key": BASE64_STANDARD.encode(&certificate.der)});
        let begun = Instant::now();
        stream::iter(apps).for_each_concurrent(AT_ONCE, |app| self.append_one(*app, &entry)).await;
        begun.elapsed()
    }

    async fn append_one(&self, app: ObjectId, entry: &Value) {
        let url = format!("{}/{app}", self.root);
        let read = self.http.get(format!("{url}?$select=keyCredentials")).bearer_auth(&self.token);
        let mut found: Value = read.send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
        let mut keys = found["keyCredentials"].take();
        keys.as_array_mut().unwrap().push(entry.clone());
        let write = self.http.patch(url).bearer_auth(&self.token).json(&json!({"keyCredentials": keys}));
        write.send().await.unwrap().error_for_status().unwrap();
    }
}
