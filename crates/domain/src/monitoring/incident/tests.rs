use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::*;
use crate::monitoring::{Confidence, Detection, Fact};
use crate::units::Currency;

fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-06-12T08:00:00Z".parse().unwrap();
    start + SignedDuration::from_mins(minutes)
}

fn suspect(number: i32, kind: AnomalyKind, minutes: i64) -> Suspect {
    Suspect {
        anomaly: Uuid::from_u128(u128::try_from(number).unwrap()).into(),
        site: number.into(),
        kind,
        region: "south".parse().unwrap(),
        brand: Brand::Fronius,
        since: at(minutes),
        lost_per_day: Energy::from_wh(10_000),
        money_per_day: Money { amount: Decimal::TWO, currency: Currency::Eur },
        held_at: None,
    }
}

fn fleet(sites: usize) -> FleetSize {
    FleetSize {
        by_brand: [(Brand::Fronius, sites), (Brand::Enphase, sites)].into(),
        by_region: [("south".parse().unwrap(), sites), ("north".parse().unwrap(), sites)].into(),
    }
}

fn of(kind: AnomalyKind, sites: i32, apart: i64) -> Vec<Suspect> {
    (1..=sites).map(|number| suspect(number, kind, i64::from(number) * apart)).collect()
}

fn check(open: &[Suspect], sites: usize, expected: &[(Cause, usize)]) {
    let folded = fold(open, &fleet(sites));
    let seen: Vec<(Cause, usize)> =
        folded.iter().map(|incident| (incident.cause.clone(), incident.sites)).collect();
    assert_eq!(seen, expected);
}

#[test]
fn a_vendor_is_down_when_many_of_its_sites_fall_silent_together() {
    let down = Cause::VendorDown(Brand::Fronius);

    check(&of(AnomalyKind::CommGap, 6, 10), 18, &[(down, 6)]);
    check(&of(AnomalyKind::CommGap, 6, 10), 30, &[]);
    check(&of(AnomalyKind::CommGap, 4, 10), 4, &[]);
    check(&of(AnomalyKind::CommGap, 6, 45), 18, &[]);
}

#[test]
fn sites_of_no_known_brand_share_no_vendor() {
    let mut open = of(AnomalyKind::CommGap, 6, 1);
    for suspect in &mut open {
        suspect.brand = Brand::Other;
    }

    check(&open, 6, &[]);
}

#[test]
fn neighbours_that_go_off_within_minutes_share_the_grid() {
    let mut open = of(AnomalyKind::Outage, 4, 2);
    check(&open, 100, &[(Cause::GridFault("south".parse().unwrap()), 4)]);

    open[0].region = "north".parse().unwrap();
    open[1].region = "north".parse().unwrap();
    check(&open, 100, &[]);
}

#[test]
fn a_storm_does_different_things_to_many_sites() {
    let mut open = of(AnomalyKind::Underperformance, 6, 20);
    check(&open, 40, &[]);

    open[2].kind = AnomalyKind::StringLoss;
    check(&open, 40, &[(Cause::Storm("south".parse().unwrap()), 6)]);
    check(&open, 100, &[]);
}

#[test]
fn one_limit_holds_sites_at_one_share() {
    let mut open = of(AnomalyKind::Curtailment, 7, 20);
    for (suspect, share) in open.iter_mut().zip([0.58, 0.60, 0.59, 0.61, 0.62, 0.30, 0.85]) {
        suspect.held_at = Some(share);
    }

    check(&open, 100, &[(Cause::ExportLimit(Brand::Fronius, Some(60)), 5)]);
}

#[test]
fn what_is_lost_together_is_counted_once() {
    let mut open = of(AnomalyKind::Outage, 4, 2);
    open.push(open[0].clone());

    let folded = fold(&open, &fleet(100));

    assert_eq!(folded[0].lost_per_day, Energy::from_wh(40_000));
    assert_eq!(folded[0].money_per_day, [Money { amount: 8.into(), currency: Currency::Eur }]);
    assert_eq!(folded[0].anomalies.len(), 4);
}

#[test]
fn the_share_of_a_limit_is_read_from_its_evidence() {
    let held = |value: &str| {
        let mut seen: Detection =
            crate::monitoring::testing::detection(AnomalyKind::Curtailment, "2026-06-12T08:00:00Z");
        seen.confidence = Confidence::VeryLikely;
        seen.evidence.facts = vec![Fact::new("Held at", value)];
        held_share(&seen.evidence)
    };

    assert_eq!(held("60\u{a0}% of capacity"), Some(0.6));
    assert_eq!(held("4.2 kW"), None);
    assert_eq!(held("NaN %"), None);
}

#[test]
fn everybody_is_told_in_their_own_words() {
    for cause in [
        Cause::VendorDown(Brand::Fronius),
        Cause::GridFault("south".parse().unwrap()),
        Cause::Storm("south".parse().unwrap()),
        Cause::ExportLimit(Brand::Fronius, Some(60)),
        Cause::ExportLimit(Brand::Fronius, None),
    ] {
        let incident = Incident {
            cause,
            began: at(0),
            anomalies: Vec::new(),
            sites: 31,
            lost_per_day: Energy::ZERO,
            money_per_day: Vec::new(),
        };
        let texts = [
            incident.headline("Fronius"),
            incident.evidence("Fronius"),
            incident.script("Fronius"),
            incident.for_customer("Fronius"),
        ];

        assert!(texts.iter().all(|text| text.ends_with('.') && !text.contains("  ")), "{texts:?}");
        assert!(texts[0].contains("31"));
        assert_eq!(texts[3].matches(". ").count(), 0, "one sentence: {}", texts[3]);
    }
}

fn suspects() -> impl Strategy<Value = Vec<Suspect>> {
    let kinds = [
        AnomalyKind::CommGap,
        AnomalyKind::Outage,
        AnomalyKind::Curtailment,
        AnomalyKind::Underperformance,
    ];
    let one = (0..kinds.len(), 0_i64..90, any::<bool>(), any::<bool>(), 0_u8..4);
    proptest::collection::vec(one, 0..30).prop_map(move |all| {
        all.into_iter()
            .zip(1..)
            .map(|((kind, minutes, north, enphase, share), number)| Suspect {
                region: if north { "north" } else { "south" }.parse().unwrap(),
                brand: if enphase { Brand::Enphase } else { Brand::Fronius },
                held_at: (share > 0).then(|| 0.5 + 0.02 * f64::from(share)),
                ..suspect(number, kinds[kind], minutes)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn their_order_does_not_matter(
        (open, shuffled) in suspects().prop_flat_map(|open| (Just(open.clone()), Just(open).prop_shuffle()))
    ) {
        prop_assert_eq!(fold(&open, &fleet(20)), fold(&shuffled, &fleet(20)));
    }

    #[test]
    fn no_anomaly_is_in_two_incidents(open in suspects()) {
        let folded = fold(&open, &fleet(20));
        let mut all: Vec<AnomalyId> =
            folded.iter().flat_map(|incident| incident.anomalies.clone()).collect();
        let counted = all.len();
        all.sort_unstable();
        all.dedup();

        prop_assert_eq!(all.len(), counted);
    }
}
