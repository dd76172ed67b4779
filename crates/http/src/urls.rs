//! Addresses of pages, in one place.

use greengrid_domain::fleet::SiteCode;
use greengrid_domain::identity::Role;

pub(crate) const SIGN_IN: &str = "/sign-in";
pub(crate) const SIGN_OUT: &str = "/sign-out";
pub(crate) const THEME: &str = "/theme";
pub(crate) const OVERVIEW: &str = "/overview";
pub(crate) const SITES: &str = "/sites";
pub(crate) const ONBOARDING: &str = "/onboarding";
pub(crate) const OWN_SITES: &str = "/my";
pub(crate) const ADMIN: &str = "/admin";
pub(crate) const IMPORT: &str = "/import";
pub(crate) const QUARANTINE: &str = "/quarantine";

/// The page of a site. Codes hold only characters that need no escaping.
pub(crate) fn site(code: &SiteCode) -> String {
    format!("/sites/{code}")
}

/// Where a person lands after signing in.
pub(crate) const fn home(role: Role) -> &'static str {
    match role {
        Role::Ops => OVERVIEW,
        Role::Cs => ONBOARDING,
        Role::Customer => OWN_SITES,
        Role::Admin => ADMIN,
    }
}
