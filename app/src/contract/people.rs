//! Who is signed in, and what they may do here.

pub use views::data::people::*;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait PeoplePort: Send + Sync {
    /// `None` when nobody is signed in.
    async fn viewer(&self) -> Result<Option<Viewer>, Problem>;
}

/// `GET /api/viewer`.
#[server(name = ReadViewer, input = GetUrl, prefix = "/api", endpoint = "viewer")]
pub async fn viewer() -> Result<Option<Viewer>, Problem> {
    desk()?.viewer().await
}
