mod fault;
mod reshape;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use axum::Json;
use axum::extract::State as FromState;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use greengrid_app::clock::Clock;
use greengrid_domain::fleet::Brand;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use serde_json::Value;

use super::plant::{Physics, Plant, Sample};
pub(in crate::standins) use fault::Fault;
pub(in crate::standins) use reshape::{one_at_a_time, reshaped};

/// What all stand-ins share.
#[derive(Clone)]
pub(in crate::standins) struct State {
    pub(in crate::standins) physics: Arc<dyn Physics>,
    pub(in crate::standins) clock: Arc<dyn Clock>,
    /// Calls of a key in a minute.
    per_minute: usize,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    faults: HashMap<Brand, Injected>,
    /// Calls that are being answered.
    under_way: HashMap<Brand, u32>,
    calls: HashMap<Brand, VecDeque<Timestamp>>,
    /// The tokens in force: of each approval, how often they were
    /// renewed. None for one whose code was not traded yet.
    renewals: HashMap<u32, Option<u32>>,
    /// When the tokens of an approval were given.
    given: HashMap<u32, Timestamp>,
}

/// What was wished to go wrong.
struct Injected {
    fault: Fault,
    /// With which call alone, by its name.
    call: Option<String>,
    /// How many calls more.
    left: u32,
    /// Since when.
    at: Timestamp,
}

/// Samples of this time before something went wrong are late by it.
const LATE: SignedDuration = SignedDuration::from_hours(1);

/// As many watts as no inverter gives.
const BILLION_W: f64 = 1e9;

impl State {
    pub(in crate::standins) fn new(
        physics: Arc<dyn Physics>,
        clock: Arc<dyn Clock>,
        per_minute: usize,
    ) -> Self {
        Self { physics, clock, per_minute, shared: Arc::default() }
    }

    /// Counts a call, and says what is to go wrong with it.
    pub(in crate::standins) fn called(&self, brand: Brand, call: &str) -> Option<Fault> {
        let now = self.clock.now();
        let mut shared = self.shared.lock();
        let calls = shared.calls.entry(brand).or_default();
        while calls.front().is_some_and(|at| now.duration_since(*at) >= MINUTE) {
            calls.pop_front();
        }
        calls.push_back(now);
        let many = calls.len() > self.per_minute && brand != Brand::Fronius;
        if let Some(injected) = shared.faults.get_mut(&brand)
            && injected.fault.refuses()
            && injected.call.as_deref().is_none_or(|only| only == call)
            && injected.left > 0
        {
            injected.left -= 1;
            return Some(injected.fault);
        }
        many.then_some(Fault::Minute)
    }

    /// Since when something is wrong with what a brand answers.
    pub(in crate::standins) fn since(&self, brand: Brand, fault: Fault) -> Option<Timestamp> {
        let shared = self.shared.lock();
        let injected = shared.faults.get(&brand)?;
        (injected.fault == fault && injected.left > 0).then_some(injected.at)
    }

    /// Whether something is wrong with what a brand answers.
    pub(in crate::standins) fn has(&self, brand: Brand, fault: Fault) -> bool {
        self.since(brand, fault).is_some()
    }

    /// What a site has sent to its vendor of the time from one instant up to
    /// another.
    pub(in crate::standins) fn samples(
        &self,
        brand: Brand,
        position: usize,
        from: Timestamp,
        to: Timestamp,
    ) -> Vec<Sample> {
        let mut samples = self.physics.samples(position, from, to);
        if let Some(at) = self.since(brand, Fault::Frozen) {
            samples.retain(|sample| sample.start < at);
        }
        if let Some(at) = self.since(brand, Fault::Late) {
            samples.retain(|sample| sample.start < at - LATE || sample.start >= at);
        }
        if self.has(brand, Fault::Billion) {
            for sample in &mut samples {
                sample.watts = BILLION_W;
            }
        }
        samples
    }

    /// When a site last sent something to its vendor.
    pub(in crate::standins) fn last_report(&self, brand: Brand) -> Timestamp {
        self.since(brand, Fault::Frozen).unwrap_or_else(|| self.clock.now())
    }

    /// Begins to answer a call; false when another is being answered.
    fn begin(&self, brand: Brand) -> bool {
        let mut shared = self.shared.lock();
        let calls = shared.under_way.entry(brand).or_default();
        *calls += 1;
        *calls == 1
    }

