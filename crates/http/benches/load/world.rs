//! A fleet in a database of its own, with people who look at it.

use greengrid_app::actor::Actor;
use greengrid_app::fleet::{NewSite, SiteStore};
use greengrid_app::identity::NewUser;
use greengrid_app::monitoring::{AssessmentStore, StandingChange};
use greengrid_domain::fleet::{Array, Brand, Location, SiteDetails, SiteId};
use greengrid_domain::identity::{NewPassword, Role, UserId};
use greengrid_domain::monitoring::{AnomalyKind, Assessment, Finding, NextStep, Spark, Status};
use greengrid_domain::observability::Initiator;
use greengrid_domain::units::{Currency, Energy, Money, PeakPower, Power};
use greengrid_http::bootstrap::{Stores, connect};
use greengrid_infra::postgres::fleet::PgSiteStore;
use greengrid_infra::postgres::monitoring::PgAssessmentStore;
use greengrid_infra::postgres::testing::{TestDatabase, load};
use greengrid_infra::runners::{Task, leased};
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::Error;
use crate::client::Client;
use crate::tabs::MARK;

/// The password of everybody here.
const PASSWORD: &str = "a password for measurements";
/// One site in so many needs action.
const TROUBLE: usize = 20;

/// A database with a fleet.
pub(crate) struct World {
    database: TestDatabase,
    sites: Vec<SiteId>,
    assessments: PgAssessmentStore,
    /// While it lives, nobody but us judges the sites.
    _judging: DropGuard,
}

impl World {
    /// A fleet of so many sites, each judged once.
    pub(crate) async fn new(sites: usize) -> Result<Self, Error> {
        let database = TestDatabase::from_template().await;
        let pool = database.pool();
        let store = PgSiteStore::new(pool.clone());
        let mut ids = Vec::with_capacity(sites);
        let all: Vec<usize> = (0..sites).collect();
        for some in all.chunks(1000) {
            let some: Vec<NewSite> =
                some.iter().map(|number| site(*number)).collect::<Result<_, _>>()?;
            ids.extend(store.save(Initiator::System, &some).await?);
        }
        let judging = CancellationToken::new();
        tokio::spawn({
            let (pool, judging) = (pool.clone(), judging.clone());
            async move {
                let hold = |turn: CancellationToken| async move { turn.cancelled().await };
                leased(&pool, Task::Projection, &judging, hold).await;
            }
        });
        let assessments = PgAssessmentStore::new(pool);
        let world = Self { database, sites: ids, assessments, _judging: judging.drop_guard() };
        for some in world.sites.chunks(1000) {
            let some: Vec<Assessment> = some.iter().map(|id| world.assessment(*id, "")).collect();
            world.assessments.save(Timestamp::now(), &some, &[]).await?;
        }
        Ok(world)
    }

    /// Where the fleet is kept.
    pub(crate) fn url(&self) -> String {
        self.database.url()
    }

    /// The cookies of so many people who signed in at this server.
    pub(crate) async fn sign_in(&self, address: &str, people: usize) -> Result<Vec<String>, Error> {
        let stores = Stores::beside(connect(&self.url()).await?).await?;
        let mut cookies = Vec::new();
        for number in 0..people {
            cookies.push(person(&stores, address, number).await?);
        }
        Ok(cookies)
    }

    /// The cookie of the person with this number, who signs in here.
    pub(crate) async fn sign_in_as(&self, address: &str, number: usize) -> Result<String, Error> {
        let stores = Stores::beside(connect(&self.url()).await?).await?;
        person(&stores, address, number).await
    }

    /// The cookies of so many people who own one site each.
    pub(crate) async fn owners(&self, address: &str, people: usize) -> Result<Vec<String>, Error> {
        let stores = Stores::beside(connect(&self.url()).await?).await?;
        let sites = PgSiteStore::new(self.database.pool());
        let mut cookies = Vec::new();
        for (number, site) in self.sites.iter().enumerate().take(people) {
            let email = format!("owner-{number}@greengrid.example");
            let (user, cookie) = signed_in(&stores, address, &email, Role::Customer).await?;
            sites.share(Initiator::System, *site, user).await?;
            cookies.push(cookie);
        }
        Ok(cookies)
    }

