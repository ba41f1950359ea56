//! App registrations: lists, and each on its own page.

pub use views::data::apps::*;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait AppsPort: Send + Sync {
    /// One page, sorted by name.
    async fn apps(&self, query: &AppQuery) -> Result<Page<AppRow>, Problem>;
    /// Names for chosen apps that are not on the page in view.
    async fn app_names(&self, ids: &[ObjectId]) -> Result<Vec<(ObjectId, String)>, Problem>;
    /// Reads the app with its credentials and owners.
    async fn app(&self, id: ObjectId) -> Result<AppDetail, Problem>;
}

/// `GET /api/apps`: see [`AppsPort::apps`].
#[server(input = GetUrl, prefix = "/api", endpoint = "apps")]
pub async fn apps(query: AppQuery) -> Result<Page<AppRow>, Problem> {
    desk()?.apps(&query).await
}

/// `ids`: object ids, comma separated.
#[server(input = GetUrl, prefix = "/api", endpoint = "app-names")]
pub async fn app_names(ids: String) -> Result<Vec<(String, String)>, Problem> {
    let ids =
        ids.split(',').filter(|id| !id.is_empty()).map(|id| parse("object id", id)).collect::<Result<Vec<_>, _>>()?;
    Ok(desk()?.app_names(&ids).await?.into_iter().map(|(id, name)| (id.to_string(), name)).collect())
}

/// `GET /api/app`: `id` is an object id.
#[server(input = GetUrl, prefix = "/api", endpoint = "app")]
pub async fn app(id: String) -> Result<AppDetail, Problem> {
    desk()?.app(parse("object id", &id)?).await
}
