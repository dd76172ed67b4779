use super::Party;

/// Why a vendor's interface did not give what it was asked for: the classes of
/// failure that people and the scheduler can react to. Adapters translate
/// whatever their vendor answers into one of these.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Cause {
    /// No connection to the vendor's server could be made.
    Unreachable,
    /// The server did not answer in time.
    TimedOut,
    /// The server answered with a failure of its own, or with a page for
    /// browsers in the place of data.
    VendorFault,
    /// The vendor says that it is maintaining its service.
    Maintenance,
    /// Too many calls in a short time.
    RateLimited,
    /// The calls of the day or the month are used up.
    QuotaSpent,
    /// The vendor does not accept the key or sign-in.
    CredentialRejected,
    /// Access has run out and has to be given again.
    CredentialExpired,
    /// The vendor has blocked or deactivated the key.
    CredentialBlocked,
    /// A key of another interface of the same vendor.
    CredentialKind,
    /// Our own secret no longer opens the stored key.
    CredentialUnreadable,
    /// The vendor waits until its terms of use are accepted.
    TermsNotAccepted,
    /// The key is good but lacks a right.
    PermissionMissing,
    /// The sign-in is good but the plan does not hold this call.
    PlanTooSmall,
    /// The vendor knows no such site, or not for this key.
    SiteUnknown,
    /// The vendor has ended the interface.
    Retired,
    /// The answer does not have the form it is known to have, or the vendor
    /// refused a call that it is known to take.
    ContractChanged,
    /// Everything answers, but the site has sent nothing new to its vendor.
    NoFreshData,
    /// The inverter itself reports an error inside.
    DeviceFault,
    /// The inverter's own interface is switched off.
    InterfaceOff,
}

impl Cause {
    /// What is wrong, as a sentence for people, without its full stop.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Unreachable => "the vendor’s server cannot be reached",
            Self::TimedOut => "the vendor’s server does not answer in time",
            Self::VendorFault => "the vendor’s server has a fault; it is not the customer’s",
            Self::Maintenance => "the vendor is maintaining its service",
            Self::RateLimited => "too many calls in a short time; this passes by itself",
            Self::QuotaSpent => "the key is good, but the calls that its plan allows are used up",
            Self::CredentialRejected => "the vendor does not accept this key or sign-in",
            Self::CredentialExpired => "access has run out: the owner must approve again",
            Self::CredentialBlocked => "the vendor has blocked or deactivated this key",
            Self::CredentialKind => "this is a key for an older interface; create a v2 key",
            Self::CredentialUnreadable => {
                "the stored key cannot be opened: the server’s secret has changed"
            }
            Self::TermsNotAccepted => "the vendor waits until its new terms of use are accepted",
            Self::PermissionMissing => "the key is good, but lacks the rights for this site",
            Self::PlanTooSmall => "the sign-in is good, but our plan with the vendor is too small",
            Self::SiteUnknown => "the vendor knows no such site for this key",
            Self::Retired => "the vendor ended the old connection; reconnect with a new key",
            Self::ContractChanged => {
                "the vendor changed something in its answers; engineering is told"
            }
            Self::NoFreshData => "connected, but the site has sent nothing new to its vendor",
            Self::DeviceFault => "the inverter reports an internal error",
            Self::InterfaceOff => "the inverter’s own interface is switched off",
        }
    }

    /// What has to be done, as a sentence for whoever has to do it, without
    /// its full stop.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Unreachable | Self::TimedOut | Self::RateLimited => {
                "wait; we try again by ourselves"
            }
            Self::VendorFault => "wait; if it lasts a day, tell the vendor’s support",
            Self::Maintenance => "wait until the vendor is done; we try again by ourselves",
            Self::QuotaSpent => {
                "wait until the plan allows calls again, or buy more from the vendor"
            }
            Self::CredentialRejected => "copy the key from the vendor’s portal once more",
            Self::CredentialExpired => "send the owner the link to approve again",
            Self::CredentialBlocked => "ask the vendor why, or create a new key",
            Self::CredentialKind => "create a key for the present interface in the portal",
            Self::CredentialUnreadable => {
                "give the server its former secret, or enter the key anew"
            }
            Self::TermsNotAccepted => "sign in to the vendor’s portal once and accept the terms",
            Self::PermissionMissing => "ask the installer to give this key the missing rights",
            Self::PlanTooSmall => "move to a larger plan in the vendor’s developer portal",
            Self::SiteUnknown => "compare the site’s number with the vendor’s portal",
            Self::Retired => "create a key for the vendor’s new interface",
            Self::ContractChanged => "nothing; engineering has been told",
            Self::NoFreshData => "check the internet at the site and the logger’s lights",
            Self::DeviceFault => "restart the inverter; if it comes back, call the installer",
            Self::InterfaceOff => "in the inverter’s menu, enable: Communication → Solar API",
        }
    }

    /// Who has to act.
    #[must_use]
    pub const fn party(self) -> Party {
        match self {
            Self::Unreachable | Self::TimedOut | Self::Maintenance | Self::RateLimited => {
                Party::Nobody
            }
            Self::VendorFault => Party::Vendor,
            Self::QuotaSpent
            | Self::CredentialBlocked
            | Self::CredentialUnreadable
            | Self::TermsNotAccepted
            | Self::PlanTooSmall
            | Self::Retired => Party::Admin,
            Self::CredentialRejected | Self::CredentialKind | Self::SiteUnknown => Party::Cs,
            Self::PermissionMissing => Party::Installer,
            Self::CredentialExpired
            | Self::NoFreshData
            | Self::DeviceFault
            | Self::InterfaceOff => Party::Customer,
            Self::ContractChanged => Party::Engineering,
        }
    }

    /// Whether trying again may do by itself, without anybody acting.
    #[must_use]
    pub const fn passes(self) -> bool {
        matches!(
            self,
            Self::Unreachable
                | Self::TimedOut
                | Self::VendorFault
                | Self::Maintenance
                | Self::RateLimited
                | Self::QuotaSpent
                | Self::ContractChanged
                | Self::NoFreshData
                | Self::DeviceFault
        )
    }

    /// Whether the cause lies with the key and so strikes every site behind it.
    #[must_use]
    pub const fn strikes_credential(self) -> bool {
        matches!(
            self,
            Self::QuotaSpent
                | Self::RateLimited
                | Self::CredentialRejected
                | Self::CredentialExpired
                | Self::CredentialBlocked
                | Self::CredentialKind
                | Self::CredentialUnreadable
                | Self::TermsNotAccepted
                | Self::PlanTooSmall
        )
    }

    /// Whether the cause lies with the vendor and so strikes every site of the
    /// brand.
    #[must_use]
    pub const fn strikes_vendor(self) -> bool {
        matches!(
            self,
            Self::Unreachable
                | Self::TimedOut
                | Self::VendorFault
                | Self::Maintenance
                | Self::Retired
        )
    }
}
