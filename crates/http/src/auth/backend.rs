use std::convert::Infallible;
use std::fmt;

use axum_login::{AuthUser, AuthnBackend};
use greengrid_app::error::StoreError;
use greengrid_app::identity::{Identity, Member};
use greengrid_domain::identity::User;
use uuid::Uuid;

use super::device::{self, Device};
use crate::fault::Fault;

/// The session of a request together with whoever is signed in.
pub(crate) type AuthSession = axum_login::AuthSession<Backend>;

/// What the session layer asks about people.
#[derive(Clone)]
pub(crate) struct Backend(Identity);

impl Backend {
    pub(super) const fn new(identity: Identity) -> Self {
        Self(identity)
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Backend")
    }
}

/// Somebody who is signed in.
#[derive(Clone)]
pub(crate) struct SignedIn {
    pub(super) user: User,
    version: [u8; 4],
}

impl fmt::Debug for SignedIn {
    /// The id alone: the session layer logs this, and logs hold no addresses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedIn({})", self.user.id)
    }
}

impl From<Member> for SignedIn {
    fn from(member: Member) -> Self {
        Self { user: member.user, version: member.auth_version.to_be_bytes() }
    }
}

impl AuthUser for SignedIn {
    type Id = Uuid;

    fn id(&self) -> Uuid {
        self.user.id.into()
    }

    /// Changes with role, password and activity, which ends every session that
    /// was opened before.
    fn session_auth_hash(&self) -> &[u8] {
        &self.version
    }
}

/// Opens a session, under a new id, for somebody who has shown who they are.
pub(crate) async fn open_session(
    auth: &mut AuthSession,
    member: Member,
    device: &Device,
) -> Result<(), Fault> {
    leave(auth).await?;
    let kept = auth.session.insert(device::DATA_KEY, device).await;
    kept.map_err(|_| Fault::SessionsAway)?;
    auth.login(&member.into()).await.map_err(|_| Fault::SessionsAway)
}

/// Ends the session that this browser has, if any, so that no id outlives a
/// sign-in.
pub(crate) async fn leave(auth: &mut AuthSession) -> Result<(), Fault> {
    if auth.session.id().is_some() {
        auth.logout().await.map_err(|_| Fault::SessionsAway)?;
    }
    Ok(())
}

impl AuthnBackend for Backend {
    type User = SignedIn;
    /// Nobody signs in through the session layer: it knows of no second factor
    /// and logs every refusal as an error.
    type Credentials = Infallible;
    type Error = StoreError;

    async fn authenticate(&self, never: Infallible) -> Result<Option<SignedIn>, StoreError> {
        match never {}
    }

    async fn get_user(&self, id: &Uuid) -> Result<Option<SignedIn>, StoreError> {
        let member = self.0.member((*id).into()).await?;
        Ok(member.filter(|member| member.user.active).map(SignedIn::from))
    }
}
