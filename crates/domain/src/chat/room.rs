use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::fleet::RegionCode;
use crate::monitoring::incident::IncidentId;

/// Where posts are read and written. The text form stands in addresses:
/// `lobby`, `region-north`, `incident-0197…`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Room {
    /// For everything.
    Lobby,
    /// For what concerns one region.
    Region(RegionCode),
    /// For one incident.
    Incident(IncidentId),
}

/// The text names no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such room")]
pub struct NotARoom;

impl Room {
    /// A short key under which changes of the room are told. Two rooms may
    /// share one in theory; their readers would then look once too often.
    #[must_use]
    pub fn mark(&self) -> Uuid {
        match self {
            Self::Lobby => Uuid::nil(),
            Self::Incident(id) => (*id).into(),
            // FNV-1a of 128 bits.
            Self::Region(code) => {
                let hash = code.as_str().bytes().fold(
                    0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128,
                    |hash, byte| {
                        (hash ^ u128::from(byte))
                            .wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
                    },
                );
                Uuid::from_u128(hash)
            }
        }
    }
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lobby => f.write_str("lobby"),
            Self::Region(code) => write!(f, "region-{code}"),
            Self::Incident(id) => write!(f, "incident-{id}"),
        }
    }
}

impl FromStr for Room {
    type Err = NotARoom;
    fn from_str(text: &str) -> Result<Self, NotARoom> {
        if text == "lobby" {
            Ok(Self::Lobby)
        } else if let Some(code) = text.strip_prefix("region-") {
            let region: RegionCode = code.parse().map_err(|_| NotARoom)?;
            if region.as_str() == code { Ok(Self::Region(region)) } else { Err(NotARoom) }
        } else if let Some(id) = text.strip_prefix("incident-") {
            let id: Uuid = id.parse().map_err(|_| NotARoom)?;
            Ok(Self::Incident(id.into()))
        } else {
            Err(NotARoom)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rooms() -> [Room; 4] {
        [
            Room::Lobby,
            Room::Region("north".parse().unwrap()),
            Room::Region("south-west".parse().unwrap()),
            Room::Incident(Uuid::from_u128(7).into()),
        ]
    }

    #[test]
    fn a_room_survives_its_address() {
        for room in rooms() {
            assert_eq!(room.to_string().parse(), Ok(room));
        }
        for text in ["", "Lobby", "region-", "region-A b", "incident-1", "attic"] {
            assert_eq!(text.parse::<Room>(), Err(NotARoom), "{text}");
        }
    }

    #[test]
    fn rooms_are_told_apart() {
        let marks: std::collections::HashSet<Uuid> = rooms().iter().map(Room::mark).collect();

        assert_eq!(marks.len(), rooms().len());
    }
}
