//! Conversation of the team: rooms, posts, and the rules that hold one back.

mod body;
mod completion;
mod highlight;
mod limits;
mod pieces;
mod post;
mod room;
mod rules;

pub use body::{PostBody, PostBodyError};
pub use completion::{Begun, Completion, OFFERED};
pub use highlight::highlight;
pub use limits::{Pace, ROOM_PACE, Standing};
pub use pieces::{Known, Mention, Piece, Target, mentions, pieces};
pub use post::{EDITABLE_FOR, Fixed, Post, PostId, PostStatus, Undecidable};
pub use room::{NotARoom, Room};
pub use rules::{Author, HeldFor, judge};
