//! The one that asks, and another.

use super::{NOW, SampleDesk};
use app::contract::problem::Problem;
use app::contract::sessions::{Lender, Lending, OwnSession, SessionDigest, SessionsPort};

#[async_trait::async_trait]
impl SessionsPort for SampleDesk {
    async fn own_sessions(&self) -> Result<Vec<OwnSession>, Problem> {
        self.known()?;
        let session = |digit: &str, agent: &str, is_here| OwnSession {
            digest: digit.repeat(64).parse().expect("a digest"),
            agent: agent.into(),
            signed_in_at: NOW,
            used_at: NOW,
            is_here,
        };
        Ok(vec![
            session("a", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", true),
            session("b", "<b>curl</b>", false),
        ])
    }

    async fn end_session(&self, _: &SessionDigest) -> Result<(), Problem> {
        self.known().map(|_| ())
    }

    async fn end_other_sessions(&self, _: bool) -> Result<(), Problem> {
        self.known().map(|_| ())
    }

    async fn lending(&self) -> Result<Option<Lending>, Problem> {
        self.known()?;
        let lender = Lender { name: "<b>Mara</b>".into(), since: NOW, is_viewer: false };
        Ok(Some(Lending { lenders: vec![lender] }))
    }

    async fn lend_reading(&self) -> Result<(), Problem> {
        self.known().map(|_| ())
    }

    async fn end_lending(&self) -> Result<(), Problem> {
        self.known().map(|_| ())
    }
}
