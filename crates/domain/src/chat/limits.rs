use std::num::NonZeroU32;
use std::time::Duration;

/// How often somebody may post: so many at once, and afterwards one in each of
/// these spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Posts at once.
    pub burst: NonZeroU32,
    /// Time after which one more is allowed.
    pub every: Duration,
}

impl Pace {
    const fn new(burst: u32, every: Duration) -> Self {
        let burst = match NonZeroU32::new(burst) {
            Some(burst) => burst,
            None => NonZeroU32::MIN,
        };
        Self { burst, every }
    }
}

/// What all people together may post in one room: more than a conversation,
/// less than a flood.
pub const ROOM_PACE: Pace = Pace::new(60, Duration::from_millis(200));

/// How much somebody is trusted in conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum Standing {
    /// An account of the demo, which everybody shares.
    Visitor,
    /// One of the team.
    Member,
    /// One who decides about the posts of others.
    Moderator,
}

impl Standing {
    /// How often one may post.
    #[must_use]
    pub const fn pace(self) -> Pace {
        match self {
            Self::Visitor => Pace::new(5, Duration::from_secs(8)),
            Self::Member => Pace::new(8, Duration::from_secs(3)),
            Self::Moderator => Pace::new(20, Duration::from_secs(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn who_is_trusted_more_may_post_more() {
        let paces: Vec<Pace> = Standing::iter().map(Standing::pace).collect();

        for pair in paces.windows(2) {
            assert!(pair[0].burst < pair[1].burst);
            assert!(pair[0].every > pair[1].every);
        }
        assert!(paces.iter().all(|pace| pace.burst < ROOM_PACE.burst));
    }
}
