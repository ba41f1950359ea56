//! Pushes, their receipts, and what they left to be retired.

pub use views::data::pushes::*;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait PushesPort: Send + Sync {
    /// Begins a push, once per plan, and answers the receipt's id: at once, or when a small one has ended. `typed`: what
    /// the person typed where [`PlanView::confirm`] asks for it.
    async fn push(&self, plan: Uuid, typed: &str, pace: Pace) -> Result<Uuid, Problem>;
    /// For who made the push, and who sees the whole audit.
    async fn receipt(&self, id: Uuid, query: &ReceiptQuery) -> Result<Receipt, Problem>;
    /// The same.
    async fn progress(&self, receipt: Uuid) -> Result<Progress, Problem>;
    /// Pauses, resumes or cancels, where the push is in a state for it.
    async fn steer(&self, receipt: Uuid, steer: Steer) -> Result<(), Problem>;
    /// Due ones first. `page` from 1.
    async fn retirements(&self, page: u32) -> Result<Page<Retirement>, Problem>;
}

/// `GET /api/receipt`.
#[server(name = ReadReceipt, input = GetUrl, prefix = "/api", endpoint = "receipt")]
pub async fn receipt(id: String, query: ReceiptQuery) -> Result<Receipt, Problem> {
    desk()?.receipt(parse("receipt id", &id)?, &query).await
}

/// Begins a push, once per preview. `typed`: the words that the preview asks for where entries will go.
#[server(prefix = "/api", endpoint = "push")]
pub async fn push(
    plan: String,
    #[server(default)] typed: String,
    #[server(default)] canary: String,
    #[server(default)] second: String,
    #[server(default)] ask_between: String,
    #[server(default)] halt_at: String,
) -> Result<(), Problem> {
    fn number<T: std::str::FromStr>(what: &str, value: &str, absent: T) -> Result<T, Problem> {
        if value.is_empty() { Ok(absent) } else { parse(what, value) }
    }
    let usual = Pace::default();
    let pace = Pace {
        canary: number("number of apps", &canary, usual.canary)?,
        second: number("percentage", &second, usual.second)?,
        ask_between: ask_between == "on",
        halt_at: number("percentage", &halt_at, usual.halt_at)?,
    };
    let id = desk()?.push(parse("plan id", &plan)?, &typed, pace).await?;
    leptos_axum::redirect(&Route::Receipt(id).to_string());
    Ok(())
}

/// `steer` is `pause`, `resume` or `cancel`.
#[server(name = SteerPush, prefix = "/api", endpoint = "steer")]
pub async fn steer(receipt: String, steer: String) -> Result<(), Problem> {
    let receipt = parse("receipt id", &receipt)?;
    let steer = match steer.as_str() {
        "pause" => Steer::Pause,
        "resume" => Steer::Resume,
        "cancel" => Steer::Cancel,
        other => {
            let why = format!("“{other}” is none of pause, resume and cancel.");
            return Err(Problem::new(422, "bad-value", "That is not a valid order", why));
        }
    };
    desk()?.steer(receipt, steer).await?;
    leptos_axum::redirect(&Route::Receipt(receipt).to_string());
    Ok(())
}

/// `GET /api/progress`.
#[server(name = ReadProgress, input = GetUrl, prefix = "/api", endpoint = "progress")]
pub async fn progress(receipt: String) -> Result<Progress, Problem> {
    desk()?.progress(parse("receipt id", &receipt)?).await
}

/// `GET /api/retirements`: `page` from 1.
#[server(name = ReadRetirements, input = GetUrl, prefix = "/api", endpoint = "retirements")]
pub async fn retirements(page: u32) -> Result<Page<Retirement>, Problem> {
    desk()?.retirements(page).await
}
