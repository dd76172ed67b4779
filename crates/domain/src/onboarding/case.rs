use std::fmt;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::details::{contract, details};
use super::{
    Acceptance, AccessGiven, Context, Contract, Details, FieldKey, Fields, Finding, Happened,
    Happening, Lacks, LastTest, LiveSince, Need, Plain, Room, Stage, Stuck, TestOutcome, Typed,
    Verification, Waiting, calendar, judge,
};
use crate::fleet::Brand;
use crate::identity::UserId;
use crate::ids::uuid_id;
use crate::ingestion::{CredentialId, Party};
use crate::observability::Initiator;
use crate::text::single_line;
use crate::time::SiteZone;

uuid_id! {
    /// One customer’s onboarding.
    CaseId
}

/// The number of a case, which people say; the site gets it as its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseNumber(pub i32);

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S-{}", self.0)
    }
}

/// One customer’s onboarding.
#[derive(Debug, Clone, PartialEq, bon::Builder)]
pub struct Case {
    /// Its key.
    pub id: CaseId,
    /// Its number; 0 until it is kept.
    #[builder(default = CaseNumber(0))]
    pub number: CaseNumber,
    /// Counts its changes.
    #[builder(default)]
    pub version: i64,
    /// Whose it is.
    pub owner: Option<UserId>,
    /// What was typed in.
    #[builder(default)]
    pub fields: Fields,
    /// For how many roof faces and inverters there is room.
    #[builder(default)]
    pub room: Room,
    /// When it began.
    pub opened_at: Timestamp,
    /// How far it has come.
    #[builder(default = Stage::Signed)]
    pub stage: Stage,
    /// Since when it is there.
    pub stage_since: Timestamp,
    /// When it should have moved on, at the latest.
    pub due_on: Option<Date>,
    /// Whether, and why, it does not go on.
    pub stuck: Option<Stuck>,
    /// For whom it waits, where a person said so.
    pub waiting: Option<Waiting>,
    /// What opens the vendor’s interface.
    pub access: Option<AccessGiven>,
    /// Until when a link for the customer is good.
    pub link_until: Option<Timestamp>,
    /// The last test of the present connection.
    pub test: Option<LastTest>,
    /// When it is to be tested again by itself.
    pub test_at: Option<Timestamp>,
    /// What the first data showed.
    pub verification: Option<Verification>,
    /// When they are to be looked at.
    pub verify_at: Option<Timestamp>,
    /// Findings accepted as they are.
    pub accepted: Option<Acceptance>,
    /// The site it led to.
    pub live: Option<LiveSince>,
}

/// Everything that a site needs to go live, each part of it established. Only
/// a case that lacks nothing gives one.
#[derive(Debug, Clone, PartialEq)]
pub struct Ready {
    contract: Contract,
    details: Details,
    credential: CredentialId,
    external_id: String,
}

impl Ready {
    /// Who the customer is.
    #[must_use]
    pub const fn contract(&self) -> &Contract {
        &self.contract
    }

    /// What the site is like.
    #[must_use]
    pub const fn details(&self) -> &Details {
        &self.details
    }

    /// What opens the vendor’s interface.
    #[must_use]
    pub const fn credential(&self) -> CredentialId {
        self.credential
    }

    /// What the vendor calls the site.
    #[must_use]
    pub fn external_id(&self) -> &str {
        &self.external_id
    }
}

impl Case {
    /// The name by which people know it: the site’s, or the customer’s.
    #[must_use]
    pub fn name(&self) -> &str {
        let site = self.fields.text(Plain::SiteName.into());
        let customer = self.fields.text(Plain::Customer.into());
        match (site, customer) {
            ("", "") => "Without a name yet",
            ("", customer) => customer,
            (site, _) => site,
        }
    }

    /// Who the customer is, or what of it is missing.
    pub fn contract(&self, by: &Context<'_>) -> Result<Contract, Vec<Need>> {
        contract(&self.fields, by)
    }

