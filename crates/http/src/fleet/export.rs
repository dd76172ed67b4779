//! Readings as a CSV file that can be imported again.

use std::collections::VecDeque;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use greengrid_app::actor::Actor;
use greengrid_app::monitoring::{Monitoring, MonitoringError, ReadingRecord};
use greengrid_domain::fleet::SiteCode;
use greengrid_domain::ingestion::Quality;
use greengrid_domain::time::SiteZone;
use greengrid_domain::units::{Energy, MeterRegister, Power};
use jiff::civil::Date;

use super::dto::Days;

/// Readings of one day at most; a site of 100 devices sends 28,800.
const MOST_A_DAY: i64 = 200_000;

const HEADER: &str = "site_id,timestamp_utc,device_id,power_w,energy_wh,energy_total_wh,\
    irradiance_wm2,temperature_c,voltage_v,status_code,revision,quality,reasons\r\n";

/// What the file holds.
pub(super) struct Export {
    pub(super) monitoring: Monitoring,
    pub(super) actor: Actor,
    pub(super) code: SiteCode,
    pub(super) zone: SiteZone,
    pub(super) days: Days,
}

impl Export {
    /// The file, sent day by day, so that a year needs no more memory than a
    /// day. When the store fails half-way the transfer breaks off, so that
    /// nobody takes half a file for the whole.
    pub(super) async fn respond(self) -> Result<Response, MonitoringError> {
        let name = format!("{}-{}-{}.csv", self.code, self.days.from, self.days.to);
        let mut days = days(self.days);
        // The first day is read before the answer begins, so that a refusal
        // still has its status.
        let first = match days.pop_front() {
            Some(day) => self.day(day).await?,
            None => String::new(),
        };
        let begin = format!("{HEADER}{first}");
        let rest = stream::unfold((self, days), |(export, mut days)| async move {
            let day = days.pop_front()?;
            let rows = export.day(day).await.map(Bytes::from);
            if let Err(error) = &rows {
                tracing::error!(site.code = %export.code, %error, "an export broke off");
                days.clear();
            }
            Some((rows, (export, days)))
        });
        let all = futures::StreamExt::chain(stream::iter([Ok(Bytes::from(begin))]), rest);
        let headers = [
            (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
            (CACHE_CONTROL, "no-store".to_owned()),
        ];
        Ok((headers, Body::from_stream(all)).into_response())
    }

    async fn day(&self, day: Date) -> Result<String, MonitoringError> {
        let from = self.zone.start_of(day);
        let to = self.zone.start_of(day.saturating_add(jiff::Span::new().days(1)));
        let newest_first =
            self.monitoring.readings(&self.actor, &self.code, from, to, MOST_A_DAY).await?;
        Ok(newest_first.iter().rev().map(|reading| line(&self.code, reading)).collect())
    }
}

fn days(days: Days) -> VecDeque<Date> {
    days.from.series(jiff::Span::new().days(1)).take_while(|day| *day <= days.to).collect()
}

fn line(code: &SiteCode, reading: &ReadingRecord) -> String {
    let values = &reading.measurement;
    let quality: &str = match reading.quality {
        Quality::Valid => "valid",
        Quality::Incomplete => "incomplete",
        Quality::Inconsistent => "inconsistent",
    };
    let reasons: Vec<&str> = reading.reasons.iter().map(Into::into).collect();
    let cells = [
        text(code.as_str()),
        crate::components::format::iso(reading.measured_at),
        text(reading.device.as_deref().unwrap_or_default()),
        known(values.power.map(Power::watts)),
        known(values.energy.map(Energy::wh)),
        known(values.energy_total.map(MeterRegister::wh)),
        known(values.irradiance_wm2),
        known(values.temperature_c),
        known(values.voltage_v),
        text(values.status_code.as_deref().unwrap_or_default()),
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
pub(crate) fn text(raw: &str) -> String {
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
        assert_eq!(text(raw), expected);
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
            line(&"gg-0001".parse().unwrap(), &reading),
            "gg-0001,2026-06-12T08:40:00Z,INV-1,-20,,,,41.5,,,1,inconsistent,above_limit night_production\r\n"
        );
        assert_eq!(HEADER.split(',').count(), 13);
    }
}
