use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::{CredentialId, Quota};
use greengrid_domain::onboarding::{CaseId, Happened, Happening, Plain, Stage, judge};
use jiff::SignedDuration;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};

use super::grant::{Approval, ApprovalFrom, CustomerPage, Grant, GrantError};
use super::service::{Effect, open};
use super::{CaseLetter, NewAccess, Onboarding, OnboardingError};
use crate::actor::{Actor, Permission};
use crate::error::StoreError;
use crate::ingestion::vendors::typed_key;

/// For how long a link is good: a week.
const LINK_LIVES: SignedDuration = SignedDuration::from_hours(7 * 24);

/// For how long somebody may be away approving.
const APPROVAL_LIVES: SignedDuration = SignedDuration::from_mins(20);

impl Onboarding {
    /// Takes what a colleague typed in.
    pub async fn give_access(
        &self,
        actor: &Actor,
        id: CaseId,
        grant: Grant,
    ) -> Result<(), GrantError> {
        actor.require(Permission::ManageOnboarding).map_err(OnboardingError::from)?;
        self.take(actor, id, grant, "").await
    }

    async fn take(
        &self,
        actor: &Actor,
        id: CaseId,
        grant: Grant,
        by_whom: &str,
    ) -> Result<(), GrantError> {
        let found = self.store.find(id).await.map_err(OnboardingError::from)?;
        let case = found.ok_or(OnboardingError::Missing)?;
        let brand = case.fields.brand().ok_or_else(no_brand)?;
        let (credentials, site) = match grant {
            Grant::Parts(parts) => (typed_key(brand, &parts)?, None),
            Grant::Approved { credentials, site } => (credentials, site),
        };
        // It came through a browser, as anything may.
        let site = site.filter(|site| {
            self.judged(|by| judge(Plain::ExternalId.into(), site, Some(brand), by).is_good())
        });
        let new_id = self.ids.uuid();
        let change = self.change(actor, id, |case, now| {
            open(case)?;
            if case.fields.brand() != Some(brand) {
                return Err(no_brand());
            }
            let quota = Quota::smallest_of(brand);
            let access = NewAccess { id: new_id, brand, credentials: credentials.clone(), quota };
            let mut happening = case.give_access(new_id.into(), brand, now);
            let for_site =
                site.as_ref().map(|site| format!(", for site {site}")).unwrap_or_default();
            happening.after = happening.after.map(|brand| format!("{brand}{by_whom}{for_site}"));
            let mut happened = vec![happening];
            let empty = case.fields.text(Plain::ExternalId.into()).is_empty();
            if let Some(site) = site.as_ref().filter(|_| empty) {
                let by = actor.initiator();
                happened.extend(case.type_in(Plain::ExternalId.into(), site, None, by, now).1);
            }
            Ok(Effect { happened, access: Some(access), letter: None })
        });
        change.await.map(drop).map_err(GrantError::from)
    }

