//! Who works on a receipt: one task of one process.

use crate::store::{AppLock, Engine, Store, StoreError};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

type Here = Arc<Mutex<HashSet<Uuid>>>;

pub struct Leases {
    store: Store,
    here: Here,
}

/// Held until dropped.
pub struct Lease {
    /// A connection can be used by one task at a time only.
    across: Option<tokio::sync::Mutex<AppLock>>,
    here: Here,
    receipt: Uuid,
}

impl Leases {
    pub fn new(store: Store) -> Self {
        Self { store, here: Here::default() }
    }

    /// `None` where somebody works on it.
    pub async fn take(&self, receipt: Uuid) -> Result<Option<Lease>, StoreError> {
        if !self.here.lock().unwrap_or_else(PoisonError::into_inner).insert(receipt) {
            return Ok(None);
        }
        // From here on its drop gives the receipt back, also where the database fails.
        let mut lease = Lease { across: None, here: Arc::clone(&self.here), receipt };
        if self.store.engine() == Engine::Postgres {
            let Some(held) = self.store.try_lock_receipt(receipt).await? else { return Ok(None) };
            lease.across = Some(tokio::sync::Mutex::new(held));
        }
        Ok(Some(lease))
    }

    /// Whether some process works on it.
    pub async fn is_taken(&self, receipt: Uuid) -> Result<bool, StoreError> {
        if self.here.lock().unwrap_or_else(PoisonError::into_inner).contains(&receipt) {
            return Ok(true);
        }
        self.store.is_receipt_locked(receipt).await
    }
}

impl Lease {
    /// Fails where the database may have given the receipt to another process.
    pub async fn check(&self) -> Result<(), StoreError> {
        match &self.across {
            Some(held) => held.lock().await.check().await,
            None => Ok(()),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.here.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.receipt);
    }
}
