//! The morning overview and a customer's own sites.

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
}
