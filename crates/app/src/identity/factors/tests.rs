use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use greengrid_domain::identity::{Role, TotpSecret, User, UserId};
use greengrid_domain::messages::Letter;
use greengrid_domain::observability::Initiator;
use parking_lot::Mutex;

use super::*;
use crate::actor::Actor;
use crate::error::StoreError;
use crate::identity::fake::{Fake, diana, identity};
use crate::identity::{Changed, OwnError};
use crate::testing::FixedClock;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
const PASSWORD: &str = "correct horse battery";

#[derive(Default)]
struct FakeFactors {
    kept: Mutex<HashMap<UserId, Factor>>,
    codes: Mutex<Vec<[u8; 32]>>,
}

#[async_trait]
impl FactorStore for FakeFactors {
    async fn find(&self, user: UserId) -> Result<Option<Factor>, StoreError> {
        let left = u32::try_from(self.codes.lock().len()).unwrap();
        Ok(self.kept.lock().get(&user).cloned().map(|f| Factor { codes_left: left, ..f }))
    }
    async fn begin(&self, user: UserId, secret: &TotpSecret) -> Result<Changed, StoreError> {
        let mut kept = self.kept.lock();
        if kept.get(&user).is_some_and(|factor| factor.confirmed) {
            return Ok(Changed::AlreadySo);
        }
        let secret = secret.clone();
        kept.insert(user, Factor { secret, confirmed: false, used_step: None, codes_left: 0 });
        Ok(Changed::Done)
    }
    async fn confirm(
        &self,
        user: UserId,
        step: i64,
        codes: &[[u8; 32]],
        _: &Letter,
        _: Initiator,
    ) -> Result<Changed, StoreError> {
        let mut kept = self.kept.lock();
        let factor = kept.get_mut(&user).unwrap();
        (factor.confirmed, factor.used_step) = (true, Some(step));
        *self.codes.lock() = codes.to_vec();
        Ok(Changed::Done)
    }
    async fn use_step(&self, user: UserId, step: i64) -> Result<bool, StoreError> {
        self.kept.lock().get_mut(&user).unwrap().used_step = Some(step);
        Ok(true)
    }
    async fn use_code(&self, _: UserId, code: &[u8; 32]) -> Result<bool, StoreError> {
        let mut codes = self.codes.lock();
        let before = codes.len();
        codes.retain(|kept| kept != code);
        Ok(codes.len() < before)
    }
    async fn renew_codes(
        &self,
        _: UserId,
        codes: &[[u8; 32]],
        _: Initiator,
    ) -> Result<Changed, StoreError> {
        *self.codes.lock() = codes.to_vec();
        Ok(Changed::Done)
    }
    async fn remove(&self, user: UserId, _: &Letter, _: Initiator) -> Result<Changed, StoreError> {
        let removed = self.kept.lock().remove(&user);
        Ok(if removed.is_some() { Changed::Done } else { Changed::Missing })
    }
}

/// Somebody whose factor is on, and at what the world's clock stands.
struct Stage {
    factors: SecondFactors,
    store: Arc<FakeFactors>,
    fake: Arc<Fake>,
    clock: Arc<FixedClock>,
    user: User,
    codes: Vec<String>,
}

impl Stage {
    async fn set() -> Self {
        let fake = Arc::new(Fake::default());
        let identity = identity(&fake, false);
        let user = identity.add_user(&Actor::CommandLine, diana(PASSWORD)).await.unwrap();
        let store = Arc::new(FakeFactors::default());
        let clock = Arc::new(FixedClock::at("2026-06-12T08:40:00Z".parse().unwrap()));
        let factors = SecondFactors::builder()
            .identity(identity)
            .store(store.clone())
            .wall(clock.clone())
            .build();
        let mut stage = Self { factors, store, fake, clock, user, codes: Vec::new() };
        stage.factors.begin(&stage.actor(), PASSWORD, HERE).await.unwrap();
        stage.codes = stage.factors.turn_on(&stage.actor(), &stage.code(0)).await.unwrap();
        stage
    }

    fn actor(&self) -> Actor {
        Actor::of(&self.user)
    }