    /// Ends answering a call.
    fn end(&self, brand: Brand) {
        let mut shared = self.shared.lock();
        let calls = shared.under_way.entry(brand).or_default();
        *calls = calls.saturating_sub(1);
    }

    /// The site of a brand under a number.
    pub(in crate::standins) fn plant(&self, brand: Brand, number: usize) -> Option<&Plant> {
        self.physics.plants().get(number).filter(|plant| plant.brand == brand)
    }

    /// The sites of a brand with their numbers.
    pub(in crate::standins) fn plants(
        &self,
        brand: Brand,
    ) -> impl Iterator<Item = (usize, &Plant)> {
        self.physics.plants().iter().enumerate().filter(move |(_, plant)| plant.brand == brand)
    }

    /// Whether tokens that an approval gave after so many renewals are in force.
    /// Those of stand-ins that ran before these are taken at their word.
    pub(in crate::standins) fn is_in_force(&self, grant: u32, renewals: u32) -> bool {
        let mut shared = self.shared.lock();
        match shared.renewals.entry(grant).or_insert(Some(renewals)) {
            Some(known) if *known <= renewals => {
                *known = renewals;
                true
            }
            _ => false,
        }
    }

    /// Renews the tokens of an approval if these are the ones in force.
    pub(in crate::standins) fn renew(&self, grant: u32, spent: u32) -> Option<(u32, u32)> {
        if !self.is_in_force(grant, spent) {
            return None;
        }
        let mut shared = self.shared.lock();
        shared.renewals.insert(grant, Some(spent + 1));
        shared.given.insert(grant, self.clock.now());
        Some((grant, spent + 1))
    }

    /// Whether the tokens of an approval were given no longer ago than this, as
    /// far as is known.
    pub(in crate::standins) fn is_fresh(&self, grant: u32, lives: SignedDuration) -> bool {
        let given = self.shared.lock().given.get(&grant).copied();
        given.is_none_or(|given| self.clock.now().duration_since(given) < lives)
    }

    /// Begins an approval; gives its number, by which its code is made.
    pub(in crate::standins) fn new_grant(&self) -> u32 {
        let mut shared = self.shared.lock();
        // Each site may have been approved before anybody looked.
        let sites = self.physics.plants().len();
        let grant = u32::try_from(sites + shared.renewals.len()).unwrap_or(u32::MAX);
        shared.renewals.insert(grant, None);
        grant
    }

    /// Trades the code of an approval, once.
    pub(in crate::standins) fn trade(&self, grant: u32) -> Option<(u32, u32)> {
        let mut shared = self.shared.lock();
        let untraded = shared.renewals.get_mut(&grant).filter(|renewals| renewals.is_none())?;
        *untraded = Some(0);
        shared.given.insert(grant, self.clock.now());
        Some((grant, 0))
    }
}

const MINUTE: SignedDuration = SignedDuration::from_secs(60);

/// Breaks a vendor for some calls:
/// `{"brand":"fronius","fault":"maintenance","calls":3}`; with `"call":"devices"`
/// only those of this name.
pub(in crate::standins) async fn inject(
    FromState(state): FromState<State>,
    Json(wanted): Json<Value>,
) -> Response {
    let text = |name: &str| wanted[name].as_str().unwrap_or_default();
    let (brand, fault) = (text("brand").parse::<Brand>(), text("fault").parse::<Fault>());
    let calls = wanted["calls"].as_u64().and_then(|calls| u32::try_from(calls).ok());
    let (Ok(brand), Ok(fault), Some(left)) = (brand, fault, calls) else {
        let usage = "send {\"brand\":…, \"fault\":…, \"calls\":…}";
        return (StatusCode::BAD_REQUEST, usage).into_response();
    };
    let call = wanted["call"].as_str().map(str::to_owned);
    let injected = Injected { fault, call, left, at: state.clock.now() };
    state.shared.lock().faults.insert(brand, injected);
    StatusCode::NO_CONTENT.into_response()
}

/// An answer that is a refusal.
pub(in crate::standins) struct Refused(Box<Response>);

impl Refused {
    pub(in crate::standins) fn with(answer: impl IntoResponse) -> Self {
        Self(Box::new(answer.into_response()))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// What a proxy in front of a vendor answers.
pub(in crate::standins) fn bad_gateway() -> Refused {
    let page = "<html><head><title>502 Bad Gateway</title></head></html>";
    let kind = [(header::CONTENT_TYPE, "text/html; charset=UTF-8")];
    Refused::with((StatusCode::BAD_GATEWAY, kind, page))
}
