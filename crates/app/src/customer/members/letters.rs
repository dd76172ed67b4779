//! What somebody is written with whom a site is shared.

use greengrid_domain::customer::SiteRole;
use greengrid_domain::fleet::Site;
use greengrid_domain::identity::{EmailAddress, User};
use greengrid_domain::messages::{Letter, LetterKind};
use uuid::Uuid;

use crate::identity::NewLink;
use crate::messages::Links;

/// Who shares which site with whom.
pub(super) struct Sharing<'a> {
    pub(super) id: Uuid,
    pub(super) from: &'a User,
    pub(super) to: &'a EmailAddress,
    pub(super) site: &'a Site,
    pub(super) role: SiteRole,
    pub(super) links: &'a Links,
}

impl Sharing<'_> {
    /// To somebody who has an account.
    pub(super) fn welcome(&self) -> Letter {
        let page = self.links.to(&format!("/my/{}", self.site.code));
        self.letter(LetterKind::Notice, &format!("It is among your sites from now on:\n{page}"))
    }

    /// To somebody who has none.
    pub(super) fn invitation(&self, link: &NewLink) -> Letter {
        let page = self.links.to(&link.path());
        self.letter(
            LetterKind::Invitation,
            &format!(
                "Choose a password within three days, and you see it too:\n{page}\n\n\
                 The link works once. If you do not want this, do nothing."
            ),
        )
    }

    fn letter(&self, kind: LetterKind, how: &str) -> Letter {
        let (name, from) = (&self.site.details.name, &self.from.name);
        let may = match self.role {
            SiteRole::Owner => "As an owner you see everything and may share it too.",
            SiteRole::Viewer => "You see what it makes; nothing else of theirs.",
        };
        Letter::builder()
            .key(format!("share:{}", self.id))
            .to(self.to.clone())
            .kind(kind)
            .subject(format!("{from} shares {name} with you"))
            .text(format!(
                "{from} shares the solar system “{name}” with you on GreenGrid. {may}\n\n{how}\n"
            ))
            .build()
    }
}
