//! Readings as a CSV file that can be imported again.

use std::collections::VecDeque;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use greengrid_app::actor::Actor;
use greengrid_app::monitoring::{Monitoring, MonitoringError, READINGS_HEADER, reading_line};
use greengrid_domain::fleet::SiteCode;
use greengrid_domain::time::SiteZone;
use jiff::civil::Date;

use super::dto::Days;

/// Readings of one day at most; a site of 100 devices sends 28,800.
const MOST_A_DAY: i64 = 200_000;

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
        let begin = format!("{READINGS_HEADER}{first}");
        let rest = stream::unfold((self, days), |(export, mut days)| async move {
            let day = days.pop_front()?;
            let rows = export.day(day).await.map(Bytes::from);
            if let Err(error) = &rows {
                tracing::error!(site.code = %export.code, %error, "an export broke off");
                days.clear();
            }
            Some((rows, (export, days)))
        });
        // Compression asks once more after the end.
        let all = stream::iter([Ok(Bytes::from(begin))]).chain(rest).fuse();
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
        Ok(newest_first.iter().rev().map(|reading| reading_line(&self.code, reading)).collect())
    }
}

fn days(days: Days) -> VecDeque<Date> {
    days.from.series(jiff::Span::new().days(1)).take_while(|day| *day <= days.to).collect()
}
