//! What a failed test means for the people in a case, in words that can be sent.

use crate::fleet::Brand;
use crate::ingestion::{Cause, Party};

/// A message ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// To whom.
    pub to: Party,
    /// Its subject.
    pub subject: String,
    /// Its text, in paragraphs.
    pub text: String,
}

/// What is wrong, who has to do what, and what to write to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// What happened, in a short sentence without its full stop.
    pub claim: String,
    /// What that means, and what is not broken.
    pub meaning: String,
    /// Who has to act.
    pub party: Party,
    /// What they have to do.
    pub remedy: &'static str,
    /// A message to whoever has to act, where that is somebody outside.
    pub draft: Option<Draft>,
}

/// What a failure of this class means with this brand.
#[must_use]
pub fn diagnose(brand: Brand, cause: Cause, site: &str) -> Diagnosis {
    let name = brand.name();
    Diagnosis {
        claim: claim(name, cause),
        meaning: meaning(name, cause),
        party: cause.party(),
        remedy: cause.remedy(),
        draft: draft(brand, cause, site),
    }
}

fn claim(name: &str, cause: Cause) -> String {
    match cause {
        Cause::Unreachable => format!("{name} cannot be reached"),
        Cause::TimedOut => format!("{name} does not answer in time"),
        Cause::VendorFault => format!("{name} has a fault of its own"),
        Cause::Maintenance => format!("{name} is maintaining its service"),
        Cause::RateLimited => "Too many questions in a short time".to_owned(),
        Cause::QuotaSpent => {
            "The key is good, but the calls that its plan allows are used up".to_owned()
        }
        Cause::CredentialRejected => format!("{name} answered, but does not accept this key"),
        Cause::CredentialExpired => "The owner’s approval has run out".to_owned(),
        Cause::CredentialBlocked => format!("{name} has blocked this key"),
        Cause::CredentialKind => "This is a key of the old interface".to_owned(),
        Cause::CredentialUnreadable => "The stored key cannot be opened".to_owned(),
        Cause::TermsNotAccepted => format!("{name} waits until its new terms are accepted"),
        Cause::PermissionMissing => "The key is good, but lacks rights".to_owned(),
        Cause::PlanTooSmall => format!("The sign-in is good, but our {name} plan is too small"),
        Cause::SiteUnknown => format!("{name} knows no such site for this key"),
        Cause::Retired => format!("{name} has ended the old connection"),
        Cause::ContractChanged => format!("{name} has changed its answers"),
        Cause::NoFreshData => "Connected, but nothing new comes".to_owned(),
        Cause::DeviceFault => "The inverter reports an internal error".to_owned(),
        Cause::InterfaceOff => "The inverter’s own interface is switched off".to_owned(),
    }
}

fn meaning(name: &str, cause: Cause) -> String {
    match cause {
        Cause::Unreachable | Cause::TimedOut => format!(
            "Nothing is wrong with the key or the site. The way to {name} or its server is down."
        ),
        Cause::VendorFault => format!(
            "It is {name}’s fault, not the customer’s. The key may well be good."
        ),
        Cause::Maintenance => "Nothing is wrong with the key or the site.".to_owned(),
        Cause::RateLimited => "This is temporary. The key is good.".to_owned(),
        Cause::QuotaSpent => {
            "The key works again with the new day or month, or with a larger plan.".to_owned()
        }
        Cause::CredentialRejected => {
            "The key is mistyped, incomplete or was withdrawn. Have it copied again with the copy \
             button, not by hand. Nothing is wrong with the inverter or the internet line."
                .to_owned()
        }
        Cause::CredentialExpired => {
            "The owner approved once, and that has ended. They have to approve again; nothing else \
             is wrong."
                .to_owned()
        }
        Cause::CredentialBlocked => format!(
            "The key is known to {name}, and was deactivated there. The site is not to blame."
        ),
        Cause::CredentialKind => {
            "The old interface has ended and its keys open nothing. A key of the new one is made in \
             the same portal."
                .to_owned()
        }
        Cause::CredentialUnreadable => {
            "Our own secret has changed since it was stored. Enter it anew.".to_owned()
        }
        Cause::TermsNotAccepted => {
            "Signing in to the portal once and accepting is enough.".to_owned()
        }
        Cause::PermissionMissing => {
            "It opens the account, but not everything we need of this site. The installer can add \
             the rights."
                .to_owned()
        }
        Cause::PlanTooSmall => "The customer has nothing to do with it.".to_owned(),
        Cause::SiteUnknown => {
            "The key is accepted. Either the site’s number is mistyped, or the site belongs to \
             another account."
                .to_owned()
        }
        Cause::Retired => "It needs a key of the new interface. The site is fine.".to_owned(),
        Cause::ContractChanged => {
            "Engineering has been told. The key and the site are probably fine.".to_owned()
        }
        Cause::NoFreshData => format!(
            "The key and its rights are fine. The site has sent nothing new to {name}: its internet \
             or its logger is down."
        ),
        Cause::DeviceFault => {
            "The connection is fine; the inverter could not answer. A restart mostly helps."
                .to_owned()
        }
        Cause::InterfaceOff => {
            "New inverters come with it off, and a reset switches it off again.".to_owned()
        }
    }
}

