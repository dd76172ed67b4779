use std::collections::HashMap;
use std::fmt::Display;
use std::io::Read;
use std::str::FromStr;

use greengrid_app::fleet::{FleetSnapshot, NewSite, assumed};
use greengrid_app::ingestion::{ImportReject, RejectCode, SitesFile};
use greengrid_domain::fleet::{Array, Assumed, Brand, Location, SiteCode, SiteDetails};
use greengrid_domain::text::single_line;
use greengrid_domain::time::SiteZone;
use greengrid_domain::units::{Currency, Money, PeakPower, Power, Price};
use rust_decimal::Decimal;

use super::InputFile;

/// Columns without which nothing can be said of a site.
pub(super) const REQUIRED: [&str; 2] = ["site_id", "timezone"];
/// Region of sites whose file names none.
const DEFAULT_REGION: &str = "default";
/// A file of 100,000 sites takes some twelve megabytes.
const LARGEST: u64 = 64 << 20;

/// Reads a file of sites. Of a site that is already known, what the file leaves
/// out or blank stays as it is; of a new one, place and capacity are assumed.
/// Fails when the file as a whole makes no sense.
pub(crate) fn read_sites(file: &InputFile, known: &FleetSnapshot) -> Result<SitesFile, String> {
    let mut sites: Vec<NewSite> = Vec::new();
    let (rejected, bytes) = each_row(file, &REQUIRED, |row| {
        sites.push(row.site(known)?);
        Ok(())
    })?;
    let placed: Vec<SiteDetails> = known
        .sites()
        .map(|site| site.details.clone())
        .chain(sites.iter().map(|site| site.details.clone()))
        .collect();
    assumed::put_amid(sites.iter_mut().map(|site| &mut site.details), &placed);
    Ok(SitesFile { sites, rejected, bytes })
}

/// Reads the rows of a file of sites one after the other; tells those that
/// could not be taken, and the bytes of the file.
pub(super) fn each_row(
    file: &InputFile,
    required: &[&str],
    mut take: impl FnMut(&Row<'_>) -> Result<(), Wrong>,
) -> Result<(Vec<ImportReject>, u64), String> {
    let (reader, read) = file.open()?;
    let mut csv = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(reader.take(LARGEST));
    let columns = columns(file, &mut csv, required)?;
    let mut rejected = Vec::new();
    let mut record = csv::StringRecord::new();
    let mut row = 0;
    loop {
        let more = match csv.read_record(&mut record) {
            Ok(more) => more,
            Err(error) if matches!(error.kind(), csv::ErrorKind::Utf8 { .. }) => {
                row += 1;
                let wrong = Wrong::malformed(None, "the row is not UTF-8");
                rejected.push(wrong.reject(file, row, String::new()));
                continue;
            }
            Err(error) => match error.into_kind() {
                csv::ErrorKind::Io(error) => return Err(file.broken(&error)),
                _ => return Err(format!("{} is not CSV.", file.name)),
            },
        };
        if !more {
            return Ok((rejected, read.get()));
        }
        row += 1;
        if let Err(wrong) = take(&Row { columns: &columns, record: &record }) {
            let line: Vec<&str> = record.iter().collect();
            rejected.push(wrong.reject(file, row, line.join(",").replace('\0', "")));
        }
    }
}

fn columns(
    file: &InputFile,
    csv: &mut csv::Reader<impl Read>,
    required: &[&str],
) -> Result<HashMap<String, usize>, String> {
    let header = csv.headers().map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => file.broken(&error),
        _ => format!("{} is not CSV.", file.name),
    })?;
    let columns: HashMap<String, usize> =
        header.iter().enumerate().map(|(at, name)| (name.to_ascii_lowercase(), at)).collect();
    match required.iter().find(|name| !columns.contains_key(**name)) {
        None => Ok(columns),
        Some(missing) => Err(format!(
            "{}: the column {missing} is missing; the file needs at least {}.",
            file.name,
            required.join(", ")
        )),
    }
}

