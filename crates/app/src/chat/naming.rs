//! What rooms are called, and what a post can name.

use std::sync::Arc;

use greengrid_domain::chat::{Known, Room};
use greengrid_domain::fleet::SiteCode;
use greengrid_domain::identity::UserId;

use super::records::RoomHead;
use crate::fleet::FleetSnapshot;

/// What a post can name.
pub(super) struct Names {
    pub(super) people: Vec<(UserId, String)>,
    pub(super) fleet: Arc<FleetSnapshot>,
}

impl Known for Names {
    fn people(&self) -> &[(UserId, String)] {
        &self.people
    }

    fn has_site(&self, code: &SiteCode) -> bool {
        self.fleet.site_by_code(code).is_some()
    }
}

/// What rooms are called whose names are not kept with them.
pub(super) fn fixed_title(fleet: &FleetSnapshot, room: &Room) -> Option<String> {
    match room {
        Room::Lobby => Some("Lobby".to_owned()),
        Room::Region(code) => {
            let region = fleet.regions().iter().find(|region| region.code == *code)?;
            Some(region.name.clone())
        }
        Room::Incident(_) => None,
    }
}

/// The lobby, the regions, and the incidents of which somebody spoke, newest
/// first.
pub(super) fn listed(fleet: &FleetSnapshot, kept: Vec<RoomHead>) -> Vec<RoomHead> {
    let regions = fleet.regions().iter().map(|region| Room::Region(region.code.clone()));
    let mut rooms: Vec<RoomHead> = std::iter::once(Room::Lobby)
        .chain(regions)
        .map(|room| {
            let known = kept.iter().find(|head| head.room == room);
            let title = fixed_title(fleet, &room).unwrap_or_default();
            match known {
                Some(head) => RoomHead { title, ..head.clone() },
                None => RoomHead { room, title, last_seq: 0, last_post_at: None, read: 0 },
            }
        })
        .collect();
    let mut incidents: Vec<RoomHead> =
        kept.into_iter().filter(|head| matches!(head.room, Room::Incident(_))).collect();
    incidents.sort_by_key(|head| std::cmp::Reverse(head.last_post_at));
    rooms.extend(incidents);
    rooms
}
