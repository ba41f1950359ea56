//! Past the portal: what Graph has now, and another writer.

#![allow(dead_code, reason = "each binary uses its part")]

use domain::ids::ObjectId;
use serde_json::Value;
use std::collections::BTreeMap;

/// Entries of every application, by its object id.
pub type Entries = BTreeMap<ObjectId, Vec<Value>>;

/// `base`: where the tenant answers. `token`: of somebody who may read all.
pub async fn entries(http: &reqwest::Client, base: &str, token: &str) -> Entries {
    let mut entries = Entries::new();
    let mut next = Some(format!("{base}/v1.0/applications?$top=999&$select=id,keyCredentials"));
    while let Some(url) = next {
        let answer = http.get(url).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let page: Value = answer.json().await.unwrap();
        for app in page["value"].as_array().unwrap() {
            let id = app["id"].as_str().unwrap().parse().unwrap();
            entries.insert(id, app["keyCredentials"].as_array().unwrap().clone());
        }
        next = page["@odata.nextLink"].as_str().map(str::to_owned);
    }
    entries
}

/// `PATCH /applications/{id}`, with the token of somebody who may.
pub async fn write(http: &reqwest::Client, base: &str, token: &str, app: ObjectId, body: &Value) {
    let url = format!("{base}/v1.0/applications/{app}");
    let answer = http.patch(url).bearer_auth(token).json(body).send().await.unwrap();
    let status = answer.status();
    assert_eq!(status, 204, "{}", answer.text().await.unwrap());
}