    /// Gives every site so many days up to today.
    pub(crate) async fn days(&self, days: i32) -> Result<(), Error> {
        Ok(load::days(&self.database.pool(), days).await?)
    }

    /// Commits a change of one site, with a mark by which it is known.
    pub(crate) async fn change(&self, number: u32) -> Result<(), Error> {
        let site = self.sites[0];
        let assessment = self.assessment(site, &format!("{MARK}{number:06}"));
        self.assessments
            .save(Timestamp::now(), &[assessment], &Vec::<StandingChange>::new())
            .await?;
        Ok(())
    }

    fn assessment(&self, site: SiteId, mark: &str) -> Assessment {
        let number = self.sites.iter().position(|id| *id == site).unwrap_or_default();
        let now = Timestamp::now();
        let watts = i32::try_from(20_000 + number % 500).unwrap_or(20_000);
        let finding = (number % TROUBLE == 0).then(|| Finding {
            kind: AnomalyKind::StringLoss,
            since: now - SignedDuration::from_hours(30),
            lost: Energy::from_wh(300_000),
            lost_per_day: Energy::from_wh(240_000),
            money_per_day: Money {
                // The first site loses most, so it is always in view.
                amount: rust_decimal::Decimal::from(10_000 - number),
                currency: Currency::Eur,
            },
            cause: format!("Inverter 2 of 4 is off. The other three are normal. {mark}"),
            next_step: NextStep::SendTechnician,
        });
        Assessment {
            site,
            status: if finding.is_some() { Status::ActToday } else { Status::OnTrack },
            finding,
            power_now: Some(Power::from_watts(watts.into())),
            expected_now: Some(Power::from_watts(24_000)),
            energy_today: Energy::from_wh(81_000),
            expected_today: Energy::from_wh(90_000),
            last_reading_at: Some(now),
            spark: Spark {
                from: now - SignedDuration::from_hours(60),
                actual: (0..120).map(|slot| Some(watts + slot * 37 % 4001)).collect(),
                expected: (0..144).map(|slot| watts + slot * 41 % 4003).collect(),
            },
            daily_index: (0..30).map(|day| Some(90 + day % 9)).collect(),
        }
    }
}

/// The cookie of a new person of the team at a server.
async fn person(stores: &Stores, address: &str, number: usize) -> Result<String, Error> {
    let role = if number.is_multiple_of(2) { Role::Ops } else { Role::Admin };
    let email = format!("person-{number}@greengrid.example");
    Ok(signed_in(stores, address, &email, role).await?.1)
}

/// A new person and their cookie at a server.
async fn signed_in(
    stores: &Stores,
    address: &str,
    email: &str,
    role: Role,
) -> Result<(UserId, String), Error> {
    let new = NewUser {
        email: email.parse()?,
        name: "Diana Reyes".parse()?,
        role,
        password: NewPassword::new(PASSWORD)?,
    };
    let user = stores.identity.add_user(&Actor::CommandLine, new).await?;
    let form = [("email", email), ("password", PASSWORD)];
    let answer = Client::new(address).post("/sign-in", &form).await?;
    let cookie = answer.headers().get("set-cookie").ok_or("no cookie")?.to_str()?;
    Ok((user.id, cookie.split(';').next().unwrap_or_default().to_owned()))
}

fn site(number: usize) -> Result<NewSite, Error> {
    let step = f64::from(u32::try_from(number)?);
    let details = SiteDetails::builder()
        .name(format!("Harbour Cold Store {number}").parse()?)
        .customer("Moreau Foods".to_owned())
        .location(Location::new(47.0 + step % 50.0 / 10.0, 8.0 + step % 70.0 / 10.0)?)
        .zone("Europe/Berlin".parse()?)
        .array(Array {
            capacity: PeakPower::from_kwp(30.0).map_err(|_| "no such capacity")?,
            tilt_deg: Some(30.0),
            azimuth_deg: Some(180.0),
            ac_limit: None,
            export_limit: None,
        })
        .region(["north", "central", "south"][number % 3].parse()?)
        .brand([Brand::SolarEdge, Brand::Fronius, Brand::Enphase][number % 3])
        .build();
    Ok(NewSite { code: format!("site-{number:05}").parse()?, details, devices: Vec::new() })
}
