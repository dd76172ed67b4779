use greengrid_app::error::StoreError;
use greengrid_domain::fleet::{Array, Assumed, Device, Location, Region, Site, SiteDetails};
use greengrid_domain::units::{Money, PeakPower, Power, Price};
use rust_decimal::Decimal;

/// A row of `site`.
pub(super) struct SiteRow {
    pub(super) id: i32,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) customer: Option<String>,
    pub(super) address: Option<String>,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    pub(super) time_zone: String,
    pub(super) capacity_wp: i64,
    pub(super) tilt_deg: Option<f64>,
    pub(super) azimuth_deg: Option<f64>,
    pub(super) ac_limit_w: Option<i64>,
    pub(super) export_limit_w: Option<i64>,
    pub(super) region: String,
    pub(super) brand: String,
    pub(super) commissioned_on: Option<jiff_sqlx::Date>,
    pub(super) cadence_s: i32,
    pub(super) reports_at_night: bool,
    pub(super) price_per_kwh: Decimal,
    pub(super) currency: String,
    pub(super) place_assumed: bool,
    pub(super) capacity_assumed: bool,
}

impl TryFrom<SiteRow> for Site {
    type Error = StoreError;

    fn try_from(row: SiteRow) -> Result<Self, StoreError> {
        let price = Money {
            amount: row.price_per_kwh.normalize(),
            currency: row.currency.parse().map_err(StoreError::new)?,
        };
        let array = Array {
            capacity: PeakPower::from_wp(row.capacity_wp).map_err(StoreError::new)?,
            tilt_deg: row.tilt_deg,
            azimuth_deg: row.azimuth_deg,
            ac_limit: row.ac_limit_w.map(Power::from_watts),
            export_limit: row.export_limit_w.map(Power::from_watts),
        };
        let details = SiteDetails::builder()
            .name(row.name.parse().map_err(StoreError::new)?)
            .maybe_customer(row.customer)
            .maybe_address(row.address)
            .location(Location::new(row.latitude, row.longitude).map_err(StoreError::new)?)
            .zone(row.time_zone.parse().map_err(StoreError::new)?)
            .array(array)
            .region(row.region.parse().map_err(StoreError::new)?)
            .brand(row.brand.parse().map_err(StoreError::new)?)
            .maybe_commissioned_on(row.commissioned_on.map(jiff_sqlx::Date::to_jiff))
            .cadence_s(row.cadence_s)
            .reports_at_night(row.reports_at_night)
            .price(Price::per_kwh(price))
            .assumed(Assumed { place: row.place_assumed, capacity: row.capacity_assumed })
            .build();
        Ok(Self { id: row.id.into(), code: row.code.parse().map_err(StoreError::new)?, details })
    }
}

/// A row of `region`.
pub(super) struct RegionRow {
    pub(super) code: String,
    pub(super) name: String,
}

impl TryFrom<RegionRow> for Region {
    type Error = StoreError;

    fn try_from(row: RegionRow) -> Result<Self, StoreError> {
        Ok(Self { code: row.code.parse().map_err(StoreError::new)?, name: row.name })
    }
}

/// A row of `device`.
pub(super) struct DeviceRow {
    pub(super) id: i32,
    pub(super) site_id: i32,
    pub(super) kind: String,
    pub(super) serial: String,
    pub(super) model: Option<String>,
}

impl TryFrom<DeviceRow> for Device {
    type Error = StoreError;

    fn try_from(row: DeviceRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            site: row.site_id.into(),
            kind: row.kind.parse().map_err(StoreError::new)?,
            serial: row.serial.parse().map_err(StoreError::new)?,
            model: row.model,
        })
    }
}
