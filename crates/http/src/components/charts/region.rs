use greengrid_domain::monitoring::Status;
use maud::{Markup, html};

use super::path::{PathData, short};
use super::pen::Pen as _;
use crate::components::format;

/// Distance between two marks.
const PITCH: f64 = 13.4;
/// More sites than this are drawn as one mark for ten.
const MANY: usize = 400;

/// Whether a region has so many sites that a mark stands for ten of them.
pub(crate) const fn marks_stand_for_ten(sites: usize) -> bool {
    sites > MANY
}

/// One mark for each site of a region, worst first; in a large region one for
/// ten sites, which shows the worst of them.
pub(crate) fn region_strip(name: &str, statuses: &[Status]) -> Markup {
    let marks: Vec<Status> = if marks_stand_for_ten(statuses.len()) {
        statuses.chunks(10).filter_map(|ten| ten.iter().min().copied()).collect()
    } else {
        statuses.to_vec()
    };
    let columns: usize = if marks.len() > 84 { 56 } else { 28 };
    let high = marks.len().div_ceil(columns).max(3.min(marks.len())).max(1);
    let spot = |i: usize| (center(i / high), center(i % high) + 1.0);
    let of = |status: Status| {
        marks.iter().enumerate().filter(move |(_, s)| **s == status).map(move |(i, _)| spot(i))
    };
    let (width, height) = (edge(columns), edge(high) + 2.0);
    html! {
        svg viewBox={ "0 0 " (short(width)) " " (short(height)) } role="img" aria-label=(sentence(name, statuses)) {
            path .m-ok d=(shapes(of(Status::OnTrack), &[(-1.6, -1.6), (1.6, -1.6), (1.6, 1.6), (-1.6, 1.6)])) {}
            path .m-act d=(shapes(of(Status::ActToday), &[(0.0, -5.4), (5.4, 0.0), (0.0, 5.4), (-5.4, 0.0)])) {}
            path .m-plan d=(shapes(of(Status::PlanVisit), &[(0.0, -5.0), (5.3, 4.3), (-5.3, 4.3)])) {}
            @for (x, y) in of(Status::Watch) { circle .m-watch cx=(short(x)) cy=(short(y)) r="3.8" {} }
            @for (x, y) in of(Status::NoData) {
                rect .m-none x=(short(x - 4.0)) y=(short(y - 4.0)) width="8" height="8" {}
            }
        }
    }
}

fn edge(marks: usize) -> f64 {
    PITCH * f64::from(u32::try_from(marks).unwrap_or(u32::MAX))
}

fn center(mark: usize) -> f64 {
    edge(mark) + PITCH / 2.0
}

fn shapes(places: impl Iterator<Item = (f64, f64)>, corners: &[(f64, f64)]) -> String {
    let mut path = PathData::default();
    for (x, y) in places {
        path.through(corners.iter().map(|(dx, dy)| (x + dx, y + dy)));
        path.close();
    }
    path.finish()
}

fn sentence(name: &str, statuses: &[Status]) -> String {
    let of = |status| statuses.iter().filter(|s| **s == status).count();
    let kinds = [
        (Status::ActToday, "to act on today"),
        (Status::PlanVisit, "to plan a visit to"),
        (Status::NoData, "without data"),
        (Status::Watch, "being watched"),
    ];
    let mut parts: Vec<String> = kinds
        .iter()
        .filter(|(status, _)| of(*status) > 0)
        .map(|(status, words)| format!("{} {words}", of(*status)))
        .collect();
    parts.push(match (of(Status::OnTrack), parts.is_empty()) {
        (_, true) => "all on track".to_owned(),
        (n, false) => format!("{n} on track"),
    });
    format!("{name}, {}: {}.", format::counted(statuses.len(), "site", "sites"), parts.join(", "))
}
