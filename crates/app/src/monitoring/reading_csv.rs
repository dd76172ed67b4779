//! Readings as lines of a CSV file that can be imported again.

use greengrid_domain::fleet::SiteCode;
use greengrid_domain::ingestion::Quality;
use greengrid_domain::units::{Energy, MeterRegister, Power};

use super::models::ReadingRecord;

/// The first line of such a file.
pub const READINGS_HEADER: &str = "site_id,timestamp_utc,device_id,power_w,energy_wh,energy_total_wh,\
    irradiance_wm2,temperature_c,voltage_v,status_code,revision,quality,reasons\r\n";

/// A reading as a line.
#[must_use]
pub fn reading_line(code: &SiteCode, reading: &ReadingRecord) -> String {
    let values = &reading.measurement;
    let quality: &str = match reading.quality {
        Quality::Valid => "valid",
        Quality::Incomplete => "incomplete",
        Quality::Inconsistent => "inconsistent",
    };
    let reasons: Vec<&str> = reading.reasons.iter().map(Into::into).collect();
    let cells = [
        csv_text(code.as_str()),
        reading.measured_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        csv_text(reading.device.as_deref().unwrap_or_default()),
        known(values.power.map(Power::watts)),
        known(values.energy.map(Energy::wh)),
        known(values.energy_total.map(MeterRegister::wh)),
        known(values.irradiance_wm2),
        known(values.temperature_c),
        known(values.voltage_v),
        csv_text(values.status_code.as_deref().unwrap_or_default()),
        reading.revision.to_string(),
        quality.to_owned(),
        reasons.join(" "),
    ];
    let mut line = cells.join(",");
    line.push_str("\r\n");
    line
}

fn known(value: Option<impl ToString>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}

/// Text as a cell: quoted where needed, and with an apostrophe before what a
/// spreadsheet would take for a formula.
#[must_use]
pub fn csv_text(raw: &str) -> String {
    let formula = raw.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let guarded = if formula { format!("'{raw}") } else { raw.to_owned() };
    if guarded.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use greengrid_domain::ingestion::{Measurement, Reason, Reasons};

    fn check(raw: &str, expected: &str) {
        assert_eq!(csv_text(raw), expected);
    }

    #[test]
    fn no_cell_becomes_a_formula() {
        check("INV-1", "INV-1");
        check("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0");
        check("@sum(a1)", "'@sum(a1)");
        check("+1,2", "\"'+1,2\"");
        check("\tx", "'\tx");
        check("say \"hi\"", "\"say \"\"hi\"\"\"");
    }

    #[test]
    fn a_reading_is_one_line() {
        let reading = ReadingRecord {
            measured_at: "2026-06-12T08:40:00Z".parse().unwrap(),
            device: Some("INV-1".to_owned()),
            revision: 1,
            measurement: Measurement {
                power: Some(Power::from_watts(-20)),
                temperature_c: Some(41.5),
                ..Measurement::default()
            },
            quality: Quality::Inconsistent,
            reasons: Reasons::from_iter([Reason::NightProduction, Reason::AboveLimit]),
        };

        assert_eq!(
            reading_line(&"gg-0001".parse().unwrap(), &reading),
            "gg-0001,2026-06-12T08:40:00Z,INV-1,-20,,,,41.5,,,1,inconsistent,above_limit night_production\r\n"
        );
        assert_eq!(READINGS_HEADER.split(',').count(), 13);
    }
}
