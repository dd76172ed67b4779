//! People, their roles, and tokens for devices.

mod email;
mod password;
mod role;
mod token;
mod user;

pub use email::{EmailAddress, EmailAddressError};
pub use password::{NewPassword, NewPasswordError};
pub use role::Role;
pub use token::{ApiToken, Scope, TokenId};
pub use user::{User, UserId, UserName, UserNameError};
