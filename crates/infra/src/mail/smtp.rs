use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use greengrid_app::messages::{Claimed, Mailer, NotSent};
use greengrid_domain::text::single_line;
use lettre::message::Mailbox;
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::compose::{ComposeError, compose};

/// How long the server may take to answer one command, and a whole letter.
const COMMAND: Duration = Duration::from_secs(20);
const WHOLE: Duration = Duration::from_mins(1);

/// Connections to the server at a time.
const CONNECTIONS: u32 = 4;

/// Longest sentence that is kept of what a server said.
const LONGEST_REASON: usize = 300;

/// Codes by which a server says that it does not take our word for who we are
/// (RFC 4954, section 6), or takes no mail at all (RFC 7504): not the letter’s
/// fault.
const NOT_FROM_US: [u16; 5] = [521, 530, 534, 535, 538];

/// Which mail server takes letters, and from whom they are.
#[derive(Clone)]
pub struct MailSettings {
    url: String,
    from: Mailbox,
}

impl fmt::Debug for MailSettings {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailSettings").field("from", &self.from).finish_non_exhaustive()
    }
}

/// Why settings of mail were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailSettingsError {
    /// The server’s address.
    #[error(
        "the address of a mail server looks like smtps://user:password@mail.example.org, or \
         smtp://mail.example.org:587?tls=required"
    )]
    Url,
    /// The sender.
    #[error("the sender looks like GreenGrid <alerts@example.org>")]
    From,
}

impl MailSettings {
    /// Letters go through the server at `url` and come from `from`, an address
    /// with or without a name.
    pub fn new(url: &str, from: &str) -> Result<Self, MailSettingsError> {
        let from = from.parse().map_err(|_| MailSettingsError::From)?;
        let settings = Self { url: url.to_owned(), from };
        settings.transport()?;
        Ok(settings)
    }

    fn transport(&self) -> Result<AsyncSmtpTransportBuilder, MailSettingsError> {
        // Another part of the program may have named the same provider before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        AsyncSmtpTransport::<Tokio1Executor>::from_url(&self.url)
            .map_err(|_| MailSettingsError::Url)
    }
}

/// Brings letters to a mail server by SMTP.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    whole: Duration,
}

impl SmtpMailer {
    /// Through the server of these settings. Has to be called within a runtime.
    pub fn new(settings: &MailSettings) -> Result<Self, MailSettingsError> {
        Self::with_patience(settings, COMMAND, WHOLE)
    }

    /// The same with other bounds of what one command, and a whole letter, may
    /// take.
    pub(super) fn with_patience(
        settings: &MailSettings,
        command: Duration,
        whole: Duration,
    ) -> Result<Self, MailSettingsError> {
        let transport = settings
            .transport()?
            .timeout(Some(command))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS))
            .build();
        Ok(Self { transport, from: settings.from.clone(), whole })
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn is_ready(&self) -> Result<(), NotSent> {
        match tokio::time::timeout(self.whole, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(NotSent::Away("the mail server ended the connection".to_owned())),
            Ok(Err(error)) => Err(NotSent::Away(reason(&error))),
            Err(_) => Err(NotSent::Away("the mail server did not answer in time".to_owned())),
        }
    }

    async fn send(&self, claimed: &Claimed) -> Result<(), NotSent> {
        let message = compose(claimed, &self.from).map_err(|error| unwritable(&error))?;
        match tokio::time::timeout(self.whole, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(not_sent(&error)),
            Err(_) => Err(NotSent::Failed("the mail server did not answer in time".to_owned())),
        }
    }
}

fn unwritable(error: &ComposeError) -> NotSent {
    NotSent::Refused(error.to_string())
}

fn not_sent(error: &Error) -> NotSent {
    let why = reason(error);
    match error.status().map(u16::from) {
        Some(code) if NOT_FROM_US.contains(&code) => NotSent::Away(why),
        Some(_) if error.is_permanent() => NotSent::Refused(why),
        _ => NotSent::Failed(why),
    }
}

/// What a server said, as one line that fits a page.
fn reason(error: &Error) -> String {
    let said = if error.is_timeout() {
        "the mail server did not answer in time".to_owned()
    } else {
        single_line(&error.to_string())
    };
    said.chars().take(LONGEST_REASON).collect()
}
