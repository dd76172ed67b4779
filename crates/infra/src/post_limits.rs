use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use greengrid_app::chat::PostLimiter;
use greengrid_domain::chat::{Pace, ROOM_PACE, Room, Standing};
use greengrid_domain::identity::UserId;

/// Keys after which those that are long at rest are forgotten.
const SHRINK_AT: usize = 10_000;

/// Counts posts in the memory of this instance: a person who reaches two
/// instances may post as much at each, which is still little.
pub struct PostLimits {
    visitors: DefaultKeyedRateLimiter<UserId>,
    members: DefaultKeyedRateLimiter<UserId>,
    moderators: DefaultKeyedRateLimiter<UserId>,
    rooms: DefaultKeyedRateLimiter<Room>,
    clock: DefaultClock,
}

impl Default for PostLimits {
    fn default() -> Self {
        Self {
            visitors: RateLimiter::keyed(quota(Standing::Visitor.pace())),
            members: RateLimiter::keyed(quota(Standing::Member.pace())),
            moderators: RateLimiter::keyed(quota(Standing::Moderator.pace())),
            rooms: RateLimiter::keyed(quota(ROOM_PACE)),
            clock: DefaultClock::default(),
        }
    }
}

impl PostLimiter for PostLimits {
    fn admit(&self, by: UserId, room: &Room, standing: Standing) -> Result<(), Duration> {
        let people = match standing {
            Standing::Visitor => &self.visitors,
            Standing::Member => &self.members,
            Standing::Moderator => &self.moderators,
        };
        if people.len() > SHRINK_AT {
            people.retain_recent();
        }
        let wait = |refused: governor::NotUntil<_>| refused.wait_time_from(self.clock.now());
        people.check_key(&by).map_err(wait)?;
        self.rooms.check_key(room).map_err(wait)
    }
}

fn quota(pace: Pace) -> Quota {
    // Only a span of zero has no quota, and no pace of ours is that fast.
    Quota::with_period(pace.every).unwrap_or(Quota::per_second(pace.burst)).allow_burst(pace.burst)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_burst_goes_through_and_then_one_waits_a_known_time() {
        let (limits, one) = (PostLimits::default(), UserId::from(Uuid::from_u128(1)));
        let post = |by| limits.admit(by, &Room::Lobby, Standing::Member);

        for _ in 0..Standing::Member.pace().burst.get() {
            assert_eq!(post(one), Ok(()));
        }
        let wait = post(one).unwrap_err();

        assert!(wait <= Standing::Member.pace().every && !wait.is_zero(), "{wait:?}");
        assert_eq!(post(Uuid::from_u128(2).into()), Ok(()));
    }

    #[test]
    fn many_people_together_cannot_flood_a_room() {
        let limits = PostLimits::default();
        let post = |number: u128, room: &Room| {
            limits.admit(Uuid::from_u128(number).into(), room, Standing::Member).is_ok()
        };

        let through = (0..500).filter(|number| post(*number, &Room::Lobby)).count();

        // While they post, a few more are allowed.
        assert!((60..70).contains(&through), "{through}");
        assert!(post(1_000, &Room::Region("north".parse().unwrap())));
    }
}
