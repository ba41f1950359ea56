//! Clients that others wrote, unmodified, by configuration alone, against the tenant over https.
//!
//! `.ci/python-clients.sh` installs the ones for Python, `npm ci` in `end2end` those for Node.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod adal;
mod azure_cli;
mod azure_cli_forms;
mod azure_identity;
mod azure_identity_node;
mod device_code;
mod graph_types;
mod key_vault;
mod msal_node;
mod msgraph;
mod openid_client;
mod proxy;
mod support;