    /// Has a case use a credential that is there already, such as the key of
    /// an installer for all their sites.
    pub async fn use_credential(
        &self,
        actor: &Actor,
        id: CaseId,
        credential: CredentialId,
    ) -> Result<(), OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let all = self.connections.credential_store().all().await?;
        let known = all.into_iter().find(|known| known.id == credential);
        let known = known.ok_or(OnboardingError::Missing)?;
        let change = self.change(actor, id, |case, now| {
            open(case)?;
            if case.fields.brand() != Some(known.brand) {
                return Err(no_brand());
            }
            let mut happening = case.give_access(credential, known.brand, now);
            happening.after = Some(format!("{}, with “{}”", known.brand.name(), known.name));
            Ok(happening.into())
        });
        change.await.map(drop)
    }

    /// Makes a link by which the customer gives access without an account. It
    /// is good once and for a week, and ends earlier ones. With `base`, the
    /// address of our pages, it is mailed to them; it is shown this once.
    pub async fn make_link(
        &self,
        actor: &Actor,
        id: CaseId,
        base: &str,
        mail: bool,
    ) -> Result<String, OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let mut random = [0; 32];
        OsRng.try_fill_bytes(&mut random).map_err(StoreError::new)?;
        let secret = hex::encode(random);
        let address = format!("{base}/connect/{secret}");
        let now = self.clock.now();
        let until = now + LINK_LIVES;
        let key = self.ids.uuid();
        let change = self.change(actor, id, |case, _| {
            open(case)?;
            let brand = case.fields.brand().ok_or_else(no_brand)?;
            let contract = self.judged(|by| case.contract(by));
            let letter = match (&contract, mail) {
                (Ok(contract), true) => Some(CaseLetter {
                    key: format!("onboarding-link:{key}"),
                    to: contract.email.as_str().to_owned(),
                    subject: format!("Connect “{}” to GreenGrid", case.name()),
                    text: invitation(case.name(), brand, &address),
                }),
                (Err(_), true) => {
                    return Err(OnboardingError::Lacking("the customer’s e-mail".to_owned()));
                }
                (_, false) => None,
            };
            case.link_until = Some(until);
            let words = if mail { "mailed to the customer" } else { "to be passed on" };
            let happening = Happening::new(Happened::LinkMade, words);
            Ok(Effect { happened: vec![happening], access: None, letter })
        });
        // The link is kept before the letter that holds it can be read.
        self.store.find(id).await?.ok_or(OnboardingError::Missing)?;
        self.store.make_link(id, &hashed(&secret), now, until).await?;
        change.await?;
        Ok(address)
    }

    /// What the page behind a link shows; none for one that is unknown, used
    /// or too old.
    pub async fn customer_page(&self, secret: &str) -> Result<Option<CustomerPage>, StoreError> {
        self.page_of(&hashed(secret)).await
    }

    async fn page_of(&self, hash: &[u8; 32]) -> Result<Option<CustomerPage>, StoreError> {
        let Some(link) = self.store.link(hash).await? else { return Ok(None) };
        if link.used || link.good_until <= self.clock.now() {
            return Ok(None);
        }
        let Some(case) = self.store.find(link.case).await? else { return Ok(None) };
        if case.stage == Stage::Live {
            return Ok(None);
        }
        Ok(case.fields.brand().map(|brand| CustomerPage {
            case: case.id,
            site: case.name().to_owned(),
            brand,
            may_approve: self.approvals.offers(brand),
            good_until: link.good_until,
        }))
    }

    /// Takes what a customer typed in behind their link, which is used up by
    /// it. A key of the wrong shape leaves the link good.
    pub async fn give_by_link(&self, secret: &str, grant: Grant) -> Result<(), GrantError> {
        self.give_by_hash(&hashed(secret), grant).await
    }

    async fn give_by_hash(&self, hash: &[u8; 32], grant: Grant) -> Result<(), GrantError> {
        let page = self.page_of(hash).await.map_err(OnboardingError::from)?;
        let page = page.ok_or(OnboardingError::Missing)?;
        if let Grant::Parts(parts) = &grant {
            typed_key(page.brand, parts)?;
        }
        let now = self.clock.now();
        if !self.store.use_link(hash, now).await.map_err(OnboardingError::from)? {
            return Err(OnboardingError::Missing.into());
        }
        self.take(&Actor::System, page.case, grant, ", by the customer’s link").await
    }

    /// Where somebody is sent to approve, from a colleague’s page.
    pub async fn approve(
        &self,
        actor: &Actor,
        id: CaseId,
        back_to: &str,
    ) -> Result<String, OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let user = actor.user().ok_or(OnboardingError::Missing)?;
        let case = self.store.find(id).await?.ok_or(OnboardingError::Missing)?;
        open(&case)?;
        let brand = case.fields.brand().ok_or_else(no_brand)?;
        self.sent_away(id, brand, ApprovalFrom::Colleague(user), back_to)
    }

    /// The same from the page behind a customer’s link.
    pub async fn approve_by_link(
        &self,
        secret: &str,
        back_to: &str,
    ) -> Result<String, OnboardingError> {
        let page = self.customer_page(secret).await?.ok_or(OnboardingError::Missing)?;
        self.sent_away(page.case, page.brand, ApprovalFrom::Link(hashed(secret)), back_to)
    }

    fn sent_away(
        &self,
        case: CaseId,
        brand: Brand,
        from: ApprovalFrom,
        back_to: &str,
    ) -> Result<String, OnboardingError> {
        let approval = Approval { case, from, until: self.clock.now() + APPROVAL_LIVES };
        self.approvals.begin(brand, &approval, back_to).ok_or_else(|| {
            OnboardingError::Lacking(format!("our registration with {}", brand.name()))
        })
    }

    /// Takes what somebody brings back from the vendor’s page, with the site it is
    /// for where the vendor says so. `viewer` is who is signed in; a colleague has
    /// to be the one who went.
    pub async fn approved(
        &self,
        viewer: Option<&Actor>,
        state: &str,
        code: &str,
        site: Option<&str>,
        back_to: &str,
    ) -> Result<Approval, GrantError> {
        let approval = self.approvals.returned(state).ok_or(OnboardingError::Missing)?;
        if approval.until <= self.clock.now() {
            return Err(OnboardingError::Missing.into());
        }
        let case = self.store.find(approval.case).await.map_err(OnboardingError::from)?;
        let case = case.ok_or(OnboardingError::Missing)?;
        let brand = case.fields.brand().ok_or_else(no_brand)?;
        let traded = async {
            let credentials = self.approvals.trade(brand, code, back_to).await;
            let credentials = credentials.map_err(OnboardingError::from)?;
            Ok::<_, OnboardingError>(Grant::Approved { credentials, site: site.map(str::to_owned) })
        };
        match approval.from {
            ApprovalFrom::Colleague(who) => {
                let actor = viewer.filter(|actor| actor.user() == Some(who));
                let actor = actor.ok_or(OnboardingError::Missing)?;
                self.give_access(actor, case.id, traded.await?).await?;
            }
            ApprovalFrom::Link(hash) => {
                let page = self.page_of(&hash).await.map_err(OnboardingError::from)?;
                page.ok_or(OnboardingError::Missing)?;
                self.give_by_hash(&hash, traded.await?).await?;
            }
        }
        Ok(approval)
    }

    /// Sends the message that a diagnosis offers to the customer or installer.
    pub async fn send_message(
        &self,
        actor: &Actor,
        id: CaseId,
        to: greengrid_domain::ingestion::Party,
        subject: &str,
        text: &str,
    ) -> Result<(), OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let key = self.ids.uuid();
        let (subject, text) =
            (greengrid_domain::text::single_line(subject), greengrid_domain::text::lines(text));
        if subject.is_empty() || text.is_empty() {
            return Err(super::editing::problem("a message has a subject and a text").into());
        }
        let change = self.change(actor, id, |case, _| {
            let field = match to {
                greengrid_domain::ingestion::Party::Installer => Plain::InstallerEmail,
                _ => Plain::Email,
            };
            let address = case.fields.text(field.into()).to_owned();
            let good = address.parse::<greengrid_domain::identity::EmailAddress>().is_ok();
            if !good {
                return Err(OnboardingError::Lacking(field.label().to_owned()));
            }
            let letter = CaseLetter {
                key: format!("onboarding-message:{key}"),
                to: address,
                subject: subject.clone(),
                text: text.clone(),
            };
            let words = format!("to {}: {subject}", to.name());
            let happening = Happening::new(Happened::MessageSent, words);
            Ok(Effect { happened: vec![happening], access: None, letter: Some(letter) })
        });
        change.await.map(drop)
    }
}

fn no_brand() -> OnboardingError {
    OnboardingError::Lacking(Plain::Brand.label().to_owned())
}

fn invitation(site: &str, brand: Brand, address: &str) -> String {
    format!(
        "Hello,\n\nto watch over “{site}” we need to read its data from {}. Please give us access \
         on this page; it shows where you find what it asks for, and takes two minutes:\n\n\
         {address}\n\nThe link works once and for seven days. We can read your data with it, and \
         change nothing.\n\nYour GreenGrid team",
        brand.name()
    )
}

/// A secret is 256 random bits, so one fast hash is enough to hide it.
fn hashed(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
