use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

use greengrid_app::monitoring::backtest::Found;
use greengrid_domain::fleet::{Site, SiteId};

const HEADER: [&str; 7] =
    ["site_id", "kind", "detected_at", "started_at", "ended_at", "lost_kwh", "evidence"];

/// Writes what was found as CSV, in the order in which it was raised; what was
/// withdrawn is left out.
pub fn write_detections(
    into: impl Write,
    sites: &[Arc<Site>],
    found: &[Found],
) -> Result<(), csv::Error> {
    let codes: HashMap<SiteId, &str> =
        sites.iter().map(|site| (site.id, site.code.as_str())).collect();
    let mut csv = csv::Writer::from_writer(into);
    csv.write_record(HEADER)?;
    for one in found.iter().filter(|one| !one.withdrawn) {
        let finding = &one.detection.finding;
        let kind: &str = finding.kind.into();
        csv.write_record([
            codes.get(&one.site).copied().unwrap_or_default(),
            kind,
            &one.detected_at.to_string(),
            &finding.since.to_string(),
            &one.detection.until.map(|until| until.to_string()).unwrap_or_default(),
            &format!("{:.1}", finding.lost.kwh()),
            &evidence(one),
        ])?;
    }
    csv.flush()?;
    Ok(())
}

/// The cause, then what it rests on.
fn evidence(found: &Found) -> String {
    let detection = &found.detection;
    let against = format!("compared with {}", detection.evidence.rung.words());
    let facts =
        detection.evidence.facts.iter().map(|fact| format!("{}: {}", fact.label, fact.value));
    let all: Vec<String> =
        [detection.finding.cause.clone(), against].into_iter().chain(facts).collect();
    all.join("; ")
}
