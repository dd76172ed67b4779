//! Letters that the program writes to people, and how long it tries to get
//! them there.

mod letter;
mod patience;

pub use letter::{
    Letter, LetterId, LetterImage, LetterKey, LetterKind, LetterState, Subject, UnknownLetterState,
};
pub use patience::{GIVE_UP_AFTER, pause};
