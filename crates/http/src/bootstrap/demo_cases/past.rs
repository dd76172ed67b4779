//! A year of cases that went live, from which the measures are drawn: slow and
//! stumbling at first, better since.

use greengrid_app::error::StoreError;
use greengrid_app::onboarding::TestRun;
use greengrid_domain::fleet::Site;
use greengrid_domain::ingestion::Cause;
use greengrid_domain::observability::Initiator;
use greengrid_domain::onboarding::{Case, Happened, Happening, LiveSince, Stage, TestOutcome};
use jiff::SignedDuration;

use super::{Core, Maker};

/// Cases a year; fewer in a small demo.
const CASES: i64 = 60;

/// Days over which they are spread.
const DAYS: i64 = 345;

pub(super) async fn make(maker: &Maker, core: &Core, seed: u64) -> Result<(), StoreError> {
    let fleet = core.directory.snapshot();
    let mut sites: Vec<&Site> = fleet.sites().map(AsRef::as_ref).collect();
    sites.sort_by(|a, b| b.code.cmp(&a.code));
    sites.truncate(usize::try_from(CASES).unwrap_or_default());
    let many = i64::try_from(sites.len()).unwrap_or(CASES);
    for (n, site) in (0..).zip(sites) {
        // A small fleet has fewer, spread over the same year.
        one(maker, n * CASES / many, site, seed).await?;
    }
    Ok(())
}

async fn one(maker: &Maker, n: i64, site: &Site, seed: u64) -> Result<(), StoreError> {
    let draw = i64::try_from(seed % 97).unwrap_or(0) * 31 + n * 7_919;
    // From 1 at the begin of the year to 0 now.
    let early = CASES - n;
    let live_ago = SignedDuration::from_hours(24 * (DAYS * early / CASES) + 30 + draw % 11);
    let took = SignedDuration::from_hours(16 + (draw * 13) % 90 + 3 * early);
    let live_at = maker.now - live_ago;
    let opened = live_at - took;
    let owner = maker.people.first().copied();
    let by = owner.map_or(Initiator::System, Initiator::User);
    let mut case = Case::builder()
        .id(uuid::Uuid::now_v7().into())
        .opened_at(opened)
        .stage_since(opened)
        .maybe_owner(owner)
        .build();
    let customer = site.details.customer.clone().unwrap_or_default();
    let fields = [
        ("customer", customer),
        ("site_name", site.details.name.as_str().to_owned()),
        ("brand", site.details.brand.to_string()),
    ];
    for (key, text) in fields {
        if let Ok(key) = key.parse() {
            case.type_in(key, &text, None, by, opened);
        }
    }
    let begun = Happening::new(Happened::Opened, site.details.name.as_str());
    maker.store.open(by, &[(case.clone(), vec![begun])]).await?;
    let mut case = maker.find(&case).await?;
    let fails = (draw * 17) % 100 < 8 + 38 * early / CASES;
    let tested = live_at - SignedDuration::from_hours(5);
    if fails {
        let outcome = TestOutcome::Failed(cause(draw));
        test(maker, &case, site, tested - took / 2, outcome).await?;
    }
    test(maker, &case, site, tested, TestOutcome::Passed).await?;
    case.stage = Stage::Live;
    case.stage_since = live_at;
    case.due_on = None;
    case.live = Some(LiveSince { site: site.id, at: live_at });
    let live = [Happening::new(Happened::WentLive, site.details.name.as_str())];
    maker.store.save(by, &case, &live, live_at, None, None).await?;
    Ok(())
}

/// Wrong keys are the most frequent, as everywhere.
const fn cause(draw: i64) -> Cause {
    match draw % 10 {
        0..=3 => Cause::CredentialRejected,
        4 | 5 => Cause::SiteUnknown,
        6 => Cause::PermissionMissing,
        7 => Cause::CredentialKind,
        8 => Cause::NoFreshData,
        _ => Cause::TermsNotAccepted,
    }
}

async fn test(
    maker: &Maker,
    case: &Case,
    site: &Site,
    at: jiff::Timestamp,
    outcome: TestOutcome,
) -> Result<(), StoreError> {
    let run = TestRun {
        id: uuid::Uuid::now_v7(),
        case: case.id,
        brand: site.details.brand,
        started_at: at,
        by: Initiator::System,
        outcome: None,
        cut_off: false,
        checks: Vec::new(),
    };
    maker.store.begin_test(&run).await?;
    maker.store.end_test(&run, outcome, at).await
}