/// A message for the customer or the installer. Others are colleagues, or
/// nobody has to act.
fn draft(brand: Brand, cause: Cause, site: &str) -> Option<Draft> {
    let name = brand.name();
    let (to, ask) = match cause {
        Cause::CredentialRejected => (
            Party::Customer,
            format!(
                "{name} does not accept the key we have. Please sign in to the {name} portal, copy the \
             key again with the copy button, and enter it by the link we send with this message."
            ),
        ),
        Cause::CredentialKind | Cause::Retired => (
            Party::Customer,
            format!(
                "The key we have belongs to an interface that {name} has ended. Please create a new key \
             in the {name} portal and enter it by the link we send with this message."
            ),
        ),
        Cause::CredentialExpired => (
            Party::Customer,
            format!(
                "Your approval to read the data of your site from {name} has run out. Please approve \
             again by the link we send with this message; it takes a minute."
            ),
        ),
        Cause::TermsNotAccepted => (
            Party::Customer,
            format!(
                "{name} has new terms of use. Please sign in to its portal once and accept them; after \
             that we can read your data."
            ),
        ),
        Cause::NoFreshData => (
            Party::Customer,
            format!(
                "We can reach {name}, but your site has sent nothing new to it. Please check that the \
             internet at the site works and that the logger’s lights are on, and restart the logger \
             if they are not."
            ),
        ),
        Cause::DeviceFault => (
            Party::Customer,
            "Your inverter reports an internal error. Please switch it off and on again as its \
             manual says; if that does not help, your installer will."
                .to_owned(),
        ),
        Cause::InterfaceOff => (
            Party::Customer,
            "Your inverter’s own interface is switched off. Please open the inverter’s menu in a \
             browser at home and enable it under Communication → Solar API."
                .to_owned(),
        ),
        Cause::PermissionMissing => (
            Party::Installer,
            format!(
                "The {name} key we were given opens the account, but lacks rights for this site. Please \
             add the right to read production and devices, and let us know."
            ),
        ),
        Cause::SiteUnknown => (
            Party::Installer,
            format!(
                "The {name} key we were given is good, but shows no site under the number we have. \
             Please send us the site’s number as the {name} portal shows it, or share the site with \
             this account."
            ),
        ),
        Cause::CredentialBlocked => (
            Party::Installer,
            format!(
                "{name} has deactivated the key we were given. Please create another one for this site."
            ),
        ),
        _ => return None,
    };
    let text = format!(
        "Hello,\n\nwe are connecting “{site}” and need a hand.\n\n{ask}\n\nNothing is wrong with \
         the solar system itself. Thank you!\n\nYour GreenGrid team"
    );
    Some(Draft { to, subject: format!("“{site}”: one step is missing"), text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn every_cause_has_a_claim_a_meaning_and_somebody_who_acts() {
        for cause in Cause::iter() {
            for brand in [Brand::SolarEdge, Brand::Fronius, Brand::Enphase] {
                let told = diagnose(brand, cause, "Weir Cottage");
                assert!(told.claim.len() > 10 && !told.claim.ends_with('.'), "{cause}");
                assert!(told.meaning.ends_with('.'), "{cause}: {}", told.meaning);
                if let Some(draft) = told.draft {
                    assert!(draft.text.contains("Weir Cottage"));
                    assert!(!draft.text.contains("  "), "{}", draft.text);
                }
            }
        }
    }

    #[test]
    fn whoever_is_outside_and_has_to_act_can_be_written_to() {
        for cause in Cause::iter() {
            if matches!(cause.party(), Party::Customer | Party::Installer) {
                assert!(diagnose(Brand::Fronius, cause, "x").draft.is_some(), "{cause}");
            }
        }
    }
}
