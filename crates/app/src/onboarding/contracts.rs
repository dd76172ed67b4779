use async_trait::async_trait;
use greengrid_domain::fleet::{Brand, Location, SiteId};
use greengrid_domain::identity::{Role, User, UserId};
use greengrid_domain::ingestion::{Cause, Quota};
use greengrid_domain::observability::Initiator;
use greengrid_domain::onboarding::{Case, CaseId, CaseNumber, Happening, HistoryLine, TestOutcome};
use greengrid_domain::time::SiteZone;
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::StoreError;
use crate::fleet::NewSite;
use crate::identity::NewLink;
use crate::ingestion::connections::NewConnection;
use crate::ingestion::vendors::{Check, Credentials};

/// Knows the time zone of every place, without asking anybody.
pub trait Places: Send + Sync {
    /// The zone of a place; none at sea.
    fn zone_of(&self, place: Location) -> Option<SiteZone>;
}

/// Which cases are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Those that are not live, and those that went live since an instant.
    OpenAnd {
        /// Since when.
        live_since: Timestamp,
    },
    /// Those of which a test or a look at the first data is due.
    Due(Timestamp),
}

/// What came of writing a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It is kept.
    Done,
    /// Somebody else has written in the meantime: read it anew.
    Stale,
}

/// What opens a vendor’s interface, to be sealed for a case.
#[derive(Debug, Clone)]
pub struct NewAccess {
    /// Its key, unless the case has had such a credential before.
    pub id: Uuid,
    /// Whose interface it opens.
    pub brand: Brand,
    /// What it is.
    pub credentials: Credentials,
    /// What it may spend.
    pub quota: Quota,
}

/// A person of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// Who.
    pub id: UserId,
    /// What they are called.
    pub name: String,
    /// What they do.
    pub role: Role,
}

/// A file of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What it is, by its content.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// Who attached it.
    pub by: Initiator,
    /// When.
    pub at: Timestamp,
}

/// A file with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileContent {
    /// What is known of it.
    pub entry: FileEntry,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A check of a test, with how long it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimedCheck {
    /// The step and what it came to.
    pub check: Check,
    /// Milliseconds since the step before.
    pub took_ms: u32,
}

/// A run of a connection test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestRun {
    /// Its key.
    pub id: Uuid,
    /// Of which case.
    pub case: CaseId,
    /// With which brand.
    pub brand: Brand,
    /// When it began.
    pub started_at: Timestamp,
    /// Who started it.
    pub by: Initiator,
    /// What it came to; none while it runs.
    pub outcome: Option<TestOutcome>,
    /// Whether it was cut off and will never end.
    pub cut_off: bool,
    /// Its checks so far.
    pub checks: Vec<TimedCheck>,
}

/// How often a cause was found lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    /// In how many other cases.
    pub cases: u32,
    /// How many of those passed afterwards.
    pub solved: u32,
    /// The case it was found in last.
    pub last: Option<CaseNumber>,
}

/// What a link of a customer leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkFound {
    /// To which case.
    pub case: CaseId,
    /// Until when it is good.
    pub good_until: Timestamp,
    /// Whether it was used.
    pub used: bool,
}

/// Facts from which the measures are drawn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MeasuredFacts {
    /// Cases that went live: brand, when they began, when they went live.
    pub lives: Vec<(Brand, Timestamp, Timestamp)>,
    /// The first finished test of each case: brand, when, whether it passed.
    pub firsts: Vec<(Brand, Timestamp, bool)>,
    /// Failed tests: brand, cause, when.
    pub failures: Vec<(Brand, Cause, Timestamp)>,
}

/// A letter of a case, to be put into the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseLetter {
    /// The same key is sent once.
    pub key: String,
    /// To which address.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text, in paragraphs.
    pub text: String,
}

/// Everything that is made when a site goes live.
#[derive(Debug, Clone)]
pub struct GoLive {
    /// The case as it is afterwards, but for the site’s key.
    pub case: Case,
    /// The site; its code is the number of the case.
    pub site: NewSite,
    /// Its connection, but for the site’s key.
    pub connection: NewConnection,
    /// The customer’s account, where they have none yet.
    pub user: User,
    /// The link by which they set their password then.
    pub link: NewLink,
    /// The letter that carries it.
    pub invitation: CaseLetter,
    /// The letter to somebody who has an account.
    pub welcome: CaseLetter,
    /// What happened.
    pub happening: Happening,
}

