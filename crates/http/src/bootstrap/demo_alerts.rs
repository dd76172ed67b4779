//! What the demo's team is told, and what it did this morning.

use std::sync::Arc;

use greengrid_app::actor::Actor;
use greengrid_app::error::StoreError;
use greengrid_app::messages::Links;
use greengrid_app::monitoring::AnomalyStore as _;
use greengrid_domain::identity::Role;
use greengrid_domain::monitoring::alert::{
    AlertFilter, AlertRule, AlertSilence, Escalation, Inhibition, Label, Matcher, Severity,
};
use greengrid_domain::monitoring::{AnomalyKind, LocalHours};
use greengrid_infra::demo::{DemoClock, DemoFleet, first_look};
use greengrid_infra::postgres::monitoring::PgAnomalyStore;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Core, alerts, connections, onboarding, reports};
use crate::settings::Settings;

const DIANA: &str = "ops@demo.greengrid.example";
const CARLA: &str = "cs@demo.greengrid.example";
const ADAM: &str = "admin@demo.greengrid.example";

/// What somebody wrote beside a site's anomaly: minutes after the first look,
/// who, where and what.
const NOTED: [(i64, Role, &str, &str); 2] = [
    (41, Role::Ops, "Harbour Cold Store", "The technician comes on Monday at nine."),
    (112, Role::Cs, "Alder Dairy Farm", "Rang Jane Alder: she looks at the breaker at eleven."),
];

/// Makes the rules by which the team is told, unless there are some.
pub(super) async fn rules(core: &Core, links: &Links) -> Result<(), StoreError> {
    // Long before, so that they are nothing to tell of this morning.
    let alerts = alerts::alerts_by(core, links.clone(), clock(first_look() - AGO));
    let Some(diana) = person(core, Role::Ops).await? else { return Ok(()) };
    let (known, ..) = alerts.list(&diana).await.map_err(StoreError::new)?;
    if !known.is_empty() {
        return Ok(());
    }
    for rule in [act_today()?, silent_gateways()?, slow_losses()?] {
        alerts.save(&diana, rule, true).await.map_err(StoreError::new)?;
    }
    let inhibition = Inhibition {
        id: Uuid::from_u128(0x6472_696c_6c01).into(),
        why: "Who is silent may well produce".parse().map_err(StoreError::new)?,
        source: Matcher { kind: Some(AnomalyKind::CommGap), ..Matcher::default() },
        target: Matcher { kind: Some(AnomalyKind::Outage), ..Matcher::default() },
        equal: [Label::Site].into(),
    };
    alerts.inhibit(&diana, inhibition).await.map_err(StoreError::new)
}

/// Writes the morning reports at the hour at which they are due, and tells what
/// the first look found when it has been gathered.
pub(super) async fn morning(core: &Core, settings: &Settings) -> Result<(), StoreError> {
    let links = settings.links();
    let connections = connections::connections(core, &settings.secret, None);
    let onboarding = onboarding::onboarding(core, settings, &connections);
    let reports = reports::reports(core, links.clone(), &onboarding);
    reports.write_due().await.map_err(StoreError::new)?;
    let gathered = clock(first_look() + GATHER);
    alerts::alerts_by(core, links, gathered).tell_due().await?;
    Ok(())
}

/// Has people do what they did between then and the moment at which the demo
/// opens.
pub(super) async fn since(core: &Core, links: &Links, fleet: &DemoFleet) -> Result<(), StoreError> {
    let store = PgAnomalyStore::new(core.stores.pools.pages.clone());
    for (minutes, role, name, text) in NOTED {
        // A small fleet has not all of them.
        let Some(Actor::User { id: by, .. }) = person(core, role).await? else { continue };
        let Some(site) = fleet.named(name) else { continue };
        let Some(site) = core.directory.snapshot().site_by_code(&site.code).map(|it| it.id) else {
            continue;
        };
        let at = first_look() + SignedDuration::from_mins(minutes);
        let note = text.parse().map_err(StoreError::new)?;
        for record in store.of_site(site, 1).await? {
            store.note(by, record.id, at, &note).await?;
        }
    }
    let Some(diana) = person(core, Role::Ops).await? else { return Ok(()) };
    let at = first_look() + SignedDuration::from_mins(105);
    let silence = AlertSilence {
        id: Uuid::from_u128(0x6472_696c_6c02).into(),
        kind: Some(AnomalyKind::CommGap),
        region: fleet.sites.iter().map(|site| &site.details.region).max().cloned(),
        brand: None,
        from: at,
        until: at + SignedDuration::from_hours(5),
        why: "The provider changes its routers until one o’clock"
            .parse()
            .map_err(StoreError::new)?,
    };
    let alerts = alerts::alerts_by(core, links.clone(), clock(at));
    alerts.silence(&diana, silence).await.map_err(StoreError::new)
}

/// How long before the first look they were made.
const AGO: SignedDuration = SignedDuration::from_hours(60 * 24);

/// For how long the rules gather.
const GATHER: SignedDuration = SignedDuration::from_mins(5);

fn act_today() -> Result<AlertRule, StoreError> {
    Ok(AlertRule {
        escalation: Some(Escalation {
            after: SignedDuration::from_mins(120),
            to: vec![ADAM.parse().map_err(StoreError::new)?],
        }),
        ..rule(0x10, "Act today", &[], Severity::ActToday, DIANA)?
    })
}

fn silent_gateways() -> Result<AlertRule, StoreError> {
    Ok(AlertRule {
        lasting: SignedDuration::from_mins(60),
        quiet: Some(LocalHours::new(22, 6).map_err(StoreError::new)?),
        ..rule(0x11, "Silent gateways", &[AnomalyKind::CommGap], Severity::Any, CARLA)?
    })
}

fn slow_losses() -> Result<AlertRule, StoreError> {
    Ok(AlertRule {
        gather: SignedDuration::from_hours(24),
        tells_end: false,
        ..rule(
            0x12,
            "Dust and shade, once a day",
            &[AnomalyKind::SoilingDrift],
            Severity::Any,
            DIANA,
        )?
    })
}

fn rule(
    number: u128,
    name: &str,
    kinds: &[AnomalyKind],
    severity: Severity,
    to: &str,
) -> Result<AlertRule, StoreError> {
    Ok(AlertRule {
        id: Uuid::from_u128(0x6472_696c_6c00 + number).into(),
        name: name.parse().map_err(StoreError::new)?,
        filter: AlertFilter {
            kinds: kinds.iter().copied().collect(),
            severity,
            region: None,
            brand: None,
            least_per_day: Decimal::ZERO,
        },
        lasting: SignedDuration::ZERO,
        gather: GATHER,
        quiet: None,
        to: vec![to.parse().map_err(StoreError::new)?],
        webhooks: [].into(),
        escalation: None,
        tells_end: true,
        enabled: true,
    })
}

fn clock(at: Timestamp) -> Arc<DemoClock> {
    Arc::new(DemoClock::standing(at, 1.0))
}

/// Somebody of the demo who has this role.
async fn person(core: &Core, role: Role) -> Result<Option<Actor>, StoreError> {
    let people = core.identity().users(&Actor::System).await.map_err(StoreError::new)?;
    let found = people.into_iter().find(|it| it.user.role == role);
    Ok(found.map(|found| Actor::User { id: found.user.id, role }))
}
