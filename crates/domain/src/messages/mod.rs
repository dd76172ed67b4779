//! Letters that the program writes to people, what it tells other programs, and
//! how long it tries to get both there.

mod letter;
mod patience;
mod webhook;

pub use letter::{
    Letter, LetterId, LetterImage, LetterKey, LetterKind, LetterState, Subject, UnknownLetterState,
};
pub use patience::{GIVE_UP_AFTER, as_asked, pause};
pub use webhook::{
    DeliveryId, DeliveryState, OVERLAP, Webhook, WebhookId, WebhookName, WebhookNameError,
    WebhookUrl, WebhookUrlError,
};
