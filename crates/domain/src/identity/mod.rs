//! People, their roles, and tokens for devices.

mod email;
mod link;
mod password;
mod role;
mod strength;
mod token;
mod totp;
mod user;

pub use email::{EmailAddress, EmailAddressError};
pub use link::{LinkPurpose, LinkState};
pub use password::{NewPassword, NewPasswordError};
pub use role::Role;
pub use strength::Strength;
pub use token::{ApiToken, Scope, TokenId};
pub use totp::{SecondCode, SecondCodeError, TotpSecret, TotpSecretError};
pub use user::{User, UserId, UserName, UserNameError};
