use jiff::civil::Date;

use super::{
    Context, FacePart, FieldKey, Fields, InverterPart, MOST_FACES, MOST_INVERTERS, Need, Plain,
    judge, place, quantity,
};
use crate::fleet::{Array, Brand, DeviceSerial, Location, RegionCode, SiteName};
use crate::identity::{EmailAddress, UserName};
use crate::text::single_line;
use crate::time::SiteZone;
use crate::units::{PeakPower, Power, Price};

/// Who the customer is: what it takes to leave the first stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Their name.
    pub customer: UserName,
    /// Where mail reaches them.
    pub email: EmailAddress,
    /// The day of the contract.
    pub signed_on: Date,
}

/// One inverter on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InverterOnRecord {
    /// Its serial number.
    pub serial: DeviceSerial,
    /// Its AC rating, where known.
    pub rating: Option<Power>,
    /// Its model, where known.
    pub model: Option<String>,
}

/// What the site is like: what it takes to leave the second stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Details {
    /// Its name.
    pub name: SiteName,
    /// Its address.
    pub address: String,
    /// Where it stands.
    pub location: Location,
    /// Its time zone.
    pub zone: SiteZone,
    /// Its region.
    pub region: RegionCode,
    /// Its brand.
    pub brand: Brand,
    /// Its roof faces, at least one; limits stand in none of them.
    pub faces: Vec<Array>,
    /// Its inverters, at least one.
    pub inverters: Vec<InverterOnRecord>,
    /// Power that may be fed in at most.
    pub export_limit: Option<Power>,
    /// The first day of operation, where known.
    pub commissioned_on: Option<Date>,
    /// What a kilowatt-hour is worth.
    pub price: Price,
}

impl Details {
    /// The roof as one array: capacities add up, and the direction is that of
    /// the mean of the faces’ normals, weighted by capacity. An east and a west
    /// face together are nearly flat, as what they produce is.
    #[must_use]
    pub fn array(&self) -> Array {
        let total: i64 = self.faces.iter().map(|face| face.capacity.wp()).sum();
        let first = self.faces.first().copied().unwrap_or(Array {
            capacity: PeakPower::from_wp(1)
                .unwrap_or_else(|_| unreachable!("one watt is a capacity")),
            tilt_deg: None,
            azimuth_deg: None,
            ac_limit: None,
            export_limit: None,
        });
        let ratings: Option<Vec<Power>> = self.inverters.iter().map(|it| it.rating).collect();
        let ac_limit = ratings.map(|all| all.into_iter().sum::<Power>());
        let (tilt_deg, azimuth_deg) = if self.faces.len() == 1 {
            (first.tilt_deg, first.azimuth_deg)
        } else {
            mean_direction(&self.faces)
        };
        Array {
            capacity: PeakPower::from_wp(total).unwrap_or(first.capacity),
            tilt_deg,
            azimuth_deg,
            ac_limit,
            export_limit: self.export_limit,
        }
    }
}

fn mean_direction(faces: &[Array]) -> (Option<f64>, Option<f64>) {
    let (mut east, mut north, mut up) = (0.0, 0.0, 0.0);
    for face in faces {
        let (tilt, azimuth) = (
            face.tilt_deg.unwrap_or(20.0).to_radians(),
            face.azimuth_deg.unwrap_or(180.0).to_radians(),
        );
        let weight = face.capacity.kwp();
        east += weight * tilt.sin() * azimuth.sin();
        north += weight * tilt.sin() * azimuth.cos();
        up += weight * tilt.cos();
    }
    let flat = east.hypot(north);
    let tilt = flat.atan2(up).to_degrees();
    let azimuth = east.atan2(north).to_degrees().rem_euclid(360.0);
    (Some(round(tilt)), Some(round(if tilt < 0.5 { 180.0 } else { azimuth })))
}

fn round(degrees: f64) -> f64 {
    (degrees * 10.0).round() / 10.0
}

/// Reads the customer from the fields, or what is missing.
pub(super) fn contract(fields: &Fields, by: &Context<'_>) -> Result<Contract, Vec<Need>> {
    let read = Reader { fields, by, brand: fields.brand() };
    let needs = read.lacking(&[Plain::Customer, Plain::Email, Plain::SignedOn].map(FieldKey::from));
    let (Ok(customer), Ok(email), Ok(signed_on)) = (
        read.text(Plain::Customer).parse(),
        read.text(Plain::Email).parse(),
        quantity::past_day(&read.text(Plain::SignedOn), by.today),
    ) else {
        return Err(needs);
    };
    if needs.is_empty() { Ok(Contract { customer, email, signed_on }) } else { Err(needs) }
}

