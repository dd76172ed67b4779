//! Live pages: every open tab holds one stream that brings the parts of its
//! page anew when something it shows has changed.
//!
//! - A [`View`] says what a tab looks at, and has a text form for addresses.
//! - A channel is one view for one audience. It is rendered once when one of
//!   its topics changes, encoded once, and its bytes are shared by all tabs.
//!   There is no queue: a tab takes the newest state when it can, so a slow
//!   one skips states and never falls behind. A tab that has the state before
//!   gets only the elements that changed.
//! - A hub is one session with its tabs. When the session ends, or the
//!   person's role is no longer what it was, all of them end.

mod channel;
mod client;
mod delta;
mod handlers;
mod hub;
mod patch;
mod registry;
mod render;
mod stream;
#[cfg(test)]
mod tests;
mod view;

pub(crate) use client::live_element;
pub(crate) use patch::{gone, put, redirect, replace};
pub use registry::{Registry, StreamCount, StreamLimits};
pub(crate) use stream::only;
pub(crate) use view::View;
pub use view::live_views;

use crate::router::Routes;
use crate::urls;

pub(crate) fn routes() -> Routes {
    Routes::default().get(urls::LIVE, handlers::live)
}
