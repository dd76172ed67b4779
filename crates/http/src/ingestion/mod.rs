//! Import of files, quarantine.

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
}
