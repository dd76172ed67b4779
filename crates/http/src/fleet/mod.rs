//! The list of sites and the page of one.

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
}
