use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::Arc;

use greengrid_domain::fleet::{DeviceId, DeviceSerial, SiteId};
use greengrid_domain::ingestion::Measurement;
use greengrid_domain::units::{Energy, MeterRegister, Power};
use jiff::{SignedDuration, Timestamp};

use super::Arrival;

/// The readings of files, kept small: some hundred bytes each.
#[derive(Debug, Default)]
pub struct Readings {
    streams: Vec<Stream>,
    by_source: HashMap<(u32, SiteId, DeviceId), usize>,
    devices: HashMap<SiteId, HashMap<DeviceSerial, DeviceId>>,
    statuses: HashSet<Arc<str>>,
}

/// What one file holds of one device, in the order of the file.
#[derive(Debug)]
struct Stream {
    site: SiteId,
    device: DeviceId,
    rows: Vec<Row>,
}

/// A reading as it is kept.
#[derive(Debug)]
struct Row {
    measured_at: Timestamp,
    power_w: Option<i32>,
    energy_wh: Option<i32>,
    energy_total: Option<MeterRegister>,
    irradiance_wm2: Option<f32>,
    temperature_c: Option<f32>,
    voltage_v: Option<f32>,
    status_code: Option<Arc<str>>,
}

impl Readings {
    /// Adds the next row of a file. Files are told apart by their number.
    pub fn add(
        &mut self,
        file: u32,
        site: SiteId,
        serial: Option<&DeviceSerial>,
        measured_at: Timestamp,
        measurement: &Measurement,
    ) {
        let device = serial.map_or(DeviceId::WHOLE_SITE, |serial| self.device(site, serial));
        let fresh = self.streams.len();
        let place = *self.by_source.entry((file, site, device)).or_insert(fresh);
        if place == fresh {
            self.streams.push(Stream { site, device, rows: Vec::new() });
        }
        let status_code = measurement.status_code.as_deref().map(|code| self.status(code));
        self.streams[place].rows.push(Row {
            measured_at,
            power_w: measurement.power.map(|power| narrow(power.watts())),
            energy_wh: measurement.energy.map(|energy| narrow(energy.wh())),
            energy_total: measurement.energy_total,
            irradiance_wm2: measurement.irradiance_wm2,
            temperature_c: measurement.temperature_c,
            voltage_v: measurement.voltage_v,
            status_code,
        });
    }

    fn device(&mut self, site: SiteId, serial: &DeviceSerial) -> DeviceId {
        let known = self.devices.entry(site).or_default();
        let next = i32::try_from(known.len()).unwrap_or(i32::MAX - 1) + 1;
        match known.get(serial) {
            Some(device) => *device,
            None => *known.entry(serial.clone()).or_insert(DeviceId::from(next)),
        }
    }

    /// Texts that come again are kept once.
    fn status(&mut self, code: &str) -> Arc<str> {
        if let Some(known) = self.statuses.get(code) {
            return Arc::clone(known);
        }
        let fresh: Arc<str> = Arc::from(code);
        self.statuses.insert(Arc::clone(&fresh));
        fresh
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.streams.iter().map(|stream| stream.rows.len()).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }

    /// The instants of a site's readings, device by device as the files have
    /// them.
    pub fn instants(&self, site: SiteId) -> impl Iterator<Item = impl Iterator<Item = Timestamp>> {
        let streams = self.streams.iter().filter(move |stream| stream.site == site);
        streams.map(|stream| stream.rows.iter().map(|row| row.measured_at))
    }

    /// When the first and the last reading of each site were measured.
    #[must_use]
    pub fn spans(&self) -> HashMap<SiteId, (Timestamp, Timestamp)> {
        let mut spans = HashMap::new();
        for stream in &self.streams {
            for row in &stream.rows {
                let at = row.measured_at;
                let (first, last) = spans.entry(stream.site).or_insert((at, at));
                *first = at.min(*first);
                *last = at.max(*last);
            }
        }
        spans
    }

    /// All readings in the order of their arrival, each with its site. Files
    /// do not say when a reading arrived: the newest that its device measured
    /// so far, and the time which that stands for, have to. `cadence` is the
    /// time between two readings of a site.
    pub fn arrivals(
        &self,
        cadence: impl Fn(SiteId) -> SignedDuration,
    ) -> impl Iterator<Item = (Timestamp, SiteId, Arrival)> {
        let mut heads = BinaryHeap::new();
        let mut clocks: Vec<Clock> =
            self.streams.iter().map(|stream| Clock::new(cadence(stream.site))).collect();
        for (place, stream) in self.streams.iter().enumerate() {
            if let Some(row) = stream.rows.first() {
                heads.push(Reverse((clocks[place].arrived(row.measured_at), place, 0)));
            }
        }
        std::iter::from_fn(move || {
            let Reverse((arrived, place, at)) = heads.pop()?;
            let stream = &self.streams[place];
            if let Some(next) = stream.rows.get(at + 1) {
                heads.push(Reverse((clocks[place].arrived(next.measured_at), place, at + 1)));
            }
            let arrival = stream.rows[at].arrival(stream.device);
            Some((arrived, stream.site, arrival))
        })
    }
}

impl Row {
    fn arrival(&self, device: DeviceId) -> Arrival {
        let measurement = Measurement {
            power: self.power_w.map(|watts| Power::from_watts(watts.into())),
            energy: self.energy_wh.map(|wh| Energy::from_wh(wh.into())),
            energy_total: self.energy_total,
            irradiance_wm2: self.irradiance_wm2,
            temperature_c: self.temperature_c,
            voltage_v: self.voltage_v,
            status_code: self.status_code.as_deref().map(str::to_owned),
        };
        Arrival { measured_at: self.measured_at, device, measurement }
    }
}

/// When the readings of a file arrive.
#[derive(Debug)]
struct Clock {
    cadence: SignedDuration,
    reached: Timestamp,
}

impl Clock {
    const fn new(cadence: SignedDuration) -> Self {
        Self { cadence, reached: Timestamp::MIN }
    }

    fn arrived(&mut self, measured_at: Timestamp) -> Timestamp {
        let measured = measured_at.saturating_add(self.cadence).unwrap_or(measured_at);
        self.reached = self.reached.max(measured);
        self.reached
    }
}

fn narrow(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX })
}