    /// What the site is like, or what of it is missing.
    pub fn details(&self, by: &Context<'_>) -> Result<Details, Vec<Need>> {
        details(&self.fields, by)
    }

    /// What the vendor calls the site, once that is good.
    #[must_use]
    pub fn external_id(&self, by: &Context<'_>) -> Option<String> {
        let text = self.fields.text(Plain::ExternalId.into());
        let judged = judge::judge(Plain::ExternalId.into(), text, self.fields.brand(), by);
        judged.is_good().then(|| single_line(text))
    }

    /// What opens the interface of the brand that the case has now.
    #[must_use]
    pub fn credential(&self) -> Option<CredentialId> {
        let access = self.access.as_ref()?;
        (Some(access.brand) == self.fields.brand()).then_some(access.credential)
    }

    /// What each stage lacks.
    #[must_use]
    pub fn lacks(&self, by: &Context<'_>) -> Lacks {
        let mut credentials = Vec::new();
        if self.credential().is_none() {
            credentials.push(Need::Credentials);
        }
        if self.external_id(by).is_none() {
            credentials.push(Need::Field(Plain::ExternalId.into()));
        }
        let passed = self.test.is_some_and(|test| test.outcome == TestOutcome::Passed);
        let test = if passed { vec![] } else { vec![Need::Test] };
        let verification = match &self.verification {
            Some(seen) if !seen.conclusive => vec![Need::Data],
            None => vec![Need::Data],
            Some(seen) if seen.findings.is_empty() || self.accepted.is_some() => vec![],
            Some(_) => vec![Need::Findings],
        };
        let needs = [
            self.contract(by).err().unwrap_or_default(),
            self.details(by).err().unwrap_or_default(),
            credentials,
            test,
            verification,
        ];
        Lacks::new(needs, self.live.is_some())
    }

    /// Everything that a site needs, if nothing is lacking.
    #[must_use]
    pub fn ready(&self, by: &Context<'_>) -> Option<Ready> {
        if !self.lacks(by).is_ready() {
            return None;
        }
        Some(Ready {
            contract: self.contract(by).ok()?,
            details: self.details(by).ok()?,
            credential: self.credential()?,
            external_id: self.external_id(by)?,
        })
    }

    /// The zone by whose clocks and holidays it is due.
    #[must_use]
    pub fn zone(&self, by: &Context<'_>, usual: &SiteZone) -> SiteZone {
        self.details(by).map_or_else(|_| usual.clone(), |details| details.zone)
    }

    /// Puts text into a field, with what follows from it: another connection
    /// has to be tested anew, another roof compared anew.
    pub fn type_in(
        &mut self,
        key: FieldKey,
        text: &str,
        seen: Option<u32>,
        by: Initiator,
        at: Timestamp,
    ) -> (Typed, Option<Happening>) {
        let text = single_line(text);
        let typed = self.fields.put(key, &text, seen, by, at);
        let Typed::Changed { before } = &typed else { return (typed, None) };
        if key.bears_on_connection() {
            self.connection_changed();
        }
        if key.bears_on_verification() {
            self.verification = None;
            self.accepted = None;
            self.verify_at = Some(at);
        }
        let happening = Happening {
            what: Happened::Changed,
            key: Some(key),
            before: Some(before.clone()),
            after: Some(text),
        };
        (typed, Some(happening))
    }

    /// Takes what opens the vendor’s interface.
    pub fn give_access(
        &mut self,
        credential: CredentialId,
        brand: Brand,
        at: Timestamp,
    ) -> Happening {
        self.access = Some(AccessGiven { credential, brand, at });
        self.link_until = None;
        self.connection_changed();
        Happening::new(Happened::AccessGiven, brand.name())
    }

    fn connection_changed(&mut self) {
        self.test = None;
        self.test_at = None;
        self.verification = None;
        self.accepted = None;
        self.verify_at = None;
    }

