//! `POST /users/{mailbox}/sendMail`, as MIME (<https://learn.microsoft.com/graph/api/user-sendmail>). Needs the application
//! permission `Mail.Send`, in Entra or, for one mailbox alone, by RBAC for Applications in Exchange Online.

use super::budget::Cost;
use super::url::V1;
use super::{Graph, GraphError};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

impl Graph {
    /// Sends once. `mime`: a whole message (RFC 5322). That Graph has taken it says nothing of its delivery. Answers the status.
    pub(crate) async fn send_mail(&self, bearer: &str, mailbox: &str, mime: &[u8]) -> Result<u16, GraphError> {
        let url = self.url(V1, &["users", mailbox, "sendMail"], &[]);
        let cost = Cost::of(&Method::POST, &url);
        self.admit(cost).await?;
        let request = self.request(bearer, Method::POST, url);
        let request = request.header(CONTENT_TYPE, "text/plain").body(BASE64_STANDARD.encode(mime));
        Ok(self.answered(cost, request).await?.status)
    }
}
