use greengrid_domain::monitoring::Status;

use super::*;
use crate::testing;

#[test]
fn a_small_chart_hatches_what_is_missing_and_what_is_short() {
    let silent = spark(&testing::row(3).assessment.spark, "No readings.").into_string();
    let weak = spark(&testing::row(0).assessment.spark, "One is off.").into_string();
    let fine = spark(&testing::row(6).assessment.spark, "As expected.").into_string();

    assert!(silent.contains("url(#p-none)") && !silent.contains("url(#p-loss)"));
    assert!(weak.contains("url(#p-loss)") && !weak.contains("url(#p-none)"));
    assert!(!fine.contains("url(#"));
    assert!(fine.contains("role=\"img\" aria-label=\"As expected.\""));
}

#[test]
fn a_small_chart_is_small() {
    let chart = spark(&testing::row(0).assessment.spark, "One is off.").into_string();

    assert!(chart.len() < 4_200, "{} bytes", chart.len());
}

#[test]
fn no_chart_carries_a_style_attribute() {
    let row = testing::row(0);
    let charts = [
        spark(&row.assessment.spark, "x"),
        index_line(&row.assessment.daily_index),
        index_spark(&row.assessment.daily_index, "x"),
        region_strip("North", &[Status::ActToday, Status::OnTrack]),
        loss_bar(0.5, true),
        against_expected(0.74),
    ];

    for chart in charts {
        assert!(!chart.0.contains("style="), "{}", chart.0);
    }
}

#[test]
fn a_region_says_what_its_marks_show() {
    let strip = region_strip("North", &[Status::ActToday, Status::Watch, Status::OnTrack]).0;

    assert!(strip.contains("North, 3\u{a0}sites: 1 to act on today, 1 being watched, 1 on track."));
}

#[test]
fn in_a_large_region_a_mark_is_the_worst_of_ten() {
    let mut sites = vec![Status::OnTrack; 500];
    sites[499] = Status::NoData;

    let strip = region_strip("North", &sites).0;

    assert_eq!(strip.matches("m-none").count(), 1);
    assert_eq!(strip.matches('M').count(), 49);
}

#[test]
fn an_empty_chart_says_so() {
    let zone = testing::zone();
    let nothing = Curve::builder().points(&[]).now(testing::now()).zone(&zone).label("x").build();

    assert!(curve(&nothing).0.contains("nothing to draw"));
    assert!(index_line(&[None, None]).0.contains("cannot be judged"));
}