/// What is wrong with a row.
pub(super) struct Wrong {
    field: Option<&'static str>,
    code: RejectCode,
    message: String,
}

impl Wrong {
    pub(super) fn malformed(field: Option<&'static str>, message: impl Into<String>) -> Self {
        Self { field, code: RejectCode::Malformed, message: message.into() }
    }

    fn reject(self, file: &InputFile, row: u32, line: String) -> ImportReject {
        ImportReject {
            file: file.name.clone(),
            row,
            field: self.field.map(str::to_owned),
            code: self.code,
            message: self.message,
            line,
        }
    }
}

/// A row of a file, by the names of its columns.
pub(super) struct Row<'a> {
    columns: &'a HashMap<String, usize>,
    record: &'a csv::StringRecord,
}

impl Row<'_> {
    fn site(&self, known: &FleetSnapshot) -> Result<NewSite, Wrong> {
        let code: SiteCode = self.parsed("site_id")?.ok_or_else(|| missing("site_id"))?;
        let mut details = match known.site_by_code(&code) {
            Some(site) => site.details.clone(),
            None => self.new_details(&code, self.location()?)?,
        };
        self.amend(&mut details)?;
        Ok(NewSite { code, details, devices: Vec::new() })
    }

    /// Details of a site that is not yet known, from what every row must say;
    /// what it leaves open is assumed.
    pub(super) fn new_details(
        &self,
        code: &SiteCode,
        location: Option<Location>,
    ) -> Result<SiteDetails, Wrong> {
        let capacity = self.capacity()?;
        let array = Array {
            capacity: capacity.unwrap_or(PeakPower::OF_A_HOME),
            tilt_deg: None,
            azimuth_deg: None,
            ac_limit: None,
            export_limit: None,
        };
        let zone: SiteZone = self.parsed("timezone")?.ok_or_else(|| Wrong {
            message: "timezone is missing; write an IANA name such as Europe/Berlin".to_owned(),
            ..missing("timezone")
        })?;
        let assumed = Assumed { place: location.is_none(), capacity: capacity.is_none() };
        let location = location.or_else(|| assumed::place(&zone, &[]));
        let location = location.ok_or_else(|| missing("lat"))?;
        Ok(SiteDetails::builder()
            .assumed(assumed)
            .name(code.as_str().parse().map_err(|error| wrong("name", &error))?)
            .location(location)
            .zone(zone)
            .array(array)
            .region(DEFAULT_REGION.parse().map_err(|error| wrong("region", &error))?)
            .brand(Brand::Other)
            .build())
    }

    /// Takes over whatever the row says.
    pub(super) fn amend(&self, details: &mut SiteDetails) -> Result<(), Wrong> {
        let (location, capacity) = (self.location()?, self.capacity()?);
        details.assumed.place &= location.is_none();
        details.assumed.capacity &= capacity.is_none();
        put(&mut details.location, location);
        put(&mut details.zone, self.parsed("timezone")?);
        put(&mut details.name, self.parsed("name")?);
        put(&mut details.region, self.parsed("region")?);
        put(&mut details.brand, self.text("brand").map(|b| b.parse().unwrap_or(Brand::Other)));
        put_some(&mut details.customer, self.text("customer").map(single_line));
        put_some(&mut details.address, self.text("address").map(single_line));
        put_some(&mut details.commissioned_on, self.parsed("commissioned_on")?);
        let array = &mut details.array;
        put(&mut array.capacity, capacity);
        put_some(&mut array.tilt_deg, self.number("tilt", 0.0, 90.0)?);
        put_some(&mut array.azimuth_deg, self.number("azimuth", 0.0, 360.0)?);
        put_some(&mut array.ac_limit, self.kilowatts("ac_limit_kw")?);
        put_some(&mut array.export_limit, self.kilowatts("export_limit_kw")?);
        #[expect(clippy::cast_possible_truncation, reason = "at most a day in seconds")]
        let cadence = self.number("interval_min", 1.0, 1440.0)?.map(|min| (min * 60.0) as i32);
        put(&mut details.cadence_s, cadence);
        put(&mut details.reports_at_night, self.truth("reports_at_night")?);
        details.price = self.price(details.price)?;
        Ok(())
    }

    pub(super) fn text(&self, column: &str) -> Option<&str> {
        self.record.get(*self.columns.get(column)?).filter(|value| !value.is_empty())
    }

    pub(super) fn parsed<T: FromStr<Err: Display>>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, Wrong> {
        let parsed = self.text(column).map(str::parse).transpose();
        parsed.map_err(|error: T::Err| wrong(column, &error))
    }

    fn number(&self, column: &'static str, min: f64, max: f64) -> Result<Option<f64>, Wrong> {
        let Some(text) = self.text(column) else { return Ok(None) };
        match text.parse::<f64>() {
            Ok(number) if (min..=max).contains(&number) => Ok(Some(number)),
            _ => {
                let text: String = single_line(text).chars().take(40).collect();
                let message = format!("{column} is “{text}”; it is a number from {min} to {max}");
                Err(Wrong { field: Some(column), code: RejectCode::InvalidNumber, message })
            }
        }
    }

    pub(super) fn location(&self) -> Result<Option<Location>, Wrong> {
        let latitude = self.number("lat", -90.0, 90.0)?;
        let longitude = self.number("lon", -180.0, 180.0)?;
        match (latitude, longitude) {
            (None, None) => Ok(None),
            (Some(latitude), Some(longitude)) => {
                Location::new(latitude, longitude).map(Some).map_err(|error| wrong("lat", &error))
            }
            (None, Some(_)) => Err(missing("lat")),
            (Some(_), None) => Err(missing("lon")),
        }
    }

    fn capacity(&self) -> Result<Option<PeakPower>, Wrong> {
        let kwp = self.number("capacity_kwp", 0.0, 1e9)?;
        kwp.map(PeakPower::from_kwp).transpose().map_err(|error| Wrong {
            field: Some("capacity_kwp"),
            code: RejectCode::InvalidNumber,
            message: error.to_string(),
        })
    }

    fn kilowatts(&self, column: &'static str) -> Result<Option<Power>, Wrong> {
        let kw = self.number(column, 0.0, 1e6)?;
        Ok(kw.map(|kw| Power::from_watts_rounded(kw * 1000.0)))
    }

    pub(super) fn truth(&self, column: &'static str) -> Result<Option<bool>, Wrong> {
        match self.text(column).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(None),
            Some("1" | "true" | "yes") => Ok(Some(true)),
            Some("0" | "false" | "no") => Ok(Some(false)),
            Some(_) => Err(Wrong::malformed(Some(column), format!("{column} is 0 or 1"))),
        }
    }

    fn price(&self, before: Price) -> Result<Price, Wrong> {
        const COLUMN: &str = "price_per_kwh";
        let currency: Option<Currency> = self.parsed("currency")?;
        let amount: Option<Decimal> = self.parsed(COLUMN)?;
        let amount = amount.unwrap_or(before.of_one_kwh().amount).round_dp(5);
        if amount.is_sign_negative() || amount > Decimal::from(1000) {
            let message = format!("{COLUMN} is {amount}; it is a number from 0 to 1000");
            return Err(Wrong { field: Some(COLUMN), code: RejectCode::InvalidNumber, message });
        }
        let currency = currency.unwrap_or(before.of_one_kwh().currency);
        Ok(Price::per_kwh(Money { amount, currency }))
    }
}

pub(super) fn wrong(field: &'static str, error: &impl Display) -> Wrong {
    Wrong::malformed(Some(field), error.to_string())
}

pub(super) fn missing(field: &'static str) -> Wrong {
    let message = format!("{field} is missing");
    Wrong { field: Some(field), code: RejectCode::MissingField, message }
}

fn put<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn put_some<T>(place: &mut Option<T>, value: Option<T>) {
    if value.is_some() {
        *place = value;
    }
}
