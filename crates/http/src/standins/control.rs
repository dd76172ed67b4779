use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State as FromState};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use greengrid_app::clock::Clock;
use greengrid_domain::fleet::Brand;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use serde_json::Value;

use super::plant::{Physics, Plant};

/// Something that goes wrong at a vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Fault {
    /// It has a fault, and a proxy in front of it answers with a web page.
    BadGateway,
    /// It is maintained.
    Maintenance,
    /// It counts too many calls in a minute.
    Minute,
    /// It counts too many calls in the month.
    Month,
    /// It does not know the key.
    Key,
    /// Its interface has ended.
    Gone,
    /// Its answers are well and empty of sense.
    Nonsense,
    /// Its answers are well and hold a field that was never there.
    NewField,
}

/// What all stand-ins share.
#[derive(Clone)]
pub(super) struct State {
    pub(super) physics: Arc<dyn Physics>,
    pub(super) clock: Arc<dyn Clock>,
    /// Calls of a key in a minute.
    per_minute: usize,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    faults: HashMap<Brand, (Fault, u32)>,
    calls: HashMap<Brand, VecDeque<Timestamp>>,
    /// The tokens in force: of each approval, how often they were
    /// renewed. None for one whose code was not traded yet.
    renewals: HashMap<u32, Option<u32>>,
    /// When the tokens of an approval were given.
    given: HashMap<u32, Timestamp>,
}

impl State {
    pub(super) fn new(physics: Arc<dyn Physics>, clock: Arc<dyn Clock>, per_minute: usize) -> Self {
        Self { physics, clock, per_minute, shared: Arc::default() }
    }

    /// Counts a call, and says what is to go wrong with it.
    pub(super) fn called(&self, brand: Brand) -> Option<Fault> {
        let now = self.clock.now();
        let mut shared = self.shared.lock();
        let calls = shared.calls.entry(brand).or_default();
        while calls.front().is_some_and(|at| now.duration_since(*at) >= MINUTE) {
            calls.pop_front();
        }
        calls.push_back(now);
        let many = calls.len() > self.per_minute && brand != Brand::Fronius;
        if let Some((fault, left)) = shared.faults.get_mut(&brand)
            && *fault != Fault::NewField
            && *left > 0
        {
            *left -= 1;
            return Some(*fault);
        }
        many.then_some(Fault::Minute)
    }

    /// Whether the answers of a brand hold a new field.
    fn has_new_field(&self, brand: Brand) -> bool {
        let shared = self.shared.lock();
        shared
            .faults
            .get(&brand)
            .is_some_and(|(fault, left)| *fault == Fault::NewField && *left > 0)
    }

    /// The site of a brand under a number.
    pub(super) fn plant(&self, brand: Brand, number: usize) -> Option<&Plant> {
        self.physics.plants().get(number).filter(|plant| plant.brand == brand)
    }

    /// The sites of a brand with their numbers.
    pub(super) fn plants(&self, brand: Brand) -> impl Iterator<Item = (usize, &Plant)> {
        self.physics.plants().iter().enumerate().filter(move |(_, plant)| plant.brand == brand)
    }

    /// Whether tokens that an approval gave after so many renewals are in force.
    /// Those of stand-ins that ran before these are taken at their word.
    pub(super) fn is_in_force(&self, grant: u32, renewals: u32) -> bool {
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
    pub(super) fn renew(&self, grant: u32, spent: u32) -> Option<(u32, u32)> {
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
    pub(super) fn is_fresh(&self, grant: u32, lives: SignedDuration) -> bool {
        let given = self.shared.lock().given.get(&grant).copied();
        given.is_none_or(|given| self.clock.now().duration_since(given) < lives)
    }

    /// Begins an approval; gives its number, by which its code is made.
    pub(super) fn new_grant(&self) -> u32 {
        let mut shared = self.shared.lock();
        // Each site may have been approved before anybody looked.
        let sites = self.physics.plants().len();
        let grant = u32::try_from(sites + shared.renewals.len()).unwrap_or(u32::MAX);
        shared.renewals.insert(grant, None);
        grant
    }

    /// Trades the code of an approval, once.
    pub(super) fn trade(&self, grant: u32) -> Option<(u32, u32)> {
        let mut shared = self.shared.lock();
        let untraded = shared.renewals.get_mut(&grant).filter(|renewals| renewals.is_none())?;
        *untraded = Some(0);
        shared.given.insert(grant, self.clock.now());
        Some((grant, 0))
    }
}

const MINUTE: SignedDuration = SignedDuration::from_secs(60);

/// Breaks a vendor for some calls: `{"brand":"fronius","fault":"maintenance","calls":3}`.
pub(super) async fn inject(
    FromState(state): FromState<State>,
    Json(wanted): Json<Value>,
) -> Response {
    let text = |name: &str| wanted[name].as_str().unwrap_or_default();
    let (brand, fault) = (text("brand").parse::<Brand>(), text("fault").parse::<Fault>());
    let calls = wanted["calls"].as_u64().and_then(|calls| u32::try_from(calls).ok());
    let (Ok(brand), Ok(fault), Some(calls)) = (brand, fault, calls) else {
        let usage = "send {\"brand\":…, \"fault\":…, \"calls\":…}";
        return (StatusCode::BAD_REQUEST, usage).into_response();
    };
    state.shared.lock().faults.insert(brand, (fault, calls));
    StatusCode::NO_CONTENT.into_response()
}

/// Puts a field that was never there into every object of an answer, for a
/// brand of which that is wanted.
pub(super) async fn reshaped(
    FromState(state): FromState<State>,
    request: Request,
    next: Next,
) -> Response {
    let brand = request.uri().path().split('/').nth(1).and_then(|brand| brand.parse().ok());
    let response = next.run(request).await;
    if !brand.is_some_and(|brand| state.has_new_field(brand)) || !response.status().is_success() {
        return response;
    }
    let (head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Ok(mut value) = serde_json::from_slice(&body) else {
        return Response::from_parts(head, body.into());
    };
    add_field(&mut value);
    Json(value).into_response()
}

fn add_field(value: &mut Value) {
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(add_field),
        Value::Object(fields) if fields.contains_key("timezone") => {
            fields.insert("revision".to_owned(), 2.into());
        }
        Value::Object(fields) => fields.values_mut().for_each(add_field),
        _ => {}
    }
}

/// An answer that is a refusal.
pub(super) struct Refused(Box<Response>);

impl Refused {
    pub(super) fn with(answer: impl IntoResponse) -> Self {
        Self(Box::new(answer.into_response()))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// What a proxy in front of a vendor answers.
pub(super) fn bad_gateway() -> Refused {
    let page = "<html><head><title>502 Bad Gateway</title></head></html>";
    let kind = [(header::CONTENT_TYPE, "text/html; charset=UTF-8")];
    Refused::with((StatusCode::BAD_GATEWAY, kind, page))
}
