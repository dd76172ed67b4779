use std::fmt;
use std::net::IpAddr;

use axum_login::{AuthUser, AuthnBackend};
use greengrid_app::identity::{Identity, Member, SignInError};
use greengrid_domain::identity::{Role, User};
use uuid::Uuid;

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

/// What somebody typed, and where from.
pub(crate) struct Credentials {
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) address: IpAddr,
}

/// Checks what was typed and opens a session for whoever it is. An older
/// session of this browser ends first, so that no id outlives a sign-in.
pub(crate) async fn begin_session(
    auth: &mut AuthSession,
    typed: Credentials,
) -> Result<Result<Role, SignInError>, Fault> {
    // Not through the session layer, which logs every refusal as an error.
    let user = match auth.backend.authenticate(typed).await {
        Ok(Some(user)) => user,
        Ok(None) => return Ok(Err(SignInError::Refused)),
        Err(error) => return Ok(Err(error)),
    };
    begin(auth, &user).await?;
    Ok(Ok(user.user.role))
}

/// Opens a session for somebody who has shown otherwise who they are.
pub(crate) async fn open_session(auth: &mut AuthSession, member: Member) -> Result<(), Fault> {
    begin(auth, &member.into()).await
}

async fn begin(auth: &mut AuthSession, user: &SignedIn) -> Result<(), Fault> {
    if auth.session.id().is_some() {
        auth.logout().await.map_err(|_| Fault::SessionsAway)?;
    }
    auth.login(user).await.map_err(|_| Fault::SessionsAway)
}

impl AuthnBackend for Backend {
    type User = SignedIn;
    type Credentials = Credentials;
    type Error = SignInError;

    async fn authenticate(&self, typed: Credentials) -> Result<Option<SignedIn>, SignInError> {
        match self.0.sign_in(&typed.email, &typed.password, typed.address).await {
            Ok(member) => Ok(Some(member.into())),
            Err(SignInError::Refused) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn get_user(&self, id: &Uuid) -> Result<Option<SignedIn>, SignInError> {
        let member = self.0.member((*id).into()).await?;
        Ok(member.filter(|member| member.user.active).map(SignedIn::from))
    }
}
