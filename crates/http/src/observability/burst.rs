//! What a burst of load is fired at: by the browser of whoever watches, against
//! an address that costs nothing and one that asks the database.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::auth::Viewer;
use crate::fault::Fault;
use crate::state::AppState;

/// The largest burst.
pub(super) const MOST: u32 = 10_000;
/// Requests of a burst that may run at the same time.
pub(super) const AT_ONCE: usize = 64;
/// Time after which one more is allowed, once a burst is spent.
const EVERY: Duration = Duration::from_millis(10);

/// Sessions after which those that are long at rest are forgotten.
const SHRINK_AT: usize = 1_000;

/// What each session may fire. A burst can be asked for by anybody who may
/// watch, so it must not be a way to bring the program down.
#[derive(Clone)]
pub struct Bursts(Arc<Shared>);

struct Shared {
    pace: DefaultKeyedRateLimiter<String>,
    running: Mutex<HashMap<String, Arc<Semaphore>>>,
    clock: DefaultClock,
}

impl Default for Bursts {
    fn default() -> Self {
        let burst = NonZeroU32::new(MOST).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(EVERY).unwrap_or(Quota::per_second(burst));
        Self(Arc::new(Shared {
            pace: RateLimiter::keyed(quota.allow_burst(burst)),
            running: Mutex::default(),
            clock: DefaultClock::default(),
        }))
    }
}

impl Bursts {
    /// Lets one request of a session through, until it is answered.
    fn enter(&self, session: &str) -> Result<OwnedSemaphorePermit, Fault> {
        let shared = &self.0;
        let places = {
            let mut running = shared.running.lock();
            // A session without a request running needs no place.
            running.retain(|key, places| key == session || places.available_permits() < AT_ONCE);
            let places = running.entry(session.to_owned());
            Arc::clone(places.or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE))))
        };
        let place = places
            .try_acquire_owned()
            .map_err(|_| Fault::TooMany { retry_after: Duration::from_secs(1) })?;
        if shared.pace.len() > SHRINK_AT {
            shared.pace.retain_recent();
        }
        shared.pace.check_key(&session.to_owned()).map_err(|refused| Fault::TooMany {
            retry_after: refused.wait_time_from(shared.clock.now()),
        })?;
        Ok(place)
    }
}

/// An answer that costs nothing.
pub(super) async fn cheap(viewer: Viewer, State(bursts): State<Bursts>) -> Result<Response, Fault> {
    let _place = bursts.enter(&viewer.session)?;
    Ok(answered("ok\n".to_owned()))
}

/// An answer for which the database is asked.
pub(super) async fn database(
    viewer: Viewer,
    State(state): State<AppState>,
) -> Result<Response, Fault> {
    let _place = state.bursts.enter(&viewer.session)?;
    Ok(answered(format!("{} sites\n", state.vitals.touch().await?)))
}

fn answered(text: String) -> Response {
    ([(CACHE_CONTROL, "no-store")], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_fires_one_burst_and_another_session_its_own() {
        let bursts = Bursts::default();

        let through = (0..MOST + 500).filter(|_| bursts.enter("one").is_ok()).count();

        // Some come back while it fires.
        assert!((10_000..10_400).contains(&through), "{through}");
        assert!(bursts.enter("other").is_ok());
    }

    #[test]
    fn no_session_has_more_than_64_requests_running() {
        let bursts = Bursts::default();

        let running: Vec<_> = (0..65).filter_map(|_| bursts.enter("one").ok()).collect();

        assert_eq!(running.len(), AT_ONCE);
        drop(running);
        assert!(bursts.enter("one").is_ok());
    }
}
