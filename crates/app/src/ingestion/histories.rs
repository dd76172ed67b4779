use std::collections::HashMap;

use greengrid_domain::fleet::{DeviceId, SiteId};
use greengrid_domain::ingestion::DeviceHistory;
use parking_lot::{Mutex, MutexGuard};

/// Most devices whose history is kept at once, some 20 MB of it.
const MOST: usize = 200_000;

/// The history of each device that reported since the program started.
///
/// After a restart, and when it was full, it starts empty: a stuck value is
/// then recognized two hours later, and the first counter value is taken as it
/// is. Several instances that receive readings of one device each know their
/// own part.
#[derive(Default)]
pub(super) struct Histories(Mutex<Known>);

/// Histories while they are held.
#[derive(Default)]
pub(super) struct Known(HashMap<(SiteId, DeviceId), DeviceHistory>);

impl Histories {
    pub(super) fn lock(&self) -> MutexGuard<'_, Known> {
        let mut known = self.0.lock();
        if known.0.len() > MOST {
            known.0.clear();
        }
        known
    }

    /// Starts the histories of these devices anew.
    pub(super) fn forget(&self, devices: &[(SiteId, DeviceId)]) {
        let mut known = self.0.lock();
        for device in devices {
            known.0.remove(device);
        }
    }
}

impl Known {
    /// The history of a device, to be read and continued.
    pub(super) fn of(&mut self, site: SiteId, device: DeviceId) -> &mut DeviceHistory {
        self.0.entry((site, device)).or_default()
    }
}
