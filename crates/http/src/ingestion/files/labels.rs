use greengrid_app::fleet::FleetSnapshot;
use greengrid_app::ingestion::ImportReject;
use greengrid_app::monitoring::backtest::score::Label;
use greengrid_domain::fleet::{SiteCode, SiteId};
use greengrid_domain::monitoring::AnomalyKind;
use jiff::Timestamp;

use super::InputFile;
use super::sites::{Row, Wrong, each_row, missing, wrong};

const REQUIRED: [&str; 4] = ["site_id", "kind", "start", "end"];
/// Stands for every kind.
const ANY: &str = "*";

/// Reads a file of labels: stretches in which something is known to have been
/// wrong with a site. Those of sites that are not known are left out.
pub(crate) fn read_labels(
    file: &InputFile,
    known: &FleetSnapshot,
) -> Result<(Vec<Label>, Vec<ImportReject>), String> {
    let mut labels = Vec::new();
    let (rejected, _) = each_row(file, &REQUIRED, |row| {
        let code: SiteCode = row.parsed("site_id")?.ok_or_else(|| missing("site_id"))?;
        if let Some(site) = known.site_by_code(&code) {
            labels.push(label(row, site.id)?);
        }
        Ok(())
    })?;
    Ok((labels, rejected))
}

fn label(row: &Row<'_>, site: SiteId) -> Result<Label, Wrong> {
    let kind = match row.text("kind") {
        None => return Err(missing("kind")),
        Some(ANY) => None,
        Some(name) => {
            let kind = name.parse::<AnomalyKind>();
            Some(kind.map_err(|_| {
                let message = format!("there is no kind “{}”", name.escape_default());
                Wrong::malformed(Some("kind"), message)
            })?)
        }
    };
    let instant = |column: &'static str| -> Result<Timestamp, Wrong> {
        let text = row.text(column).ok_or_else(|| missing(column))?;
        text.parse().map_err(|error: jiff::Error| wrong(column, &error))
    };
    let (start, end) = (instant("start")?, instant("end")?);
    if end < start {
        return Err(Wrong::malformed(Some("end"), "end lies before start"));
    }
    Ok(Label { site, kind, start, end, scored: row.truth("scored")?.unwrap_or(true) })
}
