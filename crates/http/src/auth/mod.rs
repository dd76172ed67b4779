//! Who is asking, and what they may ask for.

pub(crate) mod permissions;
mod viewer;

pub(crate) use permissions::Access;
pub(crate) use viewer::{Theme, Viewer};
