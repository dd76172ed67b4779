//! All routes, each with what it asks of its caller.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};

use crate::auth::permissions;
use crate::state::AppState;
use crate::{api, assets, fleet, identity, ingestion, monitoring, observability, sse, theme};

/// Routes of a module. Adding one that the permission table does not list
/// panics at start, so a route without a permission cannot be served.
#[derive(Default)]
pub(crate) struct Routes {
    router: Router<AppState>,
    listed: Vec<(Method, &'static str)>,
}

impl Routes {
    /// A `GET` route.
    pub(crate) fn get<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.on(Method::GET, MethodFilter::GET, path, handler)
    }

    /// A `POST` route.
    pub(crate) fn post<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.on(Method::POST, MethodFilter::POST, path, handler)
    }

    fn on<H, T>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        handler: H,
    ) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        let access = permissions::access(&method, path)
            .unwrap_or_else(|| panic!("{method} {path} is not in the permission table"));
        let _ = access; // the access layer goes here
        self.listed.push((method, path));
        self.router = self.router.route(path, on(filter, handler));
        self
    }

    /// Adds the routes of another module.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.listed.extend(other.listed);
        self
    }
}

/// The routes of every module.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .merge(identity::routes())
        .merge(fleet::routes())
        .merge(ingestion::routes())
        .merge(monitoring::routes())
        .merge(observability::routes())
        .merge(theme::routes())
        .merge(api::routes())
        .merge(sse::routes())
}

/// The whole program as a service.
pub fn router(state: AppState) -> Router {
    routes().router.merge(assets::router()).with_state(state)
}