    /// What the app shows so many steps from now.
    fn code(&self, steps: i64) -> String {
        use crate::clock::Clock as _;
        let now = self.clock.now().as_second() / 30;
        self.store.kept.lock()[&self.user.id].secret.code(now + steps).unwrap()
    }

    async fn pass(&self, code: &str) -> Result<(), FactorError> {
        self.factors.pass(self.user.id, 1, code, HERE).await.map(|_| ())
    }
}

#[tokio::test]
async fn nothing_asks_for_a_code_before_the_app_has_shown_one() {
    let stage = Stage::set().await;
    let fresh = stage.factors.clone();
    stage.store.kept.lock().clear();

    fresh.begin(&stage.actor(), PASSWORD, HERE).await.unwrap();
    let wrong = fresh.turn_on(&stage.actor(), "000000").await;

    assert!(!fresh.required(stage.user.id).await.unwrap());
    assert!(matches!(wrong, Err(FactorError::WrongCode)));
    assert!(matches!(fresh.own(&stage.actor()).await.unwrap(), FactorState::Begun(_)));
    let stranger = fresh.begin(&stage.actor(), "not the password", HERE).await;
    assert!(matches!(stranger, Err(FactorError::Own(OwnError::WrongPassword))));
}

#[tokio::test]
async fn each_code_opens_once_also_the_one_that_turned_the_factor_on() {
    let stage = Stage::set().await;
    let (first, next) = (stage.code(0), stage.code(1));

    assert!(matches!(stage.pass(&first).await, Err(FactorError::WrongCode)));
    assert!(stage.pass(&next).await.is_ok());
    assert!(matches!(stage.pass(&next).await, Err(FactorError::WrongCode)));
    assert!(matches!(stage.pass("12345").await, Err(FactorError::Code(_))));
}

#[tokio::test]
async fn each_recovery_code_opens_once_in_whatever_spelling() {
    let stage = Stage::set().await;
    assert_eq!(stage.codes.len(), RECOVERY_CODES);
    let typed = stage.codes[3].to_uppercase().replace('-', " ");

    assert!(stage.pass(&typed).await.is_ok());
    assert!(matches!(stage.pass(&typed).await, Err(FactorError::WrongCode)));
    let left = stage.factors.own(&stage.actor()).await.unwrap();
    assert_eq!(left, FactorState::On { codes_left: 9 });

    let new = stage.factors.renew_codes(&stage.actor(), PASSWORD, HERE).await.unwrap();
    assert!(matches!(stage.pass(&stage.codes[0]).await, Err(FactorError::WrongCode)));
    assert!(stage.pass(&new[0]).await.is_ok());
}

#[tokio::test]
async fn whoever_guesses_waits_and_an_account_that_changed_meanwhile_begins_again() {
    let stage = Stage::set().await;

    let older = stage.factors.pass(stage.user.id, 0, &stage.code(1), HERE).await;
    assert!(matches!(older, Err(FactorError::Denied(_))));
    stage.fake.accounts.lock()[0].member.user.active = false;
    assert!(matches!(stage.pass(&stage.code(1)).await, Err(FactorError::Denied(_))));

    *stage.fake.closed.lock() = Some(std::time::Duration::from_mins(1));
    assert!(matches!(stage.pass(&stage.code(1)).await, Err(FactorError::TooMany { .. })));
}

#[tokio::test]
async fn only_its_owner_or_an_administrator_turns_a_factor_off() {
    let stage = Stage::set().await;
    let cs = Actor::User { id: uuid::Uuid::nil().into(), role: Role::Cs };
    let admin = Actor::User { id: uuid::Uuid::nil().into(), role: Role::Admin };

    let denied = stage.factors.turn_off_for(&cs, stage.user.id).await;
    assert!(matches!(denied, Err(FactorError::Denied(_))));
    let stranger = stage.factors.turn_off(&stage.actor(), "wrong", HERE).await;
    assert!(matches!(stranger, Err(FactorError::Own(OwnError::WrongPassword))));
    assert!(stage.factors.required(stage.user.id).await.unwrap());

    stage.factors.turn_off_for(&admin, stage.user.id).await.unwrap();
    assert!(!stage.factors.required(stage.user.id).await.unwrap());
}
