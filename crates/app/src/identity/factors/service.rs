use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use greengrid_domain::identity::{SecondCode, TotpSecret, User, UserId};
use rand::TryRngCore as _;
use rand::rngs::OsRng;

use super::contracts::FactorStore;
use super::errors::FactorError;
use crate::actor::{Actor, Denied, Permission};
use crate::clock::Clock;
use crate::error::StoreError;
use crate::identity::throttle::{Admission, AttemptLimits};
use crate::identity::{Changed, Identity, Member, attempts, letters, secrets};

/// How many recovery codes somebody gets.
pub const RECOVERY_CODES: usize = 10;

/// Letters and digits that nobody confuses: 32, so each carries five bits.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// How many wrong codes are too many. A thief who has the password tries six
/// digits, so this is stricter than for passwords, also from many machines.
const LIMITS: AttemptLimits = AttemptLimits {
    window: Duration::from_mins(15),
    account_and_address: 5,
    address: 30,
    account: 15,
};

/// How somebody's second factor stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactorState {
    /// None.
    Off,
    /// A secret was made, and no code of it shown yet.
    Begun(TotpSecret),
    /// Signing in asks for it.
    On {
        /// Recovery codes that were not used yet.
        codes_left: u32,
    },
}

/// Second factors of people.
#[derive(Clone, bon::Builder)]
pub struct SecondFactors {
    identity: Identity,
    store: Arc<dyn FactorStore>,
    /// Codes go by the time of the world, whatever clock the fleet has.
    wall: Arc<dyn Clock>,
}

impl SecondFactors {
    /// Whether signing in asks this person for a code.
    pub async fn required(&self, user: UserId) -> Result<bool, StoreError> {
        Ok(self.store.find(user).await?.is_some_and(|factor| factor.confirmed))
    }

    /// Lets somebody pass who has given the right password and now shows a
    /// code. `auth_version` is that of the account when the password was
    /// given.
    pub async fn pass(
        &self,
        user: UserId,
        auth_version: i32,
        code: &str,
        address: IpAddr,
    ) -> Result<Member, FactorError> {
        let key = attempts::key("factor", &user.to_string());
        let attempt = match self.identity.attempts.admit(&key, address, &LIMITS).await? {
            Admission::Admitted(attempt) => attempt,
            Admission::Refused { retry_after } => {
                return Err(FactorError::TooMany { retry_after });
            }
        };
        let member = self.identity.member(user).await?.ok_or(Denied)?;
        if !member.user.active || member.auth_version != auth_version {
            return Err(Denied.into());
        }
        if !self.is_right(user, &code.parse()?).await? {
            return Err(FactorError::WrongCode);
        }
        self.identity.attempts.succeeded(attempt).await?;
        Ok(member)
    }

    /// How somebody's own factor stands.
    pub async fn own(&self, actor: &Actor) -> Result<FactorState, FactorError> {
        let user = actor.user().ok_or(Denied)?;
        Ok(match self.store.find(user).await? {
            None => FactorState::Off,
            Some(factor) if factor.confirmed => FactorState::On { codes_left: factor.codes_left },
            Some(factor) => FactorState::Begun(factor.secret),
        })
    }

    /// Makes a secret for somebody's app, once they have shown who they are.
    pub async fn begin(
        &self,
        actor: &Actor,
        password: &str,
        address: IpAddr,
    ) -> Result<(), FactorError> {
        let user = self.identity.confirm(actor, password, address).await?;
        let mut bytes = [0; 20];
        OsRng.try_fill_bytes(&mut bytes).map_err(StoreError::new)?;
        done(self.store.begin(user.id, &TotpSecret::from(bytes)).await?)
    }

    /// Turns the factor on by a code that the app shows. The recovery codes
    /// returned are shown this once.
    pub async fn turn_on(&self, actor: &Actor, code: &str) -> Result<Vec<String>, FactorError> {
        let user = self.user(actor).await?;
        let factor = self.store.find(user.id).await?.ok_or(FactorError::NotNow)?;
        if factor.confirmed {
            return Err(FactorError::NotNow);
        }
        let SecondCode::App(code) = code.parse()? else { return Err(FactorError::WrongCode) };
        let step = factor.secret.step_of(&code, self.wall.now(), None);
        let step = step.ok_or(FactorError::WrongCode)?;
        let (codes, hashes) = recovery_codes()?;
        let letter = letters::factor_changed(&user, true, &self.identity.ids.uuid().to_string());
        let by = actor.initiator();
        done(self.store.confirm(user.id, step, &hashes, &letter, by).await?)?;
        Ok(codes)
    }

    /// New recovery codes in the place of the old ones, once somebody has
    /// shown who they are; shown this once.
    pub async fn renew_codes(
        &self,
        actor: &Actor,
        password: &str,
        address: IpAddr,
    ) -> Result<Vec<String>, FactorError> {
        let user = self.identity.confirm(actor, password, address).await?;
        let (codes, hashes) = recovery_codes()?;
        done(self.store.renew_codes(user.id, &hashes, actor.initiator()).await?)?;
        Ok(codes)
    }

    /// Turns somebody's own factor off, once they have shown who they are.
    pub async fn turn_off(
        &self,
        actor: &Actor,
        password: &str,
        address: IpAddr,
    ) -> Result<(), FactorError> {
        let user = self.identity.confirm(actor, password, address).await?;
        self.remove(actor, &user).await
    }

    /// Turns off the factor of somebody who has lost app and codes.
    pub async fn turn_off_for(&self, actor: &Actor, user: UserId) -> Result<(), FactorError> {
        actor.require(Permission::Administer)?;
        let user = self.identity.user(user).await?.ok_or(FactorError::NotNow)?;
        self.remove(actor, &user).await
    }

    async fn remove(&self, actor: &Actor, user: &User) -> Result<(), FactorError> {
        let letter = letters::factor_changed(user, false, &self.identity.ids.uuid().to_string());
        done(self.store.remove(user.id, &letter, actor.initiator()).await?)
    }

    async fn user(&self, actor: &Actor) -> Result<User, FactorError> {
        let id = actor.user().ok_or(Denied)?;
        Ok(self.identity.user(id).await?.ok_or(Denied)?)
    }

    async fn is_right(&self, user: UserId, code: &SecondCode) -> Result<bool, StoreError> {
        let Some(factor) = self.store.find(user).await?.filter(|factor| factor.confirmed) else {
            return Ok(false);
        };
        match code {
            SecondCode::App(code) => {
                match factor.secret.step_of(code, self.wall.now(), factor.used_step) {
                    Some(step) => self.store.use_step(user, step).await,
                    None => Ok(false),
                }
            }
            SecondCode::Recovery(code) => self.store.use_code(user, &secrets::hashed(code)).await,
        }
    }
}

const fn done(changed: Changed) -> Result<(), FactorError> {
    match changed {
        Changed::Done => Ok(()),
        Changed::AlreadySo | Changed::Missing => Err(FactorError::NotNow),
    }
}

/// Codes as they are shown, in groups of four, and what is kept of each. A
/// code has 80 random bits, so one fast hash is enough to hide it.
fn recovery_codes() -> Result<(Vec<String>, Vec<[u8; 32]>), StoreError> {
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    let mut hashes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let mut random = [0_u8; 16];
        OsRng.try_fill_bytes(&mut random).map_err(StoreError::new)?;
        let code: String =
            random.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        hashes.push(secrets::hashed(&code));
        codes.push([&code[..4], &code[4..8], &code[8..12], &code[12..]].join("-"));
    }
    Ok((codes, hashes))
}
