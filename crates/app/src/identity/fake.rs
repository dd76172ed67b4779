use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use greengrid_domain::identity::{
    ApiToken, EmailAddress, LinkPurpose, LinkState, NewPassword, Role, TokenId, User, UserId,
    UserName,
};
use greengrid_domain::messages::Letter;
use greengrid_domain::observability::{AuditEntry, AuditSubject, Initiator};
use jiff::Timestamp;
use parking_lot::Mutex;
use uuid::Uuid;

use super::*;
use crate::error::StoreError;
use crate::ids::Ids;

/// All contracts at once, in memory. The hash of a password is the password.
#[derive(Default)]
pub(super) struct Fake {
    pub(super) accounts: Mutex<Vec<Account>>,
    pub(super) links: Mutex<Vec<(LinkPurpose, [u8; 32], FoundLink)>>,
    pub(super) letters: Mutex<Vec<Letter>>,
    /// How long it takes to keep a link.
    pub(super) slow: Mutex<Duration>,
    /// Under what attempts were counted.
    pub(super) counted: Mutex<Vec<[u8; 32]>>,
    pub(super) tokens: Mutex<Vec<(ApiToken, [u8; 32])>>,
    /// What hashes passwords were checked against.
    pub(super) checked: Mutex<Vec<Option<String>>>,
    pub(super) successes: Mutex<u32>,
    pub(super) closed: Mutex<Option<Duration>>,
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
    async fn page(&self, _: &PeopleQuery, _: u32) -> Result<PeoplePage, StoreError> {
        Ok(PeoplePage::default())
    }
    async fn add(
        &self,
        user: &User,
        password: &PasswordHash,
        _: Initiator,
    ) -> Result<Added, StoreError> {
        let member = Member { user: user.clone(), auth_version: 1 };
        self.accounts.lock().push(Account { member, password: Some(password.clone()) });
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
        id: UserId,
        password: &PasswordHash,
        letters: &[Letter],
        _: Initiator,
    ) -> Result<Changed, StoreError> {
        let mut accounts = self.accounts.lock();
        if let Some(account) = accounts.iter_mut().find(|a| a.member.user.id == id) {
            account.password = Some(password.clone());
            account.member.auth_version += 1;
        }
        self.letters.lock().extend_from_slice(letters);
        Ok(Changed::Done)
    }
    async fn rename(
        &self,
        id: UserId,
        name: &UserName,
        _: Initiator,
    ) -> Result<Changed, StoreError> {
        let mut accounts = self.accounts.lock();
        let account = accounts.iter_mut().find(|a| a.member.user.id == id);
        account.expect("an account").member.user.name = name.clone();
        Ok(Changed::Done)
    }
}

