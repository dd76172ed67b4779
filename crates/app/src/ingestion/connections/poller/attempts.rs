use greengrid_domain::fleet::Site;
use greengrid_domain::ingestion::{Record, back_off};
use jiff::{SignedDuration, Timestamp};
use rand::TryRngCore as _;
use rand::rngs::OsRng;

use crate::ingestion::connections::{Attempt, Connection, VendorIncident};
use crate::ingestion::vendors::{VendorError, is_awake};

/// At night a connection is asked so many times less often.
const NIGHT: i32 = 4;

/// A site that seems to lose something is asked so many times more often while
/// there are calls to spare.
const SUSPECT: i32 = 2;

/// The progress so far, with nothing else changed.
pub(super) fn kept(connection: &Connection, now: Timestamp) -> Attempt {
    Attempt {
        id: connection.id,
        at: now,
        record: connection.record,
        said: connection.said.clone(),
        progress: Some(connection.progress),
        next_run: connection.next_run,
    }
}

/// What an attempt came to, and when to try next.
pub(super) fn attempt(
    connection: &Connection,
    site: &Site,
    error: Option<&VendorError>,
    suspect: bool,
    now: Timestamp,
) -> Attempt {
    let place = site.details.location;
    // Where nothing ever came, from when on it is waited for.
    let newest = connection.progress.newest.unwrap_or(connection.progress.checkpoint);
    let late = is_awake(place, now)
        && now.duration_since(newest) > LATE + connection.cadence * 2
        && is_awake(place, now - LATE);
    let record = match error {
        Some(error) => connection.record.failed(now, error.cause),
        None if late => connection.record.found_nothing_new(now),
        None => connection.record.succeeded(now),
    };
    let awake = is_awake(place, now) || is_awake(place, now + connection.cadence);
    let usual = match (awake, suspect) {
        (true, true) => connection.cadence / SUSPECT,
        (true, false) => connection.cadence,
        (false, _) => connection.cadence * NIGHT,
    };
    Attempt {
        id: connection.id,
        at: now,
        record,
        said: error.and_then(|error| error.said.clone()),
        progress: Some(connection.progress),
        next_run: now + wait(&record, error, usual),
    }
}

/// How much later than usual readings may be before it is worth a word.
const LATE: SignedDuration = SignedDuration::from_hours(2);

/// What is noted of a connection that fails without having been asked, since
/// others before it did.
pub(super) fn failed_with_others(
    connection: &Connection,
    error: &VendorError,
    now: Timestamp,
) -> Attempt {
    let record = connection.record.failed(now, error.cause);
    let next_run = now + wait(&record, Some(error), connection.cadence);
    let said = error.said.clone();
    Attempt { id: connection.id, at: now, record, said, progress: None, next_run }
}

/// What is noted of a connection that an open incident keeps from being asked.
/// That its vendor still fails is no further failure of its own.
pub(super) fn held(connection: &Connection, incident: &VendorIncident, now: Timestamp) -> Attempt {
    let cause = incident.breaker.cause;
    let record = match connection.record.cause {
        Some(known) if known == cause => connection.record,
        _ => connection.record.failed(now, cause),
    };
    let next_run = now + wait(&record, None, connection.cadence);
    let said = incident.said.clone();
    Attempt { id: connection.id, at: now, record, said, progress: None, next_run }
}

/// The same connection as the one that is asked first when a probe may go.
pub(super) fn next_probe(
    connection: &Connection,
    incident: &VendorIncident,
    now: Timestamp,
) -> Attempt {
    Attempt { next_run: incident.breaker.probe_at, ..kept(connection, now) }
}

/// The time until the next attempt, spread so that those made together do not
/// stay together.
fn wait(record: &Record, error: Option<&VendorError>, usual: SignedDuration) -> SignedDuration {
    let jitter = jitter();
    let Some(error) = error else {
        let spread = usual.as_secs_f64() * (jitter - 0.5) / 10.0;
        return usual + SignedDuration::try_from_secs_f64(spread).unwrap_or_default();
    };
    let asked = error.retry_after.and_then(|wait| SignedDuration::try_from(wait).ok());
    let wait = back_off(record.failures, asked, jitter);
    // Nobody mends a key within seconds.
    if error.cause.passes() { wait } else { wait.max(usual) }
}

/// Between 0 and 1.
pub(super) fn jitter() -> f64 {
    f64::from(OsRng.try_next_u32().unwrap_or(0)) / f64::from(u32::MAX)
}
