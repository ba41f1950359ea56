//! Back to the seed.

use crate::TenantError;
use crate::graph::audit::Logs;
use crate::graph::throttle::Meters;
use crate::registration::register;
use crate::state::Tenant;

impl Tenant {
    /// Plants the seed of every tenant anew (the same GUIDs, new certificates) and undoes everything else: behaviour, faults, writers,
    /// clock, request log, what was not simulated, mail, webhooks, audit and sign-in log, throttling. Portals are registered again. Who is signed in stays so. Slow.
    pub(crate) fn reset(&self) -> Result<(), TenantError> {
        self.clock.reset();
        let now = self.now();
        for tenant in self.all() {
            let mut directory = tenant.seed.plant(now)?;
            if tenant.profile.id == self.profile.id {
                let portals = self.control.armed().portals.clone();
                for portal in portals {
                    register(&mut directory, portal, now)?;
                }
            }
            *tenant.write() = directory;
            *tenant.logs() = Logs::default();
            *tenant.meters() = Meters::default();
        }
        self.set_behaviour(|behaviour| *behaviour = self.control.behaviour.clone());
        self.control.clear_faults();
        self.control.clear_writers();
        self.log.clear();
        self.not_simulated.clear();
        self.mailbox.clear();
        self.events.clear();
        Ok(())
    }
}
