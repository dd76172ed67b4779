use greengrid_domain::fleet::DeviceKind;
use greengrid_domain::monitoring::rules::InvertersOff;
use greengrid_domain::monitoring::{AnomalyKind, Assessment};
use jiff::{SignedDuration, Timestamp};

use super::Assessor;
use super::state::State;
use crate::error::StoreError;
use crate::monitoring::DeviceStanding;

/// An inverter is off below this share of the one that gives most.
const OFF: f64 = 0.02;

/// An inverter that has been silent for so much longer than the others is off
/// too.
const SILENT: SignedDuration = SignedDuration::from_hours(1);

/// Whether the inverters of the site could say more about the finding.
pub(super) fn may_tell(assessment: &Assessment) -> bool {
    assessment.finding.as_ref().is_some_and(|finding| {
        matches!(finding.kind, AnomalyKind::StringLoss | AnomalyKind::Underperformance)
    })
}

impl Assessor {
    /// Looks at the single inverters of a site that misses a share; true when
    /// they say something new.
    pub(super) async fn ask_inverters(
        &self,
        state: &mut State,
        at: usize,
        assessment: &Assessment,
    ) -> Result<bool, StoreError> {
        let id = assessment.site;
        let several = state.snapshot().is_some_and(|snapshot| {
            let devices = snapshot.devices(id).iter();
            devices.filter(|device| device.kind == DeviceKind::Inverter).count() > 1
        });
        // At night all inverters are off, which says nothing.
        let power = assessment.power_now.map_or(0.0, greengrid_domain::units::Power::kw);
        let capacity = state.engine.sites[at].site.details.array.capacity.kwp();
        if !several || power <= 0.05 * capacity {
            return Ok(false);
        }
        let off = inverters_off(&self.read_models.devices_now(id).await?);
        let watch = &mut state.engine.sites[at];
        if off == watch.inverters {
            return Ok(false);
        }
        watch.inverters = off;
        watch.look_anew();
        Ok(true)
    }
}

#[expect(clippy::cast_precision_loss, reason = "watts are far below 2^53")]
fn inverters_off(devices: &[DeviceStanding]) -> Option<InvertersOff> {
    let mut inverters: Vec<_> = devices
        .iter()
        .filter_map(|standing| {
            let device = standing.device.as_ref()?;
            let watts = standing.power?.watts() as f64;
            (device.kind == DeviceKind::Inverter).then_some((
                device.id,
                watts,
                standing.measured_at?,
            ))
        })
        .collect();
    inverters.sort_unstable_by_key(|(id, ..)| *id);
    let most = inverters.iter().map(|(_, watts, _)| *watts).fold(0.0, f64::max);
    let newest = inverters.iter().map(|(.., at)| *at).max()?;
    let is_off =
        |watts: f64, at: Timestamp| watts <= OFF * most || newest.duration_since(at) > SILENT;
    let off: Vec<usize> = inverters
        .iter()
        .enumerate()
        .filter(|(_, (_, watts, at))| is_off(*watts, *at))
        .map(|(place, _)| place + 1)
        .collect();
    let of = inverters.len();
    (most > 0.0 && !off.is_empty() && off.len() < of).then(|| InvertersOff {
        which: if off.len() == 1 { off.first().copied() } else { None },
        off: off.len(),
        of,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use greengrid_domain::fleet::Device;
    use greengrid_domain::units::Power;

    fn inverter(id: i32, watts: i64, minutes_ago: i64) -> DeviceStanding {
        let now: Timestamp = "2026-06-12T08:40:00Z".parse().unwrap();
        DeviceStanding {
            device: Some(Device {
                id: id.into(),
                site: 1.into(),
                kind: DeviceKind::Inverter,
                serial: format!("S{id}").parse().unwrap(),
                model: None,
            }),
            measured_at: Some(now - SignedDuration::from_mins(minutes_ago)),
            power: Some(Power::from_watts(watts)),
            temperature_c: None,
            status_code: None,
            quality: None,
        }
    }

    #[test]
    fn the_inverter_that_gives_nothing_is_found() {
        let four = [9, 3, 7, 5].map(|id| inverter(id, if id == 5 { 0 } else { 40_000 }, 5));
        let silent = [inverter(1, 40_000, 5), inverter(2, 39_000, 300)];
        let night = [inverter(1, 0, 5), inverter(2, 0, 5)];

        let off = |which, off, of| Some(InvertersOff { which: Some(which), off, of });
        assert_eq!(inverters_off(&four), off(2, 1, 4));
        assert_eq!(inverters_off(&silent), off(2, 1, 2));
        assert_eq!(inverters_off(&night), None);
        assert_eq!(inverters_off(&[]), None);
    }
}