/// Reads what the site is like, or what is missing.
pub(super) fn details(fields: &Fields, by: &Context<'_>) -> Result<Details, Vec<Need>> {
    let brand = fields.brand();
    let read = Reader { fields, by, brand };
    let mut wanted: Vec<FieldKey> = [
        Plain::SiteName,
        Plain::Address,
        Plain::Coordinates,
        Plain::Price,
        Plain::Brand,
        Plain::Consent,
    ]
    .map(FieldKey::from)
    .to_vec();
    let faces = numbers(fields, MOST_FACES, |key| matches!(key, FieldKey::Face(..)));
    for n in &faces {
        wanted.extend(
            [FacePart::Capacity, FacePart::Tilt, FacePart::Azimuth].map(|p| FieldKey::Face(*n, p)),
        );
    }
    let inverters = numbers(fields, MOST_INVERTERS, |key| matches!(key, FieldKey::Inverter(..)));
    wanted.extend(inverters.iter().map(|n| FieldKey::Inverter(*n, InverterPart::Serial)));
    let mut needs = read.lacking(&wanted);
    // What may be empty has to be good all the same.
    let optional = fields.keys().filter(|key| !wanted.contains(key));
    let of_details = |key: &FieldKey| {
        !matches!(
            key,
            FieldKey::Plain(Plain::Customer | Plain::Email | Plain::SignedOn | Plain::ExternalId)
        )
    };
    needs.extend(optional.filter(of_details).filter(|key| read.is_bad(*key)).map(Need::Field));

    let location = place::coordinates(&read.text(Plain::Coordinates), by.regions).ok();
    let zone = match read.text(Plain::TimeZone).parse::<SiteZone>() {
        Ok(zone) => Some(zone),
        Err(_) => location.and_then(by.zone_of),
    };
    let region = match read.text(Plain::Region).parse::<RegionCode>() {
        Ok(region) => Some(region),
        Err(_) => location
            .and_then(|at| place::nearest(at, by.regions))
            .map(|(near, _)| near.code.clone()),
    };
    if location.is_some() && zone.is_none() {
        needs.push(Need::Field(Plain::TimeZone.into()));
    }
    if location.is_some() && region.is_none() {
        needs.push(Need::Field(Plain::Region.into()));
    }
    let faces: Option<Vec<Array>> = faces.iter().map(|n| read.face(*n)).collect();
    let inverters: Option<Vec<InverterOnRecord>> =
        inverters.iter().map(|n| read.inverter(*n)).collect();
    let whole = (|| {
        Some(Details {
            name: read.text(Plain::SiteName).parse().ok()?,
            address: read.text(Plain::Address),
            location: location?,
            zone: zone?,
            region: region?,
            brand: brand?,
            faces: faces?,
            inverters: inverters?,
            export_limit: quantity::power(&read.text(Plain::ExportLimit)).ok(),
            commissioned_on: quantity::day(&read.text(Plain::CommissionedOn)).ok(),
            price: quantity::price(&read.text(Plain::Price)).ok()?,
        })
    })();
    match whole {
        Some(details) if needs.is_empty() => Ok(details),
        _ => Err(needs),
    }
}

/// The numbers of the faces or inverters of which anything stands in the
/// fields; the first always counts.
fn numbers(fields: &Fields, most: u8, of: impl Fn(&FieldKey) -> bool) -> Vec<u8> {
    let number = |key: FieldKey| match key {
        FieldKey::Face(n, _) | FieldKey::Inverter(n, _) => n,
        FieldKey::Plain(_) => 0,
    };
    (1..=most)
        .filter(|n| *n == 1 || fields.filled().any(|key| of(&key) && number(key) == *n))
        .collect()
}

struct Reader<'a> {
    fields: &'a Fields,
    by: &'a Context<'a>,
    brand: Option<Brand>,
}

impl Reader<'_> {
    fn text(&self, key: impl Into<FieldKey>) -> String {
        single_line(self.fields.text(key.into()))
    }

    fn is_bad(&self, key: FieldKey) -> bool {
        matches!(
            judge::judge(key, self.fields.text(key), self.brand, self.by),
            judge::Judgement::Bad(_)
        )
    }

    /// Those of the fields that are empty or bad.
    fn lacking(&self, keys: &[FieldKey]) -> Vec<Need> {
        let good = |key: &FieldKey| {
            judge::judge(*key, self.fields.text(*key), self.brand, self.by).is_good()
        };
        keys.iter().filter(|key| !good(key)).map(|key| Need::Field(*key)).collect()
    }

    fn face(&self, n: u8) -> Option<Array> {
        Some(Array {
            capacity: quantity::capacity(&self.text(FieldKey::Face(n, FacePart::Capacity))).ok()?,
            tilt_deg: Some(quantity::tilt(&self.text(FieldKey::Face(n, FacePart::Tilt))).ok()?),
            azimuth_deg: Some(
                quantity::azimuth(&self.text(FieldKey::Face(n, FacePart::Azimuth))).ok()?,
            ),
            ac_limit: None,
            export_limit: None,
        })
    }

    fn inverter(&self, n: u8) -> Option<InverterOnRecord> {
        let model = self.text(FieldKey::Inverter(n, InverterPart::Model));
        Some(InverterOnRecord {
            serial: self.text(FieldKey::Inverter(n, InverterPart::Serial)).parse().ok()?,
            rating: quantity::power(&self.text(FieldKey::Inverter(n, InverterPart::Rating))).ok(),
            model: (!model.is_empty()).then_some(model),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(kwp: f64, tilt: f64, azimuth: f64) -> Array {
        Array {
            capacity: PeakPower::from_kwp(kwp).unwrap(),
            tilt_deg: Some(tilt),
            azimuth_deg: Some(azimuth),
            ac_limit: None,
            export_limit: None,
        }
    }

    #[test]
    fn an_east_and_a_west_face_are_nearly_flat_together() {
        let (tilt, _) = mean_direction(&[face(5.0, 30.0, 90.0), face(5.0, 30.0, 270.0)]);
        assert!(tilt.unwrap() < 0.5);

        let (tilt, azimuth) = mean_direction(&[face(6.0, 30.0, 180.0), face(6.0, 30.0, 270.0)]);
        assert!((azimuth.unwrap() - 225.0).abs() < 0.1 && (20.0..25.0).contains(&tilt.unwrap()));
    }
}
