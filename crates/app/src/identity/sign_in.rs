use std::net::IpAddr;

use greengrid_domain::identity::EmailAddress;

use super::attempts;
use super::contracts::Member;
use super::errors::SignInError;
use super::service::{DEMO_PASSWORD, Identity};
use super::throttle::Admission;

impl Identity {
    /// Checks who somebody says they are. `address` is where the attempt came
    /// from.
    ///
    /// An unknown address, a wrong password and a closed account take the same
    /// work and end in the same [`SignInError::Refused`].
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        address: IpAddr,
    ) -> Result<Member, SignInError> {
        let account = attempts::key("", email);
        let attempt = match self.attempts.admit(&account, address, &self.attempt_limits).await? {
            Admission::Admitted(attempt) => attempt,
            Admission::Refused { retry_after } => {
                return Err(SignInError::TooMany { retry_after });
            }
        };

        let account = match email.parse::<EmailAddress>() {
            Ok(email) => self.users.find_by_email(&email).await?,
            Err(_) => None,
        };
        let hash = account.as_ref().and_then(|account| account.password.as_ref());
        let right = self.hasher.verify(password, hash).await?;
        let open = self.demo || password != DEMO_PASSWORD;

        match account.map(|account| account.member) {
            Some(member) if right && open && member.user.active => {
                self.attempts.succeeded(attempt).await?;
                Ok(member)
            }
            _ => Err(SignInError::Refused),
        }
    }
}