    /// Notes what a test came to. One by night goes on in the morning.
    pub fn tested(
        &mut self,
        outcome: TestOutcome,
        at: Timestamp,
        morning: impl FnOnce() -> Timestamp,
    ) -> Happening {
        self.test = Some(LastTest { outcome, at });
        self.test_at = (outcome == TestOutcome::Asleep).then(morning);
        if outcome == TestOutcome::Passed && self.verification.is_none() {
            self.verify_at = Some(at);
        }
        Happening::new(
            Happened::Tested,
            match outcome {
                TestOutcome::Passed => "passed".to_owned(),
                TestOutcome::Asleep => "passed for the night".to_owned(),
                TestOutcome::Failed(cause) => format!("failed: {}", cause.words()),
            },
        )
    }

    /// Notes what the first data showed. While they tell too little, they are
    /// looked at again.
    pub fn verified(&mut self, seen: Verification) -> Happening {
        let words = match (seen.conclusive, seen.findings.len()) {
            (false, _) => "not enough light yet".to_owned(),
            (true, 0) => "fits what is on record".to_owned(),
            (true, _) => {
                let words: Vec<String> = seen.findings.iter().map(Finding::claim).collect();
                words.join(" ")
            }
        };
        self.verify_at = (!seen.conclusive).then(|| seen.at + LOOK_AGAIN);
        self.accepted = None;
        self.verification = Some(seen);
        Happening::new(Happened::Verified, words)
    }

    /// Brings the stage into line with the facts. Gives what happened if the
    /// case moved.
    pub fn settle(
        &mut self,
        by: &Context<'_>,
        usual: &SiteZone,
        at: Timestamp,
    ) -> Option<Happening> {
        let stage = self.lacks(by).stage();
        if stage == self.stage && self.due_on.is_some() == stage.limit().is_some() {
            return None;
        }
        let before = self.stage;
        self.stage = stage;
        self.stage_since = at;
        self.due_on = calendar::due(stage, at, &self.zone(by, usual));
        self.stuck = None;
        self.waiting = None;
        (before != stage).then(|| Happening {
            what: Happened::Moved,
            key: None,
            before: Some(before.to_string()),
            after: Some(stage.to_string()),
        })
    }

    /// Whether it should have moved on by this day.
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.due_on.is_some_and(|due| today > due)
    }

    /// For whom it waits, and for what: as a person said, or as follows from
    /// what it lacks.
    #[must_use]
    pub fn waits(&self, by: &Context<'_>, now: Timestamp) -> Waiting {
        if let Some(waiting) = &self.waiting {
            return waiting.clone();
        }
        let for_cs = |what: &str| Waiting { party: Party::Cs, what: what.to_owned() };
        match self.stage {
            Stage::Live => Waiting { party: Party::Nobody, what: "nothing; it is live".to_owned() },
            Stage::Credentials if self.link_until.is_some_and(|until| until > now) => Waiting {
                party: Party::Customer,
                what: "to give access by the link sent to them".to_owned(),
            },
            Stage::ConnectionTest => match self.test.map(|test| test.outcome) {
                Some(TestOutcome::Failed(cause)) => {
                    Waiting { party: cause.party(), what: cause.remedy().to_owned() }
                }
                Some(TestOutcome::Asleep) => Waiting {
                    party: Party::Nobody,
                    what: "the sun; the test goes on by itself".to_owned(),
                },
                _ => for_cs("to run the connection test"),
            },
            Stage::Verification if self.verification.as_ref().is_none_or(|it| !it.conclusive) => {
                Waiting { party: Party::Nobody, what: "data of a bright stretch".to_owned() }
            }
            _ => {
                let needs = self.lacks(by).needs();
                let what = match needs.as_slice() {
                    [] => String::new(),
                    [one] => one.words(),
                    [one, rest @ ..] => format!("{} and {} more", one.words(), rest.len()),
                };
                for_cs(&what)
            }
        }
    }
}

/// How soon data that told too little are looked at again.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(30);
