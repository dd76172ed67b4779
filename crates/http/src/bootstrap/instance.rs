use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use greengrid_app::error::StoreError;
use greengrid_app::fleet::Directory;
use greengrid_app::ingestion::connections::Poller;
use greengrid_app::live::{Heard, Notice};
use greengrid_app::messages::Links;
use greengrid_app::monitoring::alerts::Alerts;
use greengrid_app::monitoring::reports::Reports;
use greengrid_app::onboarding::Onboarding;
use greengrid_infra::mqtt::Subscriber;
use greengrid_infra::postgres::{Notices, Pools};
use greengrid_infra::runners::projector::Projector;
use greengrid_infra::runners::{self, Task, assessor, courier, customer, leased, poller, postman};
use tokio::net::TcpListener;
use tokio::sync::{broadcast, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{
    Core, CustomerParts, CustomerRounds, alerts, broker, connections, factors, mail, onboarding,
    reports, webhooks,
};
use crate::AppState;
use crate::grpc::Streams;
use crate::observability::metrics;
use crate::server::{self, Limits};
use crate::settings::{Secret, Settings};
use crate::sse::Registry;

/// How long runners may take to end what they are at.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often sessions and attempts past their time are deleted.
const SWEEP: Duration = Duration::from_mins(10);

/// How often imports that fell silent are ended: about as long as it takes
/// until they count as such.
const END_SILENT: Duration = Duration::from_secs(20);

/// Projected intervals that may wait for the assessor.
const TOUCHED: usize = 64;

/// A program that serves a fleet: its pages and what runs behind them.
pub struct Instance {
    state: AppState,
    pools: Pools,
    /// Ends streams and whatever answers requests.
    stop: CancellationToken,
    /// Ends what runs behind them, afterwards.
    end: CancellationToken,
    runners: TaskTracker,
}

impl Instance {
    /// Starts what runs behind the pages.
    pub async fn start(core: Core, settings: Settings) -> Result<Self, StoreError> {
        if let Err(error) = metrics::begin() {
            tracing::warn!(error, "nothing is measured for Prometheus");
        }
        let (stop, end) = (CancellationToken::new(), CancellationToken::new());
        let pools = core.stores.pools.clone();
        let notices = Notices::listen(&pools.pages, end.clone()).await.map_err(StoreError::new)?;
        let live = Registry::new(core.stores.sessions.clone(), settings.streams);
        let runners = TaskTracker::new();
        runners.spawn(live.clone().run(notices.subscribe(), stop.clone()));
        let streams = Streams::default();
        let identity = core.identity().clone();
        runners.spawn(streams.clone().run(identity, notices.subscribe(), stop.clone()));
        let reloading = keep_directory(core.directory.clone(), live.clone(), notices.subscribe());
        runners.spawn(end.clone().run_until_cancelled_owned(reloading));
        let postman = mail::postman(&core, settings.mail.as_ref());
        runners.spawn(postman::run(postman, notices.subscribe(), end.clone()));
        let told = webhooks::courier(&core, &settings)?;
        runners.spawn(courier::run(told, notices.subscribe(), end.clone()));
        runners.spawn(project(core.clone(), notices, end.clone()));
        runners.spawn(keep_house(core.clone(), end.clone()));
        let stand_ins = settings.vendor_stand_ins.as_deref();
        let connections = connections::connections(&core, &settings.secret, stand_ins);
        runners.spawn(poll(connections::poller(&core, &connections), pools.clone(), end.clone()));
        let broker = broker::broker(&core);
        if let Some(subscriber) = broker::subscriber(&core, &broker, settings.broker.as_ref()) {
            runners.spawn(listen(subscriber, pools.clone(), end.clone()));
        }
        let links = settings.links();
        let own = CustomerParts::of(&core, &links, &settings.secret).cases();
        runners.spawn(write_to_owners(
            core.clone(),
            links.clone(),
            settings.secret.clone(),
            end.clone(),
        ));
        let onboarding = onboarding::onboarding(&core, &settings, &connections);
        runners.spawn(carry_on(onboarding.clone(), pools.clone(), end.clone()));
        let handovers = reports::handovers(&core);
        let reports = reports::reports(&core, settings.links(), &onboarding);
        runners.spawn(write_reports(reports.clone(), pools.clone(), end.clone()));
        let alerts = alerts::alerts(&core, settings.links());
        runners.spawn(tell_alerts(alerts.clone(), pools.clone(), end.clone()));
        let state = AppState::builder()
            .onboarding(onboarding)
            .identity(core.identity().clone())
            .factors(factors::factors(&core, &settings.secret))
            .connections(connections)
            .broker(broker)
            .canary(connections::canary(&core))
            .messages(core.messages.clone())
            .reports(reports)
            .handovers(handovers)
            .alerts(alerts)
            .webhooks(webhooks::webhooks(&core, &settings))
            .links(settings.links())
            .settings(Arc::new(settings))
            .monitoring(core.monitoring.clone())
            .anomalies(core.anomalies.clone())
            .what_if(core.what_if.clone())
            .own_sites(own.own_sites)
            .memberships(own.memberships)
            .notices(own.notices)
            .takeouts(own.takeouts)
            .closing(own.closing)
            .chat(core.chat.clone())
            .vitals(core.vitals())
            .ingestion(core.ingestion.clone())
            .imports(core.imports.clone())
            .samples(core.samples())
            .directory(core.directory.clone())
            .regions(core.regions())
            .clock(Arc::clone(&core.clock))
            .live(live)
            .streams(streams)
            .build();
        Ok(Self { state, pools, stop, end, runners })
    }

    /// Its pages and interfaces.
    pub fn router(&self) -> Router {
        crate::router(self.state.clone())
    }

    /// Runs until the instance ends, for as long as no other instance on the
    /// same database does the same.
    pub fn run_once<F>(
        &self,
        task: Task,
        work: impl Fn(CancellationToken) -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = ()> + Send,
    {
        let (pool, end) = (self.pools.ingest.clone(), self.end.clone());
        self.runners.spawn(async move { leased(&pool, task, &end, work).await });
    }

    /// Serves until `stop` is cancelled; then ends streams, requests and
    /// runners, in this order, and returns within some ten seconds.
    pub async fn serve(self, listener: TcpListener, limits: Limits, stop: CancellationToken) {
        let serving = server::serve(listener, self.router(), limits, self.stop.clone());
        let stopping = async {
            stop.cancelled().await;
            tracing::info!("stopping");
            self.stop.cancel();
        };
        tokio::join!(serving, stopping);
        self.end().await;
    }

    /// Ends what runs, whether or not it was served.
    pub async fn end(self) {
        self.stop.cancel();
        self.end.cancel();
        self.runners.close();
        if tokio::time::timeout(PATIENCE, self.runners.wait()).await.is_err() {
            tracing::warn!(runners = self.runners.len(), "runners cut at the end");
        }
    }
}

/// Reads the fleet anew whenever it changed or may have, then has the pages
/// show it.
async fn keep_directory(
    directory: Directory,
    live: Registry,
    mut heard: broadcast::Receiver<Heard>,
) {
    use broadcast::error::RecvError;
    loop {
        match heard.recv().await {
            Ok(Heard::Notice(Notice::FleetChanged) | Heard::Reconnected)
            | Err(RecvError::Lagged(_)) => {}
            Ok(Heard::Notice(_)) => continue,
            Err(RecvError::Closed) => return,
        }
        while let Err(error) = directory.reload().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the fleet could not be read anew"
            );
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        live.fleet_changed();
    }
}

/// Derives the read models and judges the sites, in one instance at a time.
async fn project(core: Core, notices: Notices, end: CancellationToken) {
    let pool = core.stores.pools.background.clone();
    leased(&pool, Task::Projection, &end, |turn| {
        let (touched, changed) = mpsc::channel(TOUCHED);
        let assessor = Arc::new(core.assessor());
        let (pool, notices) = (pool.clone(), notices.clone());
        async move {
            tokio::join!(
                Projector::run(pool, &notices, touched, turn.clone()),
                assessor::run(assessor, changed, turn.clone()),
            );
        }
    })
    .await;
}

/// Writes to people about their sites and puts their data together, in one
/// instance at a time.
async fn write_to_owners(core: Core, links: Links, secret: Secret, end: CancellationToken) {
    let pools = &core.stores.pools;
    leased(&pools.ingest, Task::Owners, &end, |turn| {
        let CustomerRounds { notices, takeouts, files } =
            CustomerParts::of(&core, &links, &secret).rounds();
        customer::run(notices, takeouts, files, turn)
    })
    .await;
}

/// Polls the vendors, in one instance at a time.
async fn poll(poller: Poller, pools: Pools, end: CancellationToken) {
    leased(&pools.ingest, Task::Polling, &end, |turn| poller::run(poller.clone(), turn)).await;
}

/// Takes what a broker passes on, in one instance at a time.
async fn listen(subscriber: Subscriber, pools: Pools, end: CancellationToken) {
    leased(&pools.ingest, Task::Broker, &end, |turn| subscriber.clone().run(turn)).await;
}

/// Carries cases of onboarding on, in one instance at a time.
async fn carry_on(onboarding: Onboarding, pools: Pools, end: CancellationToken) {
    leased(&pools.ingest, Task::Onboarding, &end, |turn| {
        runners::onboarding::run(onboarding.clone(), turn)
    })
    .await;
}

/// Tells what alert rules noticed, in one instance at a time.
async fn tell_alerts(alerts: Alerts, pools: Pools, end: CancellationToken) {
    leased(&pools.pages, Task::Alerts, &end, |turn| runners::alerts::run(alerts.clone(), turn))
        .await;
}

/// Writes morning reports, in one instance at a time.
async fn write_reports(reports: Reports, pools: Pools, end: CancellationToken) {
    leased(&pools.pages, Task::Reports, &end, |turn| runners::reports::run(reports.clone(), turn))
        .await;
}

/// Deletes what is past its time, and ends what fell silent, in one instance at
/// a time.
async fn keep_house(core: Core, end: CancellationToken) {
    leased(&core.stores.pools.pages, Task::Housekeeping, &end, |turn| {
        let (identity, imports) = (core.identity().clone(), core.imports.clone());
        async move {
            let sweeping = every(SWEEP, || identity.sweep());
            let ending = every(END_SILENT, || imports.end_silent());
            turn.run_until_cancelled(async { tokio::join!(sweeping, ending) }).await;
        }
    })
    .await;
}

/// Does something again and again; a failure is logged, and it goes on.
async fn every<F, T>(pause: Duration, work: impl Fn() -> F)
where
    F: Future<Output = Result<T, StoreError>>,
{
    loop {
        if let Err(error) = work().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "housekeeping failed");
        }
        tokio::time::sleep(pause).await;
    }
}
