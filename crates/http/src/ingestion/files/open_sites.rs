use std::collections::HashSet;

use greengrid_app::fleet::NewSite;
use greengrid_app::ingestion::ImportReject;
use greengrid_app::monitoring::backtest::guess;
use greengrid_domain::fleet::{Location, SiteCode, SiteDetails};
use greengrid_domain::time::SiteZone;
use jiff::Timestamp;

use super::InputFile;
use super::sites::{Row, Wrong, each_row, missing, wrong};

/// Columns without which nothing can be said of a site.
const REQUIRED: [&str; 3] = ["site_id", "capacity_kwp", "timezone"];

/// A site of a file that may leave things open, with a place in any case.
#[derive(Debug)]
pub(crate) struct OpenSite {
    /// The site; what is open in it is assumed.
    pub(crate) site: NewSite,
    /// Whether the file says where it stands.
    pub(crate) is_placed: bool,
    /// Whether it says how far readings are apart.
    pub(crate) has_cadence: bool,
    /// Whether it says that the site reports at night, or that it does not.
    pub(crate) has_nights: bool,
    /// From when what is found there counts.
    pub(crate) judged_from: Option<Timestamp>,
    /// Until when.
    pub(crate) judged_to: Option<Timestamp>,
}

/// Reads a file of sites that may leave open where they stand and how they
/// report. A site without a place gets that of the others in its region, or
/// else one that fits its time zone. Fails when the file makes no sense.
pub(crate) fn read_open_sites(
    file: &InputFile,
) -> Result<(Vec<OpenSite>, Vec<ImportReject>), String> {
    let mut sites: Vec<OpenSite> = Vec::new();
    let mut codes: HashSet<SiteCode> = HashSet::new();
    let (rejected, _) = each_row(file, &REQUIRED, |row| {
        let site = open_site(row)?;
        if !codes.insert(site.site.code.clone()) {
            let message = format!("the site “{}” is there twice", site.site.code);
            return Err(Wrong::malformed(Some("site_id"), message));
        }
        sites.push(site);
        Ok(())
    })?;
    put_amid(&mut sites);
    Ok((sites, rejected))
}

fn open_site(row: &Row<'_>) -> Result<OpenSite, Wrong> {
    let code: SiteCode = row.parsed("site_id")?.ok_or_else(|| missing("site_id"))?;
    let zone: SiteZone = row.parsed("timezone")?.ok_or_else(|| missing("timezone"))?;
    // One coordinate is no place.
    let is_placed = row.text("lat").is_some() && row.text("lon").is_some();
    let location = match if is_placed { row.location()? } else { None } {
        Some(location) => location,
        None => guess::place(&zone, &[]).ok_or_else(|| missing("lat"))?,
    };
    let mut details = row.new_details(&code, location)?;
    row.amend(&mut details)?;
    Ok(OpenSite {
        site: NewSite { code, details, devices: Vec::new() },
        is_placed,
        has_cadence: row.text("interval_min").is_some(),
        has_nights: row.text("reports_at_night").is_some(),
        judged_from: instant(row, "eval_start")?,
        judged_to: instant(row, "eval_end")?,
    })
}

fn instant(row: &Row<'_>, column: &'static str) -> Result<Option<Timestamp>, Wrong> {
    let parsed = row.text(column).map(str::parse).transpose();
    parsed.map_err(|error: jiff::Error| wrong(column, &error))
}

/// Puts sites without a place amid those of their region and time zone.
fn put_amid(sites: &mut [OpenSite]) {
    let placed: Vec<SiteDetails> =
        sites.iter().filter(|site| site.is_placed).map(|site| site.site.details.clone()).collect();
    for open in sites.iter_mut().filter(|site| !site.is_placed) {
        let details = &mut open.site.details;
        let near = placed.iter().filter(|other| {
            other.region == details.region && other.zone.name() == details.zone.name()
        });
        let near: Vec<Location> = near.map(|other| other.location).collect();
        details.location = guess::place(&details.zone, &near).unwrap_or(details.location);
    }
}
