//! The people of the demo and the token of its devices.

use greengrid_app::actor::Actor;
use greengrid_app::fleet::SiteStore;
use greengrid_app::identity::{AccountError, DEMO_PASSWORD, Identity, NewUser};
use greengrid_domain::fleet::SiteCode;
use greengrid_domain::identity::{NewPassword, Role, Scope, User};
use greengrid_domain::observability::Initiator;

use super::DemoFleet;

/// A person with an account in the demo. The password of all is
/// [`DEMO_PASSWORD`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoAccount {
    /// The address to sign in with.
    pub email: &'static str,
    /// What they are called.
    pub name: &'static str,
    /// What they may do.
    pub role: Role,
}

/// The accounts of the demo. The customers own the sites that carry their
/// names.
pub const ACCOUNTS: [DemoAccount; 5] = [
    DemoAccount { email: "ops@demo.greengrid.example", name: "Diana Reyes", role: Role::Ops },
    DemoAccount { email: "cs@demo.greengrid.example", name: "Carla Moreau", role: Role::Cs },
    DemoAccount { email: "admin@demo.greengrid.example", name: "Adam Kovar", role: Role::Admin },
    DemoAccount {
        email: "customer@demo.greengrid.example",
        name: "Jane Alder",
        role: Role::Customer,
    },
    DemoAccount {
        email: "customer2@demo.greengrid.example",
        name: "Mira Castell",
        role: Role::Customer,
    },
];

/// Sites of each customer of the demo, in the order of [`ACCOUNTS`]: those on
/// their name, and in a fleet too small for them one of the first.
pub(super) fn owned(fleet: &DemoFleet) -> Vec<(&'static DemoAccount, Vec<&SiteCode>)> {
    ACCOUNTS
        .iter()
        .filter(|account| account.role == Role::Customer)
        .enumerate()
        .map(|(position, account)| {
            let mut sites: Vec<&SiteCode> = fleet
                .sites
                .iter()
                .filter(|site| site.details.customer.as_deref() == Some(account.name))
                .map(|site| &site.code)
                .collect();
            if sites.is_empty() {
                sites.extend(fleet.sites.get(position).map(|site| &site.code));
            }
            (account, sites)
        })
        .collect()
}

/// Adds the accounts that are missing and shares the customers' sites with
/// them.
pub(super) async fn ensure(
    identity: &Identity,
    sites: &dyn SiteStore,
    fleet: &DemoFleet,
) -> Result<(), AccountError> {
    let mut customers = Vec::new();
    for account in &ACCOUNTS {
        let user = ensure_one(identity, account).await?;
        if account.role == Role::Customer {
            customers.push(user);
        }
    }
    let kept = sites.sites().await?;
    for (user, (_, codes)) in customers.iter().zip(owned(fleet)) {
        for site in kept.iter().filter(|site| codes.contains(&&site.code)) {
            sites.share(Initiator::System, site.id, user.id).await?;
        }
    }
    Ok(())
}

async fn ensure_one(identity: &Identity, account: &DemoAccount) -> Result<User, AccountError> {
    let email = account.email.parse()?;
    if let Some(user) = identity.user_by_email(&Actor::System, &email).await? {
        return Ok(user);
    }
    let new = NewUser {
        email,
        name: account.name.parse()?,
        role: account.role,
        password: NewPassword::new(DEMO_PASSWORD)?,
    };
    identity.add_user(&Actor::System, new).await
}

/// A token that may send readings: the earlier one while it is good, and else
/// a new one.
pub(super) async fn token(
    identity: &Identity,
    earlier: Option<String>,
) -> Result<String, AccountError> {
    if let Some(earlier) = earlier
        && identity.authenticate_token(&earlier).await?.is_some()
    {
        return Ok(earlier);
    }
    let scopes = vec![Scope::ReadingsWrite];
    let (_, secret) = identity.create_token(&Actor::System, "Demo loggers", scopes).await?;
    Ok(secret)
}
