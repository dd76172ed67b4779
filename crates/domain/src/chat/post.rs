use jiff::{SignedDuration, Timestamp};

use super::{HeldFor, Mention, Room};
use crate::identity::UserId;
use crate::ids::uuid_id;

uuid_id! {
    /// A post. Whoever writes one brings its id, so that sending it twice is
    /// one post.
    PostId
}

/// For how long people may change or take back what they wrote.
pub const EDITABLE_FOR: SignedDuration = SignedDuration::from_mins(15);

/// Who sees a post.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum PostStatus {
    /// Everybody in the room.
    Visible,
    /// Its author and those who decide, until they have.
    Pending,
    /// Its author, who reads why, and those who decide.
    Removed,
}

/// What somebody said in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Key.
    pub id: PostId,
    /// Where.
    pub room: Room,
    /// Its place among what became visible in the room: 1, 2, 3 …
    pub seq: Option<i64>,
    /// Who.
    pub author: UserId,
    /// What, as plain text.
    pub body: String,
    /// Whom and what it names.
    pub mentions: Vec<Mention>,
    /// Who sees it.
    pub status: PostStatus,
    /// Which rule held it back, if one did.
    pub held_for: Option<HeldFor>,
    /// When.
    pub posted_at: Timestamp,
    /// When it was last changed by its author.
    pub edited_at: Option<Timestamp>,
    /// Who last decided about it.
    pub decided_by: Option<UserId>,
    /// Why.
    pub reason: Option<String>,
}

/// Why a post stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fixed {
    /// Somebody else wrote it.
    #[error("only who wrote a post can change it")]
    NotYours,
    /// Too long ago.
    #[error("a post can be changed for 15 minutes; write another one")]
    TooLate,
    /// It is gone already.
    #[error("this post was removed")]
    Removed,
}

/// Why somebody cannot decide about a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Undecidable {
    /// They wrote it.
    #[error("somebody else has to decide about a post of yours")]
    Own,
    /// It is there for all already.
    #[error("this post is visible already")]
    Visible,
    /// It is gone already.
    #[error("this post was removed already")]
    Removed,
}

impl Post {
    /// Whether its author may change it, or take it back.
    pub fn changeable(&self, by: UserId, now: Timestamp) -> Result<(), Fixed> {
        if self.author != by {
            Err(Fixed::NotYours)
        } else if self.status == PostStatus::Removed {
            Err(Fixed::Removed)
        } else if now.duration_since(self.posted_at) > EDITABLE_FOR {
            Err(Fixed::TooLate)
        } else {
            Ok(())
        }
    }

    /// Whether somebody may let it be seen. What was removed stays removed:
    /// its author can write another one.
    pub fn approvable(&self, by: UserId) -> Result<(), Undecidable> {
        match self.status {
            _ if self.author == by => Err(Undecidable::Own),
            PostStatus::Pending => Ok(()),
            PostStatus::Visible => Err(Undecidable::Visible),
            PostStatus::Removed => Err(Undecidable::Removed),
        }
    }

    /// Whether somebody else than its author may remove it.
    pub fn removable(&self, by: UserId) -> Result<(), Undecidable> {
        match self.status {
            _ if self.author == by => Err(Undecidable::Own),
            PostStatus::Visible | PostStatus::Pending => Ok(()),
            PostStatus::Removed => Err(Undecidable::Removed),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn user(number: u128) -> UserId {
        Uuid::from_u128(number).into()
    }

    fn post(status: PostStatus) -> Post {
        Post {
            id: Uuid::nil().into(),
            room: Room::Lobby,
            seq: Some(1),
            author: user(1),
            body: "Hello".to_owned(),
            mentions: Vec::new(),
            status,
            held_for: None,
            posted_at: Timestamp::UNIX_EPOCH,
            edited_at: None,
            decided_by: None,
            reason: None,
        }
    }

    #[test]
    fn a_post_is_its_authors_for_a_quarter_of_an_hour() {
        let at = |minutes| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);

        assert_eq!(post(PostStatus::Visible).changeable(user(1), at(15)), Ok(()));
        assert_eq!(post(PostStatus::Pending).changeable(user(1), at(1)), Ok(()));
        assert_eq!(post(PostStatus::Visible).changeable(user(1), at(16)), Err(Fixed::TooLate));
        assert_eq!(post(PostStatus::Visible).changeable(user(2), at(1)), Err(Fixed::NotYours));
        assert_eq!(post(PostStatus::Removed).changeable(user(1), at(1)), Err(Fixed::Removed));
    }

    #[test]
    fn nobody_decides_about_a_post_of_their_own() {
        assert_eq!(post(PostStatus::Pending).approvable(user(1)), Err(Undecidable::Own));
        assert_eq!(post(PostStatus::Visible).removable(user(1)), Err(Undecidable::Own));
        assert_eq!(post(PostStatus::Pending).approvable(user(2)), Ok(()));
        assert_eq!(post(PostStatus::Visible).removable(user(2)), Ok(()));
    }

    #[test]
    fn what_is_decided_is_not_decided_again() {
        assert_eq!(post(PostStatus::Visible).approvable(user(2)), Err(Undecidable::Visible));
        assert_eq!(post(PostStatus::Removed).approvable(user(2)), Err(Undecidable::Removed));
        assert_eq!(post(PostStatus::Removed).removable(user(2)), Err(Undecidable::Removed));
    }
}
