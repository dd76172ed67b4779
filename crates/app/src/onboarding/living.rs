use greengrid_domain::fleet::{DeviceKind, SiteDetails, SiteId};
use greengrid_domain::identity::{LinkPurpose, Role, User, UserId};
use greengrid_domain::onboarding::{CaseId, Happened, Happening, LiveSince, Need, Ready, Stage};
use greengrid_domain::time::Interval;
use jiff::SignedDuration;

use super::{CaseLetter, GoLive, Onboarding, OnboardingError, WentLive};
use crate::actor::{Actor, Permission};
use crate::fleet::NewSite;
use crate::identity::NewLink;
use crate::ingestion::connections::{NewConnection, NewLink as NewConnectionLink};

/// How often a new site is polled: readings are quarter hours, and the smallest
/// plans allow little.
const CADENCE: SignedDuration = SignedDuration::from_mins(60);

/// Readings before going live that are fetched: two days.
const WANTED: SignedDuration = SignedDuration::from_hours(48);

impl Onboarding {
    /// Lets a site go live: site, connection, account, membership and
    /// invitation in one transaction. Doing it again changes nothing and gives
    /// the same site. `base` is the address of our pages, for the letter.
    pub async fn go_live(
        &self,
        actor: &Actor,
        id: CaseId,
        base: &str,
    ) -> Result<SiteId, OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        for _ in 0..4 {
            let mut case = self.store.find(id).await?.ok_or(OnboardingError::Missing)?;
            if let Some(live) = case.live {
                return Ok(live.site);
            }
            let ready = self.judged(|by| {
                case.ready(by).ok_or_else(|| {
                    let needs: Vec<String> =
                        case.lacks(by).needs().iter().map(Need::words).collect();
                    OnboardingError::Lacking(needs.join(", "))
                })
            })?;
            let now = self.clock.now();
            // The key of the site is put in when it is made.
            case.live = Some(LiveSince { site: SiteId::from(0), at: now });
            case.stage = Stage::Live;
            case.stage_since = now;
            case.due_on = None;
            case.stuck = None;
            case.waiting = None;
            case.verify_at = None;
            case.test_at = None;
            let number = case.number;
            let link = NewLink::fresh(LinkPurpose::Invitation)?;
            let live = GoLive {
                site: site(&ready, &number.to_string())?,
                connection: self.connection(&ready)?,
                user: user(&ready, self.ids.uuid().into()),
                invitation: invitation(&ready, id, &format!("{base}{}", link.path())),
                welcome: welcome(&ready, id, base),
                link,
                happening: Happening::new(Happened::WentLive, ready.details().name.as_str()),
                case,
            };
            match self.store.go_live(actor.initiator(), &live).await? {
                WentLive::Done(site) => return Ok(site),
                WentLive::Stale => {}
                WentLive::ConnectedElsewhere => {
                    let other = "another site".to_owned();
                    return Err(OnboardingError::ConnectedElsewhere(other));
                }
                WentLive::CodeTaken => return Err(OnboardingError::CodeTaken(number.to_string())),
                WentLive::NotACustomer => return Err(OnboardingError::NotACustomer),
            }
        }
        Err(OnboardingError::Contended)
    }

    fn connection(&self, ready: &Ready) -> Result<NewConnection, OnboardingError> {
        let now = self.clock.now();
        let external = ready.external_id().parse().map_err(|_| OnboardingError::Missing)?;
        Ok(NewConnection {
            id: self.ids.uuid().into(),
            site: SiteId::from(0),
            brand: ready.details().brand,
            link: NewConnectionLink::Polled { credential: ready.credential(), external },
            cadence: CADENCE,
            wanted_from: Interval::containing(now - WANTED).start(),
            first_run: now,
        })
    }
}

fn user(ready: &Ready, id: UserId) -> User {
    User {
        id,
        email: ready.contract().email.clone(),
        name: ready.contract().customer.clone(),
        role: Role::Customer,
        active: true,
    }
}

fn invitation(ready: &Ready, case: CaseId, address: &str) -> CaseLetter {
    let (name, site) = (&ready.contract().customer, &ready.details().name);
    CaseLetter {
        key: format!("onboarding-invitation:{case}"),
        to: ready.contract().email.as_str().to_owned(),
        subject: format!("“{site}” is on screen"),
        text: format!(
            "Hello {name},\n\nyour solar system “{site}” is connected, and we watch over it from \
             today. Set your password on this page to see what it makes and what that is worth:\n\n\
             {address}\n\nThe link works once and for three days.\n\nYour GreenGrid team"
        ),
    }
}

fn welcome(ready: &Ready, case: CaseId, base: &str) -> CaseLetter {
    let (name, site) = (&ready.contract().customer, &ready.details().name);
    CaseLetter {
        key: format!("onboarding-welcome:{case}"),
        to: ready.contract().email.as_str().to_owned(),
        subject: format!("“{site}” is on screen"),
        text: format!(
            "Hello {name},\n\nanother solar system of yours is connected: “{site}”. You find it \
             beside the others:\n\n{base}/my\n\nYour GreenGrid team"
        ),
    }
}

fn site(ready: &Ready, code: &str) -> Result<NewSite, OnboardingError> {
    let details = ready.details();
    let devices = details
        .inverters
        .iter()
        .map(|it| (DeviceKind::Inverter, it.serial.clone(), it.model.clone()))
        .collect();
    let site = SiteDetails::builder()
        .name(details.name.clone())
        .customer(ready.contract().customer.as_str().to_owned())
        .address(details.address.clone())
        .location(details.location)
        .zone(details.zone.clone())
        .array(details.array())
        .region(details.region.clone())
        .brand(details.brand)
        .maybe_commissioned_on(details.commissioned_on)
        // Vendors tell quarter hours, or what adds up to them.
        .cadence_s(900)
        .price(details.price)
        .build();
    let code = code.parse().map_err(|_| OnboardingError::Missing)?;
    Ok(NewSite { code, details: site, devices })
}
