use greengrid_domain::chat::{Post, PostId, Room};
use greengrid_domain::identity::{Role, UserId};
use jiff::Timestamp;

/// One of the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// What they are called.
    pub name: String,
    /// What they are here to do.
    pub role: Role,
}

/// A post with the names around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostRecord {
    /// What was said.
    pub post: Post,
    /// Who said it.
    pub author: Person,
    /// Who last decided about it.
    pub decided_by: Option<String>,
}

/// A room as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomHead {
    /// Which.
    pub room: Room,
    /// What it is called.
    pub title: String,
    /// Place of its newest post; 0 while there is none.
    pub last_seq: i64,
    /// When something was last said there.
    pub last_post_at: Option<Timestamp>,
    /// How far its reader has come.
    pub read: i64,
}

impl RoomHead {
    /// How many posts its reader has not seen.
    #[must_use]
    pub const fn unread(&self) -> i64 {
        if self.last_seq > self.read { self.last_seq - self.read } else { 0 }
    }
}

/// Which part of a room is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// Place of the first post.
    pub from: i64,
    /// Place of the last one; without it the window follows what is said.
    pub until: Option<i64>,
}

/// Which part of a room somebody wants to see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Look {
    /// What was said last.
    #[default]
    End,
    /// What was said around the post with this place.
    At(i64),
    /// A window they have already.
    Part(Window),
}

impl Look {
    /// The window, in a room whose newest post has this place.
    #[must_use]
    pub const fn window(self, last: i64) -> Window {
        match self {
            Self::End => Window::tail(last),
            Self::At(seq) => Window::around(seq, last),
            Self::Part(window) => window.bounded(last),
        }
    }
}

impl Window {
    /// Windows begin at multiples of so many posts, so that those who look at
    /// the end of a room share one.
    pub const BLOCK: i64 = 50;
    /// Posts that a window holds at most.
    pub const MOST: i64 = 400;

    /// The end of a room whose newest post has this place: one block or more.
    #[must_use]
    pub const fn tail(last: i64) -> Self {
        Self { from: Self::begin(last - Self::BLOCK + 1), until: None }
    }

    /// The window around a post.
    #[must_use]
    pub const fn around(seq: i64, last: i64) -> Self {
        let from = Self::begin(seq);
        if last - from < Self::MOST {
            Self { from, until: None }
        } else {
            Self { from, until: Some(from + 2 * Self::BLOCK - 1) }
        }
    }

    /// The same, or one that begins later where it has grown too long.
    #[must_use]
    pub const fn bounded(self, last: i64) -> Self {
        let (end, most) = match self.until {
            Some(until) => (until, Self::MOST),
            None => (last, Self::MOST),
        };
        let earliest = Self::begin(end - most + Self::BLOCK);
        let from = if self.from > earliest { self.from } else { earliest };
        Self { from, until: self.until }
    }

    /// One block more before it, where there is one; a window that would grow
    /// too long moves instead.
    #[must_use]
    pub const fn earlier(self, last: i64) -> Option<Self> {
        if self.from <= 1 {
            return None;
        }
        let from = Self::begin(self.from - Self::BLOCK);
        let end = match self.until {
            Some(until) => until,
            None => last,
        };
        if end - from < Self::MOST {
            Some(Self { from, until: self.until })
        } else {
            Some(Self { from, until: Some(from + 2 * Self::BLOCK - 1) })
        }
    }

    /// What follows a window that ends.
    #[must_use]
    pub const fn later(self, last: i64) -> Option<Self> {
        match self.until {
            Some(until) if until < last => Some(Self::around(until + 1, last)),
            _ => None,
        }
    }

    /// The first place of the block that holds this one.
    const fn begin(seq: i64) -> i64 {
        if seq <= 1 { 1 } else { (seq - 1) / Self::BLOCK * Self::BLOCK + 1 }
    }
}

/// What is to be seen of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Which room.
    pub room: Room,
    /// What it is called.
    pub title: String,
    /// Which part of it.
    pub window: Window,
    /// Place of the newest post of the room.
    pub last_seq: i64,
    /// The visible posts of the window, oldest first.
    pub posts: Vec<PostRecord>,
}

/// What is new to one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inbox {
    /// The rooms, in the order in which they are listed.
    pub rooms: Vec<RoomHead>,
    /// Posts that wait for a decision; none for those who do not decide.
    pub waiting: i64,
    /// Their own posts of the last day that others do not see.
    pub held: Vec<PostRecord>,
}

impl Inbox {
    /// Posts in all rooms that the person has not seen.
    #[must_use]
    pub fn unread(&self) -> i64 {
        self.rooms.iter().map(RoomHead::unread).sum()
    }
}

/// A post that was searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The post.
    pub record: PostRecord,
    /// What the room is called.
    pub room: String,
}

/// A page of what was searched for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundPage {
    /// Newest first.
    pub posts: Vec<Found>,
    /// Whether older ones follow.
    pub more: bool,
}

impl FoundPage {
    /// Posts of a page.
    pub const LENGTH: usize = 50;

    /// The page that begins with these posts.
    #[must_use]
    pub fn begin(mut posts: Vec<Found>) -> Self {
        let more = posts.len() > Self::LENGTH;
        posts.truncate(Self::LENGTH);
        Self { posts, more }
    }

    /// The last post of the page, where older ones follow.
    #[must_use]
    pub fn next(&self) -> Option<PostId> {
        self.posts.last().filter(|_| self.more).map(|found| found.record.post.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn window(from: i64, until: Option<i64>) -> Window {
        Window { from, until }
    }

    #[test]
    fn those_who_look_at_the_end_share_a_window() {
        assert_eq!(Window::tail(0), window(1, None));
        assert_eq!(Window::tail(99), window(1, None));
        assert_eq!(Window::tail(100), window(51, None));
        assert_eq!(Window::tail(149), window(51, None));
        assert_eq!(Window::tail(150), window(101, None));
    }

    #[test]
    fn earlier_posts_join_until_the_window_is_full_and_then_it_moves() {
        let first = Window::tail(1_000);
        let mut seen = vec![first];
        while let Some(earlier) = seen.last().unwrap().earlier(1_000) {
            assert!(earlier.from < seen.last().unwrap().from);
            assert!(earlier.until.unwrap_or(1_000) - earlier.from < Window::MOST);
            seen.push(earlier);
        }
        assert_eq!(seen.last().unwrap().from, 1);
        assert_eq!(seen[1], window(901, None));
    }

    #[test]
    fn what_follows_leads_back_to_the_end() {
        let mut at = window(1, Some(100));
        while let Some(later) = at.later(1_000) {
            assert_eq!(later.from, at.until.unwrap() + 1);
            at = later;
        }
        assert_eq!(at.until, None);
    }

    #[test]
    fn a_window_that_follows_never_holds_more_than_it_may() {
        for last in [10, 399, 400, 450, 5_000] {
            let bounded = window(1, None).bounded(last);
            assert!(last - bounded.from < Window::MOST, "{last}");
        }
        assert_eq!(window(1, None).bounded(300), window(1, None));
    }

    #[test]
    fn a_post_is_found_in_the_window_around_it() {
        assert_eq!(Window::around(120, 300), window(101, None));
        assert_eq!(Window::around(120, 3_000), window(101, Some(200)));
    }
}
