use greengrid_app::customer::ShareSite;
use greengrid_domain::customer::SiteRole;
use greengrid_domain::identity::EmailAddressError;
use serde::Deserialize;

/// With whom a site is to be shared, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct ShareDto {
    #[serde(default)]
    pub(super) email: String,
    #[serde(default)]
    role: String,
}

impl ShareDto {
    /// What they are to be; who is not said to be an owner only looks.
    pub(super) fn role(&self) -> SiteRole {
        self.role.parse().unwrap_or(SiteRole::Viewer)
    }

    /// The command, or what is wrong with the address.
    pub(super) fn command(&self) -> Result<ShareSite, EmailAddressError> {
        Ok(ShareSite { email: self.email.parse()?, role: self.role() })
    }
}
