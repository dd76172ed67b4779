//! Sites, their regions and devices.

mod brand;
mod device;
mod region;
mod site;

pub use brand::Brand;
pub use device::{Device, DeviceId, DeviceKind, DeviceSerial, DeviceSerialError};
pub use region::{Region, RegionCode, RegionCodeError, RegionName, RegionNameError};
pub use site::{
    Array, Assumed, Location, LocationError, Site, SiteCode, SiteCodeError, SiteDetails, SiteId,
    SiteName, SiteNameError,
};
