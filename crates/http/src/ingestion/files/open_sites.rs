use std::collections::HashSet;

use greengrid_app::fleet::{NewSite, assumed};
use greengrid_app::ingestion::ImportReject;
use greengrid_domain::fleet::{SiteCode, SiteDetails};
use jiff::Timestamp;

use super::InputFile;
use super::sites::{REQUIRED, Row, Wrong, each_row, missing, wrong};

/// A site of a file that may leave things open, with a place in any case.
#[derive(Debug)]
pub(crate) struct OpenSite {
    /// The site; what is open in it is assumed.
    pub(crate) site: NewSite,
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
    let all: Vec<SiteDetails> = sites.iter().map(|site| site.site.details.clone()).collect();
    assumed::put_amid(sites.iter_mut().map(|open| &mut open.site.details), &all);
    Ok((sites, rejected))
}

fn open_site(row: &Row<'_>) -> Result<OpenSite, Wrong> {
    let code: SiteCode = row.parsed("site_id")?.ok_or_else(|| missing("site_id"))?;
    let mut details = row.new_details(&code, row.location()?)?;
    row.amend(&mut details)?;
    Ok(OpenSite {
        site: NewSite { code, details, devices: Vec::new() },
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
