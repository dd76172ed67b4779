use std::collections::HashMap;

use greengrid_domain::fleet::Brand;
use greengrid_domain::identity::UserId;
use greengrid_domain::observability::Initiator;
use greengrid_domain::onboarding::{
    Case, CaseId, CaseNumber, Details, Diagnosis, FieldKey, HistoryLine, Judgement, Need, Plain,
    Stage, TestOutcome, Waiting, diagnose, judge,
};
use greengrid_domain::time::SiteZone;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use strum::IntoEnumIterator;

use super::{Colleague, FileEntry, Onboarding, OnboardingError, Recurrence, TestRun, Wanted};
use crate::actor::{Actor, Permission};

/// For how long a live case stays on the board.
const SHOWN_LIVE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How far back a cause is remembered: a quarter.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Which cases the board shows.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Scope {
    /// All of them.
    #[default]
    All,
    /// Those past their day.
    Late,
    /// Those that do not go on.
    Stuck,
}

/// What the board is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct BoardQuery {
    /// Which cases.
    pub scope: Scope,
    /// Only those of this colleague.
    pub owner: Option<UserId>,
    /// Only those of this brand.
    pub brand: Option<Brand>,
}

/// A case on the board.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// Its key.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Its name.
    pub name: String,
    /// Its brand, once it is known.
    pub brand: Option<Brand>,
    /// Capacity on record, as text and good.
    pub capacity: Option<greengrid_domain::units::PeakPower>,
    /// Its stage.
    pub stage: Stage,
    /// Whose it is.
    pub owner: Option<Colleague>,
    /// Since when it is in its stage.
    pub since: Timestamp,
    /// When it began.
    pub opened_at: Timestamp,
    /// When it is due.
    pub due_on: Option<Date>,
    /// Working days behind its due day; 0 when it is not late.
    pub late_days: i32,
    /// Why it does not go on.
    pub stuck: Option<String>,
    /// For whom it waits.
    pub waits: Waiting,
    /// Whether its last test failed.
    pub failed: bool,
}

/// A column of the board.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// Its stage; none for the cases that are stuck.
    pub stage: Option<Stage>,
    /// Its cases: late ones first, then the oldest.
    pub cards: Vec<Card>,
}

/// The board.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// Its columns: stuck first, then the stages.
    pub lanes: Vec<Lane>,
    /// All cases that are not live, whatever is asked for.
    pub open: usize,
    /// How many of those are stuck.
    pub stuck: usize,
    /// How many are past their day.
    pub late: usize,
    /// How long the oldest stuck one has been so.
    pub oldest_stuck: Option<Timestamp>,
    /// Cases that went live longer ago than the board shows.
    pub folded: usize,
    /// Colleagues who can own cases.
    pub colleagues: Vec<Colleague>,
    /// The present day where most sites are.
    pub today: Date,
    /// The zone in which times are told.
    pub zone: SiteZone,
    /// The present instant.
    pub now: Timestamp,
}

/// A case with everything that its page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseView {
    /// The case.
    pub case: Case,
    /// What each of its fields came to.
    pub judged: HashMap<FieldKey, Judgement>,
    /// What it takes to go on.
    pub needs: Vec<Need>,
    /// Whether nothing but the word is missing.
    pub is_ready: bool,
    /// What the site is like, once that is known.
    pub details: Option<Details>,
    /// For whom it waits.
    pub waits: Waiting,
    /// Whose it is.
    pub owner: Option<String>,
    /// The newest first.
    pub history: Vec<HistoryLine>,
    /// Its files.
    pub files: Vec<FileEntry>,
    /// Its last test.
    pub test: Option<TestRun>,
    /// What is wrong, when that failed.
    pub diagnosis: Option<Diagnosis>,
    /// How often that was found before.
    pub recurrence: Option<Recurrence>,
    /// Names of everybody in it.
    pub names: HashMap<UserId, String>,
    /// Colleagues who can own it.
    pub colleagues: Vec<Colleague>,
    /// Credentials of its brand that are there already: key and name.
    pub credentials: Vec<(uuid::Uuid, String)>,
    /// Whether its owner can approve on the vendor’s page.
    pub may_approve: bool,
    /// Code of the site it led to.
    pub site: Option<greengrid_domain::fleet::SiteCode>,
    /// The present day.
    pub today: Date,
    /// The zone in which times are told.
    pub zone: SiteZone,
    /// The present instant.
    pub now: Timestamp,
}

impl CaseView {
    /// Who somebody is.
    #[must_use]
    pub fn name_of(&self, by: Initiator) -> &str {
        match by {
            Initiator::User(id) => self.names.get(&id).map_or("somebody", String::as_str),
            Initiator::Token(_) => "a token",
            Initiator::CommandLine => "the command line",
            Initiator::System => "GreenGrid",
        }
    }

    /// What a field came to.
    #[must_use]
    pub fn judgement(&self, key: FieldKey) -> &Judgement {
        self.judged.get(&key).unwrap_or(&Judgement::Empty)
    }
}

