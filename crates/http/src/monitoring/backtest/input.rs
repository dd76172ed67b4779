use std::collections::HashMap;
use std::sync::Arc;

use futures::StreamExt;
use greengrid_app::fleet::FleetSnapshot;
use greengrid_app::ingestion::{ImportReject, Piece, ReadingRow, RejectCode, Rejection};
use greengrid_app::monitoring::backtest::score::{Judged, Label};
use greengrid_app::monitoring::backtest::{Readings, guess};
use greengrid_domain::fleet::{Site, SiteCode};
use greengrid_domain::ingestion::check_time;
use jiff::Timestamp;

use crate::ingestion::InputFile;
use crate::ingestion::files::{OpenSite, pieces, read_labels, read_open_sites};

/// The files of a replay.
#[derive(Debug, Clone)]
pub struct BacktestFiles {
    /// The sites.
    pub sites: InputFile,
    /// Their readings.
    pub readings: Vec<InputFile>,
    /// What is known to have been wrong.
    pub labels: Option<InputFile>,
}

/// What the files of a replay hold.
#[derive(Debug)]
pub struct BacktestInput {
    /// The sites, with what was assumed of them.
    pub sites: Vec<Arc<Site>>,
    /// Their readings.
    pub readings: Readings,
    /// What was assumed.
    pub assumed: Assumed,
    /// What is known to have been wrong.
    pub labels: Option<Vec<Label>>,
    /// From when to when each site is judged; sites without readings are not.
    pub judged: Vec<Judged>,
}

/// What the file of sites leaves open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assumed {
    /// Sites whose place was taken from their region or time zone.
    pub places: Vec<SiteCode>,
    /// Sites of unknown capacity.
    pub capacities: Vec<SiteCode>,
    /// Sites whose cadence was taken from their readings, with its seconds.
    pub cadences: Vec<(SiteCode, i32)>,
    /// Sites of which the readings told whether they report at night.
    pub nights: Vec<(SiteCode, bool)>,
}

/// Reads all files. Rows that cannot be taken go to `reject`; those of the
/// future, seen from `now`, are among them. `told` hears how many bytes of the
/// readings are done. Fails with a sentence when a file makes no sense.
pub async fn read_backtest(
    files: BacktestFiles,
    now: Timestamp,
    mut reject: impl FnMut(ImportReject),
    told: impl Fn(u64),
) -> Result<BacktestInput, String> {
    let BacktestFiles { sites, readings: files, labels } = files;
    let (open, rejected) = read_open_sites(&sites)?;
    rejected.into_iter().for_each(&mut reject);
    if open.is_empty() {
        return Err(format!("{} holds no site that could be read.", sites.name));
    }
    let fleet = fleet(&open);
    let mut readings = Readings::default();
    let numbers: HashMap<String, u32> =
        files.iter().zip(0..).map(|(file, number)| (file.name.clone(), number)).collect();
    let mut pieces = pieces(files, u64::MAX);
    while let Some(piece) = pieces.next().await {
        let Piece { file, submission, bytes_done } = piece?;
        let number = numbers.get(&file).copied().unwrap_or_default();
        let payload = &submission.payload;
        let mut rejected = submission.rejected;
        for row in submission.rows {
            match fleet.site_by_code(&row.site).ok_or_else(|| no_such_site(&row)) {
                Err(rejection) => rejected.push(rejection),
                Ok(site) => match check_time(row.measured_at, now) {
                    Ok(()) => readings.add(
                        number,
                        site.id,
                        row.device.as_ref(),
                        row.measured_at,
                        &row.measurement,
                    ),
                    Err(error) => rejected.push(rejection(
                        &row,
                        "timestamp_utc",
                        error.into(),
                        error.to_string(),
                    )),
                },
            }
        }
        rejected.sort_by_key(|rejection| rejection.row);
        rejected.into_iter().map(|r| ImportReject::of(&file, payload, r)).for_each(&mut reject);
        told(bytes_done);
    }
    let labels = match labels {
        None => None,
        Some(file) => {
            let (labels, rejected) = read_labels(&file, &fleet)?;
            rejected.into_iter().for_each(reject);
            Some(labels)
        }
    };
    Ok(complete(open, readings, labels))
}

fn rejection(
    row: &ReadingRow,
    field: &'static str,
    code: RejectCode,
    message: String,
) -> Rejection {
    Rejection { row: Some(row.row), span: row.span.clone(), field: Some(field), code, message }
}

fn no_such_site(row: &ReadingRow) -> Rejection {
    let message = format!("there is no site “{}”", row.site);
    rejection(row, "site_id", RejectCode::UnknownSite, message)
}

/// The sites of the file, numbered from 1.
fn fleet(open: &[OpenSite]) -> FleetSnapshot {
    let site = |(open, id): (&OpenSite, i32)| Site {
        id: id.into(),
        code: open.site.code.clone(),
        details: open.site.details.clone(),
    };
    FleetSnapshot::new(open.iter().zip(1..).map(site).collect(), Vec::new(), Vec::new())
}

/// Takes from the readings what the file of sites leaves open.
fn complete(open: Vec<OpenSite>, readings: Readings, labels: Option<Vec<Label>>) -> BacktestInput {
    let mut assumed = Assumed::default();
    let spans = readings.spans();
    let (mut sites, mut judged) = (Vec::new(), Vec::new());
    for (one, id) in open.into_iter().zip(1_i32..) {
        let OpenSite { site, has_cadence, has_nights, judged_from, judged_to } = one;
        let mut site = Site { id: id.into(), code: site.code, details: site.details };
        if site.details.assumed.place {
            assumed.places.push(site.code.clone());
        }
        if site.details.assumed.capacity {
            assumed.capacities.push(site.code.clone());
        }
        if !has_cadence && let Some(cadence_s) = guess::cadence_s(&readings, site.id) {
            site.details.cadence_s = cadence_s;
            assumed.cadences.push((site.code.clone(), cadence_s));
        }
        if !has_nights && spans.contains_key(&site.id) {
            site.details.reports_at_night = guess::reports_at_night(&readings, &site);
            assumed.nights.push((site.code.clone(), site.details.reports_at_night));
        }
        let site = Arc::new(site);
        if let Some((first, last)) = spans.get(&site.id) {
            let (from, to) = (judged_from.unwrap_or(*first), judged_to.unwrap_or(*last));
            judged.push(Judged { site: Arc::clone(&site), from, to });
        }
        sites.push(site);
    }
    BacktestInput { sites, readings, assumed, labels, judged }
}
