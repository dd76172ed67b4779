use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use greengrid_domain::identity::{
    ApiToken, EmailAddress, NewPassword, Role, Scope, TokenId, User, UserId,
};
use greengrid_domain::observability::{AuditEntry, Initiator};
use jiff::Timestamp;
use parking_lot::Mutex;
use uuid::Uuid;

use super::*;
use crate::actor::Actor;
use crate::error::StoreError;
use crate::ids::Ids;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
const NOBODY: Actor = Actor::Anyone(Role::Ops);

/// All contracts at once, in memory. The hash of a password is the password.
#[derive(Default)]
struct Fake {
    accounts: Mutex<Vec<Account>>,
    tokens: Mutex<Vec<(ApiToken, [u8; 32])>>,
    /// What hashes passwords were checked against.
    checked: Mutex<Vec<Option<String>>>,
    successes: Mutex<u32>,
    closed: Mutex<Option<Duration>>,
}

#[async_trait]
impl UserStore for Fake {
    async fn find(&self, id: UserId) -> Result<Option<Member>, StoreError> {
        let accounts = self.accounts.lock();
        Ok(accounts.iter().map(|a| &a.member).find(|m| m.user.id == id).cloned())
    }
    async fn find_by_email(&self, email: &EmailAddress) -> Result<Option<Account>, StoreError> {
        Ok(self.accounts.lock().iter().find(|a| a.member.user.email == *email).cloned())
    }
    async fn list(&self) -> Result<Vec<Person>, StoreError> {
        Ok(Vec::new())
    }
    async fn add(
        &self,
        user: &User,
        password: &PasswordHash,
        _: Initiator,
    ) -> Result<Added, StoreError> {
        let member = Member { user: user.clone(), auth_version: 1 };
        self.accounts.lock().push(Account { member, password: password.clone() });
        Ok(Added::Done)
    }
    async fn set_role(&self, _: UserId, _: Role, _: Initiator) -> Result<Changed, StoreError> {
        Ok(Changed::Missing)
    }
    async fn set_active(&self, id: UserId, on: bool, _: Initiator) -> Result<Changed, StoreError> {
        let mut accounts = self.accounts.lock();
        let account = accounts.iter_mut().find(|a| a.member.user.id == id);
        account.expect("an account").member.user.active = on;
        Ok(Changed::Done)
    }
    async fn set_password(
        &self,
        _: UserId,
        _: &PasswordHash,
        _: Initiator,
    ) -> Result<Changed, StoreError> {
        Ok(Changed::Done)
    }
}

#[async_trait]
impl AttemptStore for Fake {
    async fn admit(
        &self,
        _: &[u8; 32],
        _: IpAddr,
        _: &AttemptLimits,
    ) -> Result<Admission, StoreError> {
        Ok(match *self.closed.lock() {
            Some(retry_after) => Admission::Refused { retry_after },
            None => Admission::Admitted(AttemptId(1)),
        })
    }
    async fn succeeded(&self, _: AttemptId) -> Result<(), StoreError> {
        *self.successes.lock() += 1;
        Ok(())
    }
}

#[async_trait]
impl SessionStore for Fake {
    async fn create(&self, _: &SessionKey, _: Option<UserId>, _: &str) -> Result<(), StoreError> {
        Ok(())
    }
    async fn save(&self, _: &SessionKey, _: &str) -> Result<(), StoreError> {
        Ok(())
    }
    async fn load(&self, _: &SessionKey) -> Result<Option<StoredSession>, StoreError> {
        Ok(None)
    }
    async fn delete(&self, _: &SessionKey) -> Result<(), StoreError> {
        Ok(())
    }
    async fn sweep(&self) -> Result<u64, StoreError> {
        Ok(0)
    }
}

#[async_trait]
impl TokenStore for Fake {
    async fn add(
        &self,
        token: NewToken,
        secret: &[u8; 32],
        _: Initiator,
    ) -> Result<ApiToken, StoreError> {
        let token = ApiToken {
            id: token.id,
            name: token.name,
            scopes: token.scopes,
            created_at: Timestamp::UNIX_EPOCH,
            last_used_at: None,
            revoked_at: None,
        };
        self.tokens.lock().push((token.clone(), *secret));
        Ok(token)
    }
    async fn list(&self) -> Result<Vec<ApiToken>, StoreError> {
        Ok(Vec::new())
    }
    async fn used(&self, secret: &[u8; 32]) -> Result<Option<ApiToken>, StoreError> {
        Ok(self.tokens.lock().iter().find(|(_, kept)| kept == secret).map(|(t, _)| t.clone()))
    }
    async fn revoke(&self, _: TokenId, _: Initiator) -> Result<Changed, StoreError> {
        Ok(Changed::Done)
    }
}