#[async_trait]
impl AttemptStore for Fake {
    async fn admit(
        &self,
        account: &[u8; 32],
        _: IpAddr,
        _: &AttemptLimits,
    ) -> Result<Admission, StoreError> {
        self.counted.lock().push(*account);
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
impl LinkStore for Fake {
    async fn find(
        &self,
        purpose: LinkPurpose,
        secret: &[u8; 32],
    ) -> Result<Option<FoundLink>, StoreError> {
        let links = self.links.lock();
        Ok(links.iter().find(|(p, kept, _)| *p == purpose && kept == secret).map(|l| l.2.clone()))
    }
    async fn invite(
        &self,
        user: &User,
        link: &NewLink,
        letter: &Letter,
        by: Initiator,
    ) -> Result<Added, StoreError> {
        let member = Member { user: user.clone(), auth_version: 1 };
        self.accounts.lock().push(Account { member, password: None });
        self.issue(user.id, link, None, std::slice::from_ref(letter), by).await?;
        Ok(Added::Done)
    }
    async fn issue(
        &self,
        user: UserId,
        link: &NewLink,
        new_email: Option<&EmailAddress>,
        letters: &[Letter],
        _: Initiator,
    ) -> Result<(), StoreError> {
        let slow = *self.slow.lock();
        tokio::time::sleep(slow).await;
        let accounts = self.accounts.lock();
        let account = accounts.iter().find(|a| a.member.user.id == user);
        let found = FoundLink {
            user: account.expect("an account").member.user.clone(),
            state: LinkState::Good,
            new_email: new_email.cloned(),
        };
        self.links.lock().push((link.purpose(), link.hash(), found));
        self.letters.lock().extend_from_slice(letters);
        Ok(())
    }
    async fn move_address(
        &self,
        secret: &[u8; 32],
        letters: &[Letter],
    ) -> Result<Option<Result<Moved, LinkState>>, StoreError> {
        let links = self.links.lock();
        let Some((_, _, link)) = links.iter().find(|l| l.1 == *secret) else { return Ok(None) };
        let mut accounts = self.accounts.lock();
        let account = accounts.iter_mut().find(|a| a.member.user.id == link.user.id);
        account.expect("an account").member.user.email = link.new_email.clone().unwrap();
        self.letters.lock().extend_from_slice(letters);
        Ok(Some(Ok(Moved::Done)))
    }
    async fn set_password(
        &self,
        set: PasswordByLink<'_>,
    ) -> Result<Option<Result<Member, LinkState>>, StoreError> {
        let mut links = self.links.lock();
        let link = links.iter_mut().find(|(p, kept, _)| *p == set.purpose && kept == set.secret);
        let Some((_, _, link)) = link else { return Ok(None) };
        if link.state != LinkState::Good {
            return Ok(Some(Err(link.state)));
        }
        link.state = LinkState::Used;
        let mut accounts = self.accounts.lock();
        let account = accounts.iter_mut().find(|a| a.member.user.id == link.user.id).unwrap();
        account.password = Some(set.password.clone());
        self.letters.lock().extend_from_slice(set.letters);
        account.member.user.name = set.name.cloned().unwrap_or(account.member.user.name.clone());
        Ok(Some(Ok(account.member.clone())))
    }
    async fn sweep(&self) -> Result<(), StoreError> {
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
    async fn list(&self, _: UserId) -> Result<Vec<SessionSummary>, StoreError> {
        Ok(Vec::new())
    }
    async fn end_of(&self, _: UserId, _: &SessionKey) -> Result<Changed, StoreError> {
        Ok(Changed::Missing)
    }
    async fn end_others(&self, _: UserId, _: &SessionKey) -> Result<u64, StoreError> {
        Ok(0)
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
    async fn in_force(&self, ids: &[TokenId]) -> Result<Vec<TokenId>, StoreError> {
        Ok(ids.to_vec())
    }
    async fn revoke(&self, _: TokenId, _: Initiator) -> Result<Changed, StoreError> {
        Ok(Changed::Done)
    }
}

#[async_trait]
impl AuditLog for Fake {
    async fn entries(&self, _: &TrailQuery, limit: u32) -> Result<Vec<TrailEntry>, StoreError> {
        let entry = |number| TrailEntry {
            number,
            entry: AuditEntry {
                at: Timestamp::UNIX_EPOCH,
                initiator: Initiator::System,
                subject: AuditSubject::User,
                subject_id: String::new(),
                action: String::new(),
                before: None,
                after: None,
            },
            by: None,
            about: None,
        };
        Ok((1..=i64::from(limit)).rev().map(entry).collect())
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

/// The use cases on these fakes.
pub(super) fn identity(fake: &Arc<Fake>, demo: bool) -> Identity {
    Identity::builder()
        .users(fake.clone())
        .attempts(fake.clone())
        .links(fake.clone())
        .sessions(fake.clone())
        .tokens(fake.clone())
        .audit(fake.clone())
        .hasher(fake.clone())
        .ids(fake.clone())
        .demo(demo)
        .build()
}

/// Somebody to add.
pub(super) fn diana(password: &str) -> NewUser {
    NewUser {
        email: "diana@example.org".parse().unwrap(),
        name: "Diana Reyes".parse().unwrap(),
        role: Role::Ops,
        password: NewPassword::new(password).unwrap(),
    }
}
