use std::sync::Arc;

use greengrid_app::messages::{Mailer, Postman};
pub use greengrid_infra::mail::MailSettingsError;
use greengrid_infra::mail::{MailSettings, SmtpMailer};
use greengrid_infra::postgres::messages::PgLetterStore;

use super::Core;
use crate::settings::MailServer;

/// Whether letters can be handed to this server, as far as its address and the
/// sender tell.
pub fn check_mail(server: &MailServer) -> Result<(), MailSettingsError> {
    MailSettings::new(&server.url, &server.from).map(drop)
}

/// Whoever sends letters. Without a server that can be used, they are kept.
pub(super) fn postman(core: &Core, server: Option<&MailServer>) -> Postman {
    let mailer = server.and_then(|server| {
        let mailer = MailSettings::new(&server.url, &server.from)
            .and_then(|settings| SmtpMailer::new(&settings));
        match mailer {
            Ok(mailer) => Some(Arc::new(mailer) as Arc<dyn Mailer>),
            Err(error) => {
                tracing::error!(%error, "letters are kept and not sent");
                None
            }
        }
    });
    Postman::builder()
        .store(Arc::new(PgLetterStore::new(core.stores.pools.pages.clone())))
        .maybe_mailer(mailer)
        .build()
}