#[async_trait]
impl AuditLog for Fake {
    async fn latest(&self, _: u32) -> Result<Vec<AuditEntry>, StoreError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl PasswordHasher for Fake {
    async fn hash(&self, password: &NewPassword) -> Result<PasswordHash, StoreError> {
        Ok(PasswordHash(password.expose().to_owned()))
    }
    async fn verify(&self, typed: &str, hash: Option<&PasswordHash>) -> Result<bool, StoreError> {
        self.checked.lock().push(hash.map(|hash| hash.0.clone()));
        Ok(hash.is_some_and(|hash| hash.0 == typed))
    }
}

impl Ids for Fake {
    fn uuid(&self) -> Uuid {
        Uuid::from_u128(7)
    }
}

fn identity(fake: &Arc<Fake>, demo: bool) -> Identity {
    Identity::builder()
        .users(fake.clone())
        .attempts(fake.clone())
        .sessions(fake.clone())
        .tokens(fake.clone())
        .audit(fake.clone())
        .hasher(fake.clone())
        .ids(fake.clone())
        .demo(demo)
        .build()
}

fn diana(password: &str) -> NewUser {
    NewUser {
        email: "diana@example.org".parse().unwrap(),
        name: "Diana Reyes".parse().unwrap(),
        role: Role::Ops,
        password: NewPassword::new(password).unwrap(),
    }
}

#[tokio::test]
async fn the_right_password_opens_in_whatever_case_the_address_is() {
    let fake = Arc::new(Fake::default());
    let identity = identity(&fake, false);
    identity.add_user(&Actor::CommandLine, diana("correct horse")).await.unwrap();

    let member = identity.sign_in(" Diana@Example.org ", "correct horse", HERE).await.unwrap();

    assert_eq!(member.user.role, Role::Ops);
    assert_eq!(*fake.successes.lock(), 1);
}

#[tokio::test]
async fn whoever_is_refused_costs_a_hash_and_hears_the_same() {
    let fake = Arc::new(Fake::default());
    let identity = identity(&fake, false);
    let user = identity.add_user(&Actor::CommandLine, diana("correct horse")).await.unwrap();
    let refused = async |email: &str, password: &str| {
        identity.sign_in(email, password, HERE).await.unwrap_err().to_string()
    };

    let wrong = refused("diana@example.org", "wrong horse").await;
    let unknown = refused("nobody@example.org", "correct horse").await;
    let nonsense = refused("no address", "correct horse").await;
    identity.deactivate(&Actor::CommandLine, user.id).await.unwrap();
    let closed = refused("diana@example.org", "correct horse").await;

    assert_eq!([&unknown, &nonsense, &closed], [&wrong; 3]);
    let kept = Some("correct horse".to_owned());
    assert_eq!(*fake.checked.lock(), [kept.clone(), None, None, kept]);
    assert_eq!(*fake.successes.lock(), 0);
}

#[tokio::test]
async fn whoever_came_too_often_is_told_how_long_to_wait_and_costs_nothing() {
    let fake = Arc::new(Fake::default());
    *fake.closed.lock() = Some(Duration::from_secs(90));

    let error = identity(&fake, false).sign_in("a@example.org", "b", HERE).await.unwrap_err();

    let wait = Duration::from_secs(90);
    assert!(matches!(error, SignInError::TooMany { retry_after } if retry_after == wait));
    assert!(fake.checked.lock().is_empty());
}

#[tokio::test]
async fn the_password_of_the_demo_is_good_in_the_demo_alone() {
    let fake = Arc::new(Fake::default());
    let (demo, real) = (identity(&fake, true), identity(&fake, false));
    demo.add_user(&Actor::System, diana(DEMO_PASSWORD)).await.unwrap();

    let to_add = real.add_user(&Actor::CommandLine, diana(DEMO_PASSWORD)).await;
    let password = NewPassword::new(DEMO_PASSWORD).unwrap();
    let to_set = real.set_password(&Actor::CommandLine, Uuid::nil().into(), &password).await;

    assert!(demo.sign_in("diana@example.org", DEMO_PASSWORD, HERE).await.is_ok());
    assert!(matches!(to_add, Err(AccountError::DemoPassword)));
    assert!(matches!(to_set, Err(AccountError::DemoPassword)));
    let signed_in = real.sign_in("diana@example.org", DEMO_PASSWORD, HERE).await;
    assert!(matches!(signed_in, Err(SignInError::Refused)));
}

#[tokio::test]
async fn only_administrators_manage_accounts_and_never_their_own_access() {
    let fake = Arc::new(Fake::default());
    let identity = identity(&fake, false);
    let someone = Uuid::nil().into();
    let admin = Actor::User { id: someone, role: Role::Admin };

    let denied = [
        identity.add_user(&NOBODY, diana("correct horse")).await.err(),
        identity.set_role(&NOBODY, someone, Role::Admin).await.err(),
        identity.deactivate(&NOBODY, someone).await.err(),
        identity.users(&NOBODY).await.err(),
        identity.tokens(&NOBODY).await.err(),
        identity.audit(&NOBODY, 1).await.err(),
        identity.create_token(&NOBODY, "x", vec![Scope::ReadingsWrite]).await.err(),
        identity.revoke_token(&NOBODY, someone_token()).await.err(),
    ];
    let own = identity.set_role(&admin, someone, Role::Ops).await;

    assert!(denied.iter().all(|error| matches!(error, Some(AccountError::Denied(_)))));
    assert!(matches!(own, Err(AccountError::Own)));
}

fn someone_token() -> TokenId {
    Uuid::nil().into()
}

#[tokio::test]
async fn a_secret_is_recognised_and_not_kept() {
    let fake = Arc::new(Fake::default());
    let identity = identity(&fake, false);
    let scopes = vec![Scope::ReadingsWrite, Scope::ReadingsWrite];

    let made = identity.create_token(&Actor::CommandLine, " Logger\n1 ", scopes).await;
    let (token, secret) = made.unwrap();

    assert_eq!((token.name.as_str(), token.scopes.len()), ("Logger 1", 1));
    assert!(secret.starts_with("gg_") && secret.len() == 67);
    assert_ne!(fake.tokens.lock()[0].1.as_slice(), secret.as_bytes());
    assert_eq!(identity.authenticate_token(&secret).await.unwrap(), Some(token));
    assert_eq!(identity.authenticate_token("gg_other").await.unwrap(), None);
    let no_scope = identity.create_token(&Actor::CommandLine, "x", Vec::new()).await;
    assert!(matches!(no_scope, Err(AccountError::NoScope)));
}
