use greengrid_app::error::StoreError;
use greengrid_app::ingestion::Source;
use greengrid_infra::demo::DemoFleet;
use jiff::{SignedDuration, Timestamp};

use super::Core;
use crate::api::decode::{Format, Media, Undecodable, decode};

/// Has devices send what cannot be taken, as every fleet has some: a logger that
/// nobody has entered yet, an impossible number, and a text that breaks off.
pub(super) async fn fill(core: &Core, fleet: &DemoFleet) -> Result<(), StoreError> {
    let now = core.clock.now();
    let Some(site) = fleet.sites.first() else { return Ok(()) };
    let known = site.code.as_str();
    for (format, text) in [(Format::Csv, rows(known, now)), (Format::Json, broken_off(known, now))]
    {
        let media = Media { format, gzip: false };
        match decode(Source::Api, None, media, text.into_bytes()) {
            Ok(submission) => {
                core.ingestion.submit(submission).await?;
            }
            Err(Undecodable::Payload { rejection, content_type, payload }) => {
                let ingestion = &core.ingestion;
                let keep = ingestion.quarantine_payload(
                    Source::Api,
                    None,
                    content_type,
                    payload,
                    rejection,
                );
                keep.await?;
            }
            Err(Undecodable::TooLarge(_)) => {}
        }
    }
    Ok(())
}

fn rows(known: &str, now: Timestamp) -> String {
    let before = |minutes| now - SignedDuration::from_mins(minutes);
    format!(
        "site_id,timestamp_utc,power_w,energy_wh,device_id\n\
         quay-street-9,{},4120,343,logger-1\n\
         quay-street-9,{},4180,348,logger-1\n\
         {known},{},4.1 kW,,logger-2\n",
        before(35),
        before(30),
        before(30),
    )
}

fn broken_off(known: &str, now: Timestamp) -> String {
    let at = now - SignedDuration::from_mins(20);
    format!("[{{\"site_id\":\"{known}\",\"timestamp_utc\":\"{at}\",\"power_w\":51")
}