/// What came of going live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WentLive {
    /// The site is there.
    Done(SiteId),
    /// Somebody else has written the case in the meantime.
    Stale,
    /// The vendor’s site is connected for another site of ours.
    ConnectedElsewhere,
    /// A site that came in another way has the code that this one would get.
    CodeTaken,
    /// The address belongs to somebody who is no customer.
    NotACustomer,
}

/// Keeps cases and what belongs to them. Every write keeps its history and
/// audit entry in the same transaction, and tells the pages.
#[async_trait]
pub trait CaseStore: Send + Sync {
    /// The cases wanted, by number.
    async fn cases(&self, wanted: Wanted) -> Result<Vec<Case>, StoreError>;
    /// One of them.
    async fn find(&self, id: CaseId) -> Result<Option<Case>, StoreError>;
    /// Begins cases. Gives their numbers in the order given.
    async fn open(
        &self,
        by: Initiator,
        cases: &[(Case, Vec<Happening>)],
    ) -> Result<Vec<CaseNumber>, StoreError>;
    /// Keeps a case that was read and changed, with what opens its vendor’s
    /// interface where that came in: sealed, under a name made of the number.
    async fn save(
        &self,
        by: Initiator,
        case: &Case,
        happened: &[Happening],
        at: Timestamp,
        access: Option<&NewAccess>,
        letter: Option<&CaseLetter>,
    ) -> Result<Saved, StoreError>;
    /// The history of a case, the newest first.
    async fn history(&self, id: CaseId) -> Result<Vec<HistoryLine>, StoreError>;
    /// Colleagues who can own cases, by name.
    async fn colleagues(&self) -> Result<Vec<Colleague>, StoreError>;
    /// The names of everybody in these histories and cases.
    async fn names(&self, of: &[UserId]) -> Result<Vec<(UserId, String)>, StoreError>;

    /// Attaches a file.
    async fn attach(
        &self,
        by: Initiator,
        case: CaseId,
        file: FileContent,
    ) -> Result<(), StoreError>;
    /// The files of a case.
    async fn files(&self, case: CaseId) -> Result<Vec<FileEntry>, StoreError>;
    /// One of them with its content.
    async fn file(&self, case: CaseId, file: Uuid) -> Result<Option<FileContent>, StoreError>;
    /// Takes a file away. False when it is not there.
    async fn detach(
        &self,
        by: Initiator,
        case: CaseId,
        file: Uuid,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Begins a test, unless one is running.
    async fn begin_test(&self, run: &TestRun) -> Result<bool, StoreError>;
    /// Notes a check of a running test.
    async fn note_check(
        &self,
        run: &TestRun,
        position: u32,
        check: &TimedCheck,
    ) -> Result<(), StoreError>;
    /// Ends a test.
    async fn end_test(
        &self,
        run: &TestRun,
        outcome: TestOutcome,
        at: Timestamp,
    ) -> Result<(), StoreError>;
    /// The last test of a case.
    async fn last_test(&self, case: CaseId) -> Result<Option<TestRun>, StoreError>;
    /// How often a cause was found in other cases since an instant.
    async fn recurrence(
        &self,
        case: CaseId,
        brand: Brand,
        cause: Cause,
        since: Timestamp,
    ) -> Result<Recurrence, StoreError>;

    /// Makes a link for the customer; earlier ones end.
    async fn make_link(
        &self,
        case: CaseId,
        hash: &[u8; 32],
        made_at: Timestamp,
        good_until: Timestamp,
    ) -> Result<(), StoreError>;
    /// What a link leads to.
    async fn link(&self, hash: &[u8; 32]) -> Result<Option<LinkFound>, StoreError>;
    /// Uses a link, once. False when it was used before.
    async fn use_link(&self, hash: &[u8; 32], at: Timestamp) -> Result<bool, StoreError>;

    /// Notes that somebody looks at a case, and gives who else does.
    async fn present(&self, case: CaseId, user: UserId) -> Result<Vec<UserId>, StoreError>;

    /// Makes site, connection, account, membership and invitation in one
    /// transaction. A case that is live already gives its site again.
    async fn go_live(&self, by: Initiator, live: &GoLive) -> Result<WentLive, StoreError>;

    /// What the measures are drawn from, since an instant.
    async fn measured(&self, since: Timestamp) -> Result<MeasuredFacts, StoreError>;
    /// How many cases went live before an instant.
    async fn lived_before(&self, instant: Timestamp) -> Result<usize, StoreError>;
    /// Puts letters that belong to no case into the outbox.
    async fn post(&self, letters: &[CaseLetter]) -> Result<(), StoreError>;
}
