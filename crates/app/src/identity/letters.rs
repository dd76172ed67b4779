//! What the program writes to people about their accounts.

use greengrid_domain::identity::{EmailAddress, LinkPurpose, User};
use greengrid_domain::messages::{Letter, LetterKind};

use super::links::NewLink;
use crate::messages::Links;

/// Tells somebody new where they set their password.
#[must_use]
pub fn invitation(user: &User, link: &NewLink, links: &Links) -> Letter {
    let text = format!(
        "you have an account at GreenGrid. Choose a password here:\n\n{}\n\nThe link works once, \
         within three days. From then on you sign in with {}.\n\nIf you did not expect this \
         letter, leave it be: nobody gets in without the link.",
        links.to(&link.path()),
        user.email
    );
    by_link(user, &user.email, link, "Your account at GreenGrid", &text)
}

/// Tells somebody who forgot their password where they set another.
#[must_use]
pub(super) fn password_reset(user: &User, link: &NewLink, links: &Links) -> Letter {
    let text = format!(
        "somebody, probably you, asked for a new password for {}. Choose it here:\n\n{}\n\nThe \
         link works once, within an hour, and takes the place of earlier ones.\n\nIf it was not \
         you, you need not do anything: your password stays as it is.",
        user.email,
        links.to(&link.path())
    );
    by_link(user, &user.email, link, "A new password for GreenGrid", &text)
}

/// Asks whoever reads mail at a new address whether it is theirs.
pub(super) fn new_address(
    user: &User,
    new: &EmailAddress,
    link: &NewLink,
    links: &Links,
) -> Letter {
    let text = format!(
        "you want to sign in to GreenGrid with {new} from now on. Confirm it here:\n\n{}\n\nThe \
         link works once, within a day. Until then {} stays as it is.\n\nIf you know nothing of \
         this, leave it be: nothing changes without the link.",
        links.to(&link.path()),
        user.email
    );
    by_link(user, new, link, "Confirm your new address", &text)
}

/// Tells the present address that another is to take its place.
pub(super) fn address_asked(user: &User, new: &EmailAddress, link: &NewLink) -> Letter {
    let text = format!(
        "somebody who knows your password wants {new} to take the place of this address at \
         GreenGrid. It happens once they confirm it from there.\n\nIf it was not you, change \
         your password now: that also ends what was asked for."
    );
    notice(user, &format!("asked:{}", key(link)), "Your address is about to change", &text)
}

/// Tells the former address that another took its place.
pub(super) fn address_changed(user: &User, new: &EmailAddress, occasion: &str) -> Letter {
    let text = format!(
        "{new} has taken the place of this address at GreenGrid. Letters go there from now \
         on.\n\nIf it was not you, tell an administrator at once."
    );
    notice(user, &format!("moved:{occasion}"), "Your address has changed", &text)
}

/// Tells somebody that their password changed, in case it was not them.
pub(super) fn password_changed(user: &User, occasion: &str) -> Letter {
    let text = "your password at GreenGrid was changed, and everybody who was signed in with the \
                old one is out.\n\nIf it was not you, ask for a new password at once (\"Forgotten \
                your password?\" on the sign-in page) and tell an administrator.";
    notice(user, &format!("password:{occasion}"), "Your password has changed", text)
}

/// Tells somebody that what their sign-in asks for changed.
pub(super) fn factor_changed(user: &User, on: bool, occasion: &str) -> Letter {
    let (subject, what) = if on {
        (
            "Signing in now asks for a code",
            "from now on signing in to GreenGrid asks for a code from your authenticator app",
        )
    } else {
        (
            "Signing in asks for no code any more",
            "signing in to GreenGrid asks for no code from your authenticator app any more",
        )
    };
    let text = format!(
        "{what}.\n\nIf it was not you, change your password at once and tell an administrator."
    );
    notice(user, &format!("factor:{occasion}"), subject, &text)
}

fn by_link(user: &User, to: &EmailAddress, link: &NewLink, subject: &str, text: &str) -> Letter {
    let kind = match link.purpose() {
        LinkPurpose::Invitation => LetterKind::Invitation,
        LinkPurpose::PasswordReset => LetterKind::PasswordReset,
        LinkPurpose::AddressChange => LetterKind::AddressChange,
    };
    Letter::builder()
        .key(format!("link:{}", key(link)))
        .to(to.clone())
        .kind(kind)
        .subject(subject)
        .text(addressed(user, text))
        .build()
}

fn notice(user: &User, key: &str, subject: &str, text: &str) -> Letter {
    Letter::builder()
        .key(format!("account:{key}"))
        .to(user.email.clone())
        .kind(LetterKind::Notice)
        .subject(subject)
        .text(addressed(user, text))
        .build()
}

fn addressed(user: &User, text: &str) -> String {
    format!("Hello {},\n\n{text}\n\nGreenGrid\n", user.name.first())
}

/// Names the link without opening it.
fn key(link: &NewLink) -> String {
    hex::encode(link.hash())
}
