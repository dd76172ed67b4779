//! Interfaces for programs.

pub(crate) mod decode;

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
}
