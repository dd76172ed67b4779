//! All routes, each with what it asks of its caller.

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{Next, from_fn};
use axum::routing::{MethodFilter, on};

use crate::auth::{Access, guard, permissions, with_sessions};
use crate::fault::Fault;
use crate::state::AppState;
use crate::{
    api, assets, chat, customer, fleet, grpc, identity, ingestion, messages, middleware,
    monitoring, observability, onboarding, sse, theme,
};

/// Routes of a module. Adding one that the permission table does not list
/// panics at start, so a route without a permission cannot be served.
#[derive(Default)]
pub(crate) struct Routes(Vec<Route>);

struct Route {
    #[cfg(test)]
    method: Method,
    #[cfg(test)]
    path: &'static str,
    access: Access,
    /// Puts the route, with its guard, into a router.
    add: Box<dyn FnOnce(Router<AppState>, AppState) -> Router<AppState>>,
}

impl Routes {
    /// A `GET` route.
    pub(crate) fn get<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.on(&Method::GET, MethodFilter::GET, path, handler)
    }

    /// A `POST` route.
    pub(crate) fn post<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.on(&Method::POST, MethodFilter::POST, path, handler)
    }

    fn on<H, T>(
        mut self,
        method: &Method,
        filter: MethodFilter,
        path: &'static str,
        handler: H,
    ) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        let access = permissions::access(method, path)
            .unwrap_or_else(|| panic!("{method} {path} is not in the permission table"));
        let add = move |router: Router<AppState>, state: AppState| {
            let guard =
                move |request: Request, next: Next| guard(access, state.clone(), request, next);
            router.route(path, on(filter, handler).layer(from_fn(guard)))
        };
        self.0.push(Route {
            #[cfg(test)]
            method: method.clone(),
            #[cfg(test)]
            path,
            access,
            add: Box::new(add),
        });
        self
    }

    /// Adds the routes of another module.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The rows of the permission table that are served.
    #[cfg(test)]
    fn listed(&self) -> Vec<(Method, &'static str)> {
        self.0.iter().map(|route| (route.method.clone(), route.path)).collect()
    }

    /// Only routes for people have a session; the others answer without asking
    /// the store who is there.
    fn into_router(self, state: &AppState) -> Router<AppState> {
        let (mut people, mut others) = (Router::new(), Router::new());
        for route in self.0 {
            let router = match route.access {
                Access::Public | Access::SignedIn | Access::Allowed(_) => &mut people,
                Access::Open
                | Access::Token(_)
                | Access::TokenOrLoopback(_)
                | Access::SecretAddress => &mut others,
            };
            *router = (route.add)(std::mem::take(router), state.clone());
        }
        with_sessions(people, state).merge(others)
    }
}

/// The routes of every module.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .merge(identity::routes())
        .merge(customer::routes())
        .merge(fleet::routes())
        .merge(ingestion::routes())
        .merge(monitoring::routes())
        .merge(messages::routes())
        .merge(onboarding::routes())
        .merge(observability::routes())
        .merge(chat::routes())
        .merge(theme::routes())
        .merge(api::routes())
        .merge(grpc::routes())
        .merge(sse::routes())
}

/// The whole program as a service.
pub fn router(state: AppState) -> Router {
    let router = routes()
        .into_router(&state)
        .merge(assets::router())
        .fallback(async || Fault::NotFound)
        .method_not_allowed_fallback(async || Fault::MethodNotAllowed);
    middleware::around(router, &state).with_state(state)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_of_the_permission_table_is_served_once() {
        let served: Vec<String> =
            routes().listed().iter().map(|(method, path)| format!("{method} {path}")).collect();
        let listed: BTreeSet<String> =
            permissions::TABLE.iter().map(|(method, path, _)| format!("{method} {path}")).collect();

        assert_eq!(served.iter().cloned().collect::<BTreeSet<_>>(), listed);
        assert_eq!(served.len(), permissions::TABLE.len());
    }
}
