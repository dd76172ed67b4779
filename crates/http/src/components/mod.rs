//! Components of pages, one per file: functions with named properties that
//! return markup. They receive data ready to show and ask for nothing.

pub(crate) mod case;
pub(crate) mod charts;
pub(crate) mod clock;
pub(crate) mod error_page;
pub(crate) mod figure;
pub(crate) mod format;
pub(crate) mod icon;
pub(crate) mod layout;
pub(crate) mod letter;
pub(crate) mod pill;
mod post;
pub(crate) mod remark;
pub(crate) mod select;
pub(crate) mod typed_key;
pub(crate) mod unread;

pub(crate) use clock::PageClock;
pub(crate) use icon::{icon, toned_icon};
pub(crate) use post::post;
