use std::fmt;

use greengrid_domain::identity::LinkPurpose;

use crate::error::StoreError;
use crate::identity::secrets;

/// A link to be kept and mailed. It is the one place that knows its secret:
/// kept is only the [`hash`](Self::hash).
#[derive(Clone)]
pub struct NewLink {
    purpose: LinkPurpose,
    secret: String,
}

impl NewLink {
    /// A link that nobody can foresee.
    pub fn fresh(purpose: LinkPurpose) -> Result<Self, StoreError> {
        Ok(Self { purpose, secret: secrets::fresh()? })
    }

    /// What it is for.
    #[must_use]
    pub const fn purpose(&self) -> LinkPurpose {
        self.purpose
    }

    /// What is kept of its secret.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        secrets::hashed(&self.secret)
    }

    /// The path of the page that takes it, for the one letter that carries it.
    #[must_use]
    pub fn path(&self) -> String {
        let page = match self.purpose {
            LinkPurpose::Invitation => "invitation",
            LinkPurpose::PasswordReset => "reset",
            LinkPurpose::AddressChange => "address",
        };
        format!("/{page}/{}", self.secret)
    }
}

impl fmt::Debug for NewLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewLink({}, …)", self.purpose)
    }
}
