//! One post or one reading, sent to watch its way.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use greengrid_app::actor::Actor;
use greengrid_app::chat::{PostError, WritePost};
use greengrid_app::fleet::FleetSnapshot;
use greengrid_app::ingestion::{Receipt, SampleError};
use greengrid_app::live::Topic;
use greengrid_app::monitoring::SitePage;
use greengrid_domain::chat::Room;
use greengrid_domain::fleet::SiteCode;
use greengrid_domain::units::Power;
use serde::Deserialize;
use tower_http::request_id::RequestId;
use uuid::Uuid;

use super::handlers::{self, Problem};
use super::watch::Entry;
use super::{trace, views};
use crate::auth::{Caller, Viewer, patched};
use crate::components::PageClock;
use crate::fault::{Fault, whole_seconds};
use crate::query::{Address, Asked};
use crate::sse::{self, View};
use crate::state::AppState;
use crate::urls;

/// A reading whose way is watched: of which site, and the id of the request by
/// which it came.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Followed {
    pub(crate) site: SiteCode,
    pub(crate) trace: Uuid,
}

impl Followed {
    /// What an address says of it.
    pub(crate) fn read(asked: &mut Asked) -> Option<Self> {
        let (site, trace) = (asked.parse("site"), asked.parse("followed"));
        Some(Self { site: site?, trace: trace? })
    }

    /// Says it in an address.
    pub(crate) fn write(followed: Option<&Self>, to: Address) -> Address {
        to.with("site", followed.map(|it| &it.site)).with("followed", followed.map(|it| it.trace))
    }

    /// What changes with the site.
    pub(crate) fn topic(&self, fleet: &FleetSnapshot) -> Option<Topic> {
        fleet.site_by_code(&self.site).map(|site| Topic::Site(site.id))
    }
}

/// What there is to see of a reading that is followed.
pub(super) struct Way {
    /// The site as it stands now.
    pub(super) site: SitePage,
    pub(super) entries: Vec<Entry>,
    pub(super) clock: PageClock,
}

impl Way {
    /// Reads how far it is.
    pub(super) async fn read(
        followed: Option<&Followed>,
        state: &AppState,
        actor: &Actor,
    ) -> Result<Option<Self>, Fault> {
        let Some(followed) = followed else { return Ok(None) };
        let site = state.monitoring.site(actor, &followed.site).await?;
        let fleet = state.directory.snapshot();
        let entries = trace::read(&followed.trace.to_string(), followed.topic(&fleet));
        Ok(Some(Self { site, entries, clock: PageClock::of_fleet(&*state.clock, &fleet) }))
    }
}

/// A post whose way is to be seen.
#[derive(Debug, Deserialize)]
pub(super) struct PostDto {
    #[serde(default)]
    text: String,
}

/// Posts in the lobby and shows the way of that very request.
pub(super) async fn post(
    viewer: Viewer,
    State(state): State<AppState>,
    Extension(request): Extension<RequestId>,
    Form(dto): Form<PostDto>,
) -> Result<Response, Fault> {
    let id = request.header_value().to_str().unwrap_or_default().to_owned();
    let post = WritePost { room: Room::Lobby, id: state.chat.next_id(), text: dto.text.clone() };
    let (status, wrong) = match state.chat.post(&viewer.actor, post).await {
        Ok(_) => return Ok(Redirect::to(&urls::trace(&id)).into_response()),
        Err(PostError::Body(error)) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
        Err(PostError::TooFast(wait)) => (
            StatusCode::TOO_MANY_REQUESTS,
            format!("that was a lot at once; send it again in {} seconds", whole_seconds(wait)),
        ),
        Err(PostError::Chat(error)) => return Err(error.into()),
    };
    let problem = Problem { post: Some((wrong, dto.text)), ..Problem::default() };
    let page = handlers::system_page(&viewer, &state, None, None, &problem).await?;
    Ok((status, page).into_response())
}

/// A reading whose way is to be seen, as it is typed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ReadingDto {
    #[serde(default)]
    pub(super) site: String,
    #[serde(default)]
    pub(super) power: String,
    /// What the panels of the page tell.
    #[serde(default)]
    pub(super) q: String,
}

/// What is wrong with a reading that somebody typed, by its field.
#[derive(Debug, Default)]
pub(super) struct ReadingWrong {
    pub(super) site: Option<String>,
    pub(super) power: Option<String>,
}

impl ReadingDto {
    /// Site and power.
    fn command(&self) -> Result<(SiteCode, Power), ReadingWrong> {
        let site = self.site.parse::<SiteCode>().map_err(|error| error.to_string());
        let power = self
            .power
            .trim()
            .parse::<u32>()
            .map_err(|_| "write a whole number of watts, such as 4200".to_owned());
        match (site, power) {
            (Ok(site), Ok(power)) => Ok((site, Power::from_watts(power.into()))),
            (site, power) => Err(ReadingWrong { site: site.err(), power: power.err() }),
        }
    }
}

/// Sends a reading through the door of all readings and shows the way of that
/// very request. With script the page stays and its stream goes on to show the
/// way too, before anything has followed; without, the way is seen as far as it
/// is when the page comes.
pub(super) async fn reading(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Extension(request): Extension<RequestId>,
    Form(dto): Form<ReadingDto>,
) -> Result<Response, Fault> {
    let wrong = match dto.command() {
        Ok((site, power)) => match state.samples.send(&viewer.actor, &site, power).await {
            Ok(receipt) => {
                let trace = request.header_value().to_str().unwrap_or_default();
                let trace = trace.parse().map_err(|_| Fault::NotFound)?;
                let followed = Followed { site, trace };
                return Ok(sent(caller, &dto, followed, &receipt));
            }
            Err(error @ SampleError::NoSuchSite) => {
                ReadingWrong { site: Some(error.to_string()), power: None }
            }
            Err(error) => return Err(error.into()),
        },
        Err(wrong) => wrong,
    };
    if caller.datastar {
        return Ok(patched(views::reading_form(&state.directory.snapshot(), &dto, &wrong)));
    }
    let problem = Problem { reading: Some((wrong, dto)), ..Problem::default() };
    let page = handlers::system_page(&viewer, &state, None, None, &problem).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn sent(caller: Caller, dto: &ReadingDto, followed: Followed, receipt: &Receipt) -> Response {
    if caller.datastar {
        let filter = (!dto.q.is_empty()).then(|| dto.q.clone());
        let stream = sse::live_element(&View::System(filter, Some(followed)).url());
        return patched(maud::html! { (stream) (views::verdict(Some(receipt))) });
    }
    let to = Followed::write(Some(&followed), Address::new(urls::SYSTEM)).finish();
    Redirect::to(&format!("{to}#followed")).into_response()
}

impl From<SampleError> for Fault {
    fn from(error: SampleError) -> Self {
        match error {
            SampleError::Denied(denied) => denied.into(),
            SampleError::NoSuchSite => Self::NotFound,
            SampleError::NotADemo => Self::Conflict(error.to_string()),
            SampleError::Store(store) => store.into(),
        }
    }
}