impl Onboarding {
    /// The board.
    pub async fn board(&self, actor: &Actor, query: &BoardQuery) -> Result<Board, OnboardingError> {
        actor.require(Permission::ViewOnboarding)?;
        let now = self.clock.now();
        let live_since = now - SHOWN_LIVE;
        let (cases, colleagues, folded) = tokio::try_join!(
            self.store.cases(Wanted::OpenAnd { live_since }),
            self.store.colleagues(),
            self.store.lived_before(live_since),
        )?;
        let zone = self.usual_zone();
        let today = zone.day(now);
        let cards: Vec<Card> = self.judged(|by| {
            cases
                .iter()
                .map(|case| {
                    let owner = colleagues.iter().find(|it| Some(it.id) == case.owner).cloned();
                    let capacity = case.details(by).ok().map(|details| details.array().capacity);
                    let waits = case.waits(by, now);
                    card(case, owner, capacity, waits, today)
                })
                .collect()
        });
        let open = || cards.iter().filter(|card| card.stage != Stage::Live);
        let oldest_stuck =
            cases.iter().filter_map(|case| case.stuck.as_ref()).map(|it| it.since).min();
        Ok(Board {
            open: open().count(),
            stuck: open().filter(|card| card.stuck.is_some()).count(),
            late: open().filter(|card| card.late_days > 0).count(),
            oldest_stuck,
            folded,
            lanes: lanes(cards, query),
            colleagues,
            today,
            zone,
            now,
        })
    }

    /// A case with everything that its page shows.
    pub async fn case(&self, actor: &Actor, id: CaseId) -> Result<CaseView, OnboardingError> {
        actor.require(Permission::ViewOnboarding)?;
        let case = self.store.find(id).await?.ok_or(OnboardingError::Missing)?;
        let (history, files, test, colleagues, credentials) = tokio::try_join!(
            self.store.history(id),
            self.store.files(id),
            self.store.last_test(id),
            self.store.colleagues(),
            self.connections.credential_store().all(),
        )?;
        let mut people: Vec<UserId> = history
            .iter()
            .map(|line| line.by)
            .chain(case.fields.keys().filter_map(|key| case.fields.entry(key)).map(|it| it.by))
            .chain(files.iter().map(|file| file.by))
            .chain(test.iter().map(|test| test.by))
            .filter_map(|by| match by {
                Initiator::User(id) => Some(id),
                _ => None,
            })
            .chain(case.owner)
            .collect();
        people.sort_unstable();
        people.dedup();
        let names: HashMap<UserId, String> = self.store.names(&people).await?.into_iter().collect();
        let now = self.clock.now();
        let failed = test.as_ref().and_then(|test| match test.outcome {
            Some(TestOutcome::Failed(why)) => Some((test.brand, why)),
            _ => None,
        });
        let recurrence = match failed {
            Some((brand, why)) => {
                Some(self.store.recurrence(id, brand, why, now - REMEMBERED).await?)
            }
            None => None,
        };
        let brand = case.fields.brand();
        let credentials = credentials
            .into_iter()
            .filter(|known| Some(known.brand) == brand)
            .map(|known| (known.id.into(), known.name))
            .collect();
        let fleet = self.directory.snapshot();
        let site = case.live.and_then(|live| fleet.site(live.site)).map(|site| site.code.clone());
        Ok(self.judged(|by| {
            let judged = case
                .fields
                .keys()
                .map(|key| (key, judge(key, case.fields.text(key), brand, by)))
                .collect();
            let lacks = case.lacks(by);
            let details = case.details(by).ok();
            let zone = details.as_ref().map_or_else(|| fleet.usual_zone(), |it| it.zone.clone());
            CaseView {
                judged,
                needs: lacks.needs(),
                is_ready: lacks.is_ready(),
                waits: case.waits(by, now),
                owner: case.owner.and_then(|id| names.get(&id)).cloned(),
                diagnosis: failed.map(|(brand, why)| diagnose(brand, why, case.name())),
                today: zone.day(now),
                details,
                history,
                files,
                test,
                recurrence,
                names,
                colleagues,
                credentials,
                may_approve: brand.is_some_and(|brand| self.approvals.offers(brand)),
                site,
                zone,
                now,
                case,
            }
        }))
    }
}

fn card(
    case: &Case,
    owner: Option<Colleague>,
    capacity: Option<greengrid_domain::units::PeakPower>,
    waits: Waiting,
    today: Date,
) -> Card {
    let late_days = case.due_on.map_or(0, |due| {
        if today > due { due.until(today).map_or(0, |span| span.get_days()) } else { 0 }
    });
    Card {
        id: case.id,
        number: case.number,
        name: case.name().to_owned(),
        brand: case.fields.text(Plain::Brand.into()).parse().ok(),
        capacity,
        stage: case.stage,
        owner,
        since: case.stage_since,
        opened_at: case.opened_at,
        due_on: case.due_on,
        late_days,
        stuck: case.stuck.as_ref().map(|stuck| stuck.reason.clone()),
        waits,
        failed: matches!(case.test.map(|test| test.outcome), Some(TestOutcome::Failed(_))),
    }
}

fn lanes(cards: Vec<Card>, query: &BoardQuery) -> Vec<Lane> {
    let asked = |card: &Card| {
        query.brand.is_none_or(|brand| card.brand == Some(brand))
            && query.owner.is_none_or(|owner| card.owner.as_ref().is_some_and(|it| it.id == owner))
            && match query.scope {
                Scope::All => true,
                Scope::Late => card.late_days > 0,
                Scope::Stuck => card.stuck.is_some(),
            }
    };
    let mut lanes: Vec<Lane> = std::iter::once(None)
        .chain(Stage::iter().map(Some))
        .map(|stage| Lane { stage, cards: Vec::new() })
        .collect();
    for card in cards.into_iter().filter(asked) {
        let position = if card.stuck.is_some() { 0 } else { card.stage.done() + 1 };
        lanes[position].cards.push(card);
    }
    for lane in &mut lanes {
        lane.cards.sort_by_key(|card| (std::cmp::Reverse(card.late_days), card.since));
        if lane.stage == Some(Stage::Live) {
            lane.cards.reverse();
        }
    }
    lanes
}
