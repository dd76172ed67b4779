//! Sign-in, sign-out, accounts.

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
}
