//! Letters handed to a mail server.

mod compose;
#[cfg(any(test, feature = "testing"))]
pub mod sink;
mod smtp;
#[cfg(test)]
mod tests;

pub use smtp::{MailSettings, MailSettingsError, SmtpMailer};
