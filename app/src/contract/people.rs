//! Who is signed in, and what they may do here.

pub use views::viewer::*;

use super::problem::Problem;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait PeoplePort: Send + Sync {
    /// `None` when nobody is signed in.
    async fn viewer(&self) -> Result<Option<Viewer>, Problem>;
    /// Gets another token for Graph, which did not accept the one that there is though it should hold. `false`: there is none to
    /// be had.
    async fn renew(&self) -> bool {
        false
    }
}
