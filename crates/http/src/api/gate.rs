use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// Mebibytes of payloads that may be in memory at once.
const ROOM: u32 = 512;
/// Requests that one sender may have under way: a token, or the address of a
/// push.
const REQUESTS_OF_ONE: u32 = 64;
/// How long a request waits for room.
const PATIENCE: Duration = Duration::from_secs(2);

/// Keeps the payloads that are being read at once within bounds, so that many
/// large ones cannot use up the memory, and one sender cannot keep out all
/// others. Clones share the room.
#[derive(Debug, Clone)]
pub struct Gate {
    room: Arc<Semaphore>,
    under_way: Arc<Mutex<HashMap<Uuid, u32>>>,
    patience: Duration,
}

/// Why a request was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// This sender has too many requests under way.
    TooMany,
    /// There was no room for a while.
    NoRoom,
}

impl Default for Gate {
    fn default() -> Self {
        Self::new(ROOM, PATIENCE)
    }
}

impl Gate {
    fn new(room: u32, patience: Duration) -> Self {
        let room =
            Arc::new(Semaphore::new(usize::try_from(room).unwrap_or(Semaphore::MAX_PERMITS)));
        Self { room, under_way: Arc::default(), patience }
    }

    /// Lets a request in that may take up `mebibytes` once unpacked.
    pub(crate) async fn enter(&self, sender: Uuid, mebibytes: u32) -> Result<Pass, Refused> {
        let turn = Turn::take(Arc::clone(&self.under_way), sender).ok_or(Refused::TooMany)?;
        let room = Arc::clone(&self.room).acquire_many_owned(mebibytes.clamp(1, ROOM));
        match tokio::time::timeout(self.patience, room).await {
            Ok(Ok(room)) => Ok(Pass { _turn: turn, _room: room }),
            Ok(Err(_)) | Err(_) => Err(Refused::NoRoom),
        }
    }
}

/// Room and a turn, given back when dropped.
#[derive(Debug)]
pub(crate) struct Pass {
    _turn: Turn,
    _room: OwnedSemaphorePermit,
}

#[derive(Debug)]
struct Turn {
    under_way: Arc<Mutex<HashMap<Uuid, u32>>>,
    sender: Uuid,
}

impl Turn {
    fn take(under_way: Arc<Mutex<HashMap<Uuid, u32>>>, sender: Uuid) -> Option<Self> {
        {
            let mut under_way = under_way.lock();
            let count = under_way.entry(sender).or_default();
            if *count >= REQUESTS_OF_ONE {
                return None;
            }
            *count += 1;
        }
        Some(Self { under_way, sender })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut under_way = self.under_way.lock();
        match under_way.get_mut(&self.sender) {
            Some(count) if *count > 1 => *count -= 1,
            _ => _ = under_way.remove(&self.sender),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[tokio::test]
    async fn one_sender_cannot_take_every_turn() {
        let gate = Gate::default();
        let mut passes = Vec::new();
        for _ in 0..REQUESTS_OF_ONE {
            passes.push(gate.enter(sender(1), 1).await.unwrap());
        }

        assert_eq!(gate.enter(sender(1), 1).await.unwrap_err(), Refused::TooMany);
        assert!(gate.enter(sender(2), 1).await.is_ok());
        passes.pop();
        assert!(gate.enter(sender(1), 1).await.is_ok());
    }

    #[tokio::test]
    async fn without_room_a_request_is_refused_after_a_while() {
        let gate = Gate::new(2, Duration::from_millis(1));
        let large = gate.enter(sender(1), 2).await.unwrap();

        assert_eq!(gate.enter(sender(2), 1).await.unwrap_err(), Refused::NoRoom);
        drop(large);
        assert!(gate.enter(sender(2), 1).await.is_ok());
        assert!(gate.under_way.lock().is_empty());
    }
}
