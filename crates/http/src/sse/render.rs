//! Which module renders which view.

use async_trait::async_trait;
use greengrid_app::live::Topic;
use greengrid_domain::identity::Role;
use maud::Markup;

use super::channel::Source;
use super::view::{Audience, View};
use crate::fault::Fault;
use crate::ingestion::{connections, imports, quarantine};
use crate::state::AppState;
use crate::{chat, customer, fleet, identity, messages, monitoring, observability, onboarding};

/// The pages of this program.
pub(super) struct Pages(pub(super) AppState);

#[async_trait]
impl Source for Pages {
    async fn topics(&self, view: &View, audience: Audience) -> Result<Vec<Topic>, Fault> {
        let directory = &self.0.directory;
        Ok(match view {
            View::Overview(_) => vec![Topic::Fleet, Topic::Connections],
            View::Sites(_) | View::Handover(_) => vec![Topic::Fleet],
            View::Site { site, .. } => {
                let fleet = directory.snapshot();
                vec![Topic::Site(fleet.site_by_code(site).ok_or(Fault::NotFound)?.id)]
            }
            View::Scorecard(_) => vec![Topic::Scorecard],
            View::OwnSites => {
                let user = audience.actor().user().ok_or(Fault::Forbidden)?;
                let sites = directory.store().sites_of(user).await?;
                let sites = sites.into_iter().map(Topic::Site);
                sites.chain([Topic::Person(user)]).collect()
            }
            View::OwnData => {
                vec![Topic::Person(audience.actor().user().ok_or(Fault::Forbidden)?)]
            }
            View::OwnSite { site, .. } | View::SitePeople(site) => {
                let user = audience.actor().user().ok_or(Fault::Forbidden)?;
                let fleet = directory.snapshot();
                let site = fleet.site_by_code(site).ok_or(Fault::NotFound)?.id;
                vec![Topic::Site(site), Topic::Person(user)]
            }
            View::Import(job) => vec![Topic::Import(*job)],
            View::Quarantine => vec![Topic::Quarantine],
            View::Connections => vec![Topic::Connections],
            View::Alerts => vec![Topic::Alerts],
            View::Webhooks | View::Webhook(..) => vec![Topic::Webhooks],
            View::Reports => vec![Topic::Reports],
            View::Letters(_) => vec![Topic::Letters],
            View::Accounts(_) | View::Tokens => vec![Topic::Accounts],
            View::Onboarding(_) => vec![Topic::Onboarding],
            View::Case(case) => vec![Topic::Case((*case).into())],
            View::Room(room, _) => vec![Topic::Room(room.mark())],
            View::Inbox(_) => {
                let user = audience.actor().user().ok_or(Fault::Forbidden)?;
                vec![Topic::Rooms, Topic::Reader(user), Topic::Moderation]
            }
            View::Moderation => vec![Topic::Moderation],
            View::System(_, followed) => {
                let fleet = directory.snapshot();
                let site = followed.as_ref().and_then(|followed| followed.topic(&fleet));
                site.into_iter().chain([Topic::System]).collect()
            }
            View::Trace(_) => vec![Topic::System],
        })
    }

    async fn render(&self, view: &View, audience: Audience) -> Result<Markup, Fault> {
        let (state, actor) = (&self.0, audience.actor());
        match view {
            View::Overview(query) => monitoring::live::overview(query, state, &actor).await,
            View::Sites(query) => fleet::live::sites(query, state, &actor).await,
            View::Site { site, from, to, anomaly } => {
                fleet::live::site(site, (*from, *to), *anomaly, state, &actor).await
            }
            View::Scorecard(query) => monitoring::live::scorecard(query, state, &actor).await,
            View::OwnSites => customer::live::sites(state, &actor).await,
            View::SitePeople(site) => customer::people::live::patch(site, state, &actor).await,
            View::OwnData => customer::data::live::patch(state, &actor).await,
            View::OwnSite { site, history } => {
                customer::live::site(site, *history, state, &actor).await
            }
            View::Connections => connections::live::patch(state, &actor).await,
            View::Alerts => monitoring::alerts::live::patch(state, &actor).await,
            View::Webhooks => messages::webhooks::live::list(state, &actor).await,
            View::Webhook(id, of) => messages::webhooks::live::patch(*id, *of, state, &actor).await,
            View::Handover(region) => {
                monitoring::handover::live::patch(region.clone(), state, &actor).await
            }
            View::Reports => monitoring::reports::live::patch(state, &actor).await,
            View::Letters(of) => messages::live::patch(*of, state, &actor).await,
            View::Accounts(query) => identity::live::people(query, state, &actor).await,
            View::Tokens => identity::live::tokens(state, &actor).await,
            View::Onboarding(query) => onboarding::live::board(query, state, &actor).await,
            View::Case(case) => onboarding::live::case(*case, state, &actor).await,
            View::Import(job) => imports::live::patch(*job, state, &actor).await,
            View::Quarantine => quarantine::live::patch(state, &actor).await,
            View::Room(room, window) => chat::live::room(room, *window, state, &actor).await,
            View::Inbox(room) => chat::live::inbox(room.as_ref(), state, &actor).await,
            View::Moderation => chat::live::moderation(state, &actor).await,
            View::System(text, followed) => {
                observability::live::system(text.as_deref(), followed.as_ref(), state, &actor).await
            }
            View::Trace(id) => observability::live::trace(id, &actor),
        }
    }

    fn beside(&self, view: &View, role: Role) -> Option<View> {
        view.beside(role)
    }
}
