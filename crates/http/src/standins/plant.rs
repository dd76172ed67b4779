use greengrid_domain::fleet::Brand;
use greengrid_domain::time::SiteZone;
use jiff::Timestamp;

/// A site as its vendor knows it.
#[derive(Debug, Clone)]
pub(crate) struct Plant {
    /// Whose inverters it has.
    pub(crate) brand: Brand,
    /// Its name.
    pub(crate) name: String,
    /// Its zone.
    pub(crate) zone: SiteZone,
    /// Its capacity.
    pub(crate) capacity_wp: i64,
    /// Serial number and model of each inverter.
    pub(crate) inverters: Vec<(String, &'static str)>,
}

/// What one inverter measured in five minutes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sample {
    /// Position of the inverter.
    pub(crate) inverter: usize,
    /// Start of the five minutes.
    pub(crate) start: Timestamp,
    /// Mean power in watts.
    pub(crate) watts: f64,
}

/// What the sites of the stand-ins measure.
pub(crate) trait Physics: Send + Sync {
    /// The sites. Their positions are part of their numbers at the vendors.
    fn plants(&self) -> &[Plant];
    /// What a site has sent of the time from one instant up to another, in the
    /// order of time.
    fn samples(&self, plant: usize, from: Timestamp, to: Timestamp) -> Vec<Sample>;
}
