//! What goes wrong in the demo fleet: one table says what was placed where
//! and when.

use greengrid_domain::fleet::Brand;
use greengrid_domain::time::SiteZone;
use jiff::civil::{DateTime, date};

use super::faults::{Fault, FaultKind};
use super::fleet::Kind;

/// A site with a story: what is written down about it, and what is wrong.
#[derive(Debug, Clone, Copy)]
pub struct Placed {
    /// Name of the site.
    pub site: &'static str,
    /// Whose it is.
    pub customer: &'static str,
    /// What kind of site.
    pub(super) kind: Kind,
    /// Region: 0 North, 1 Central, 2 South.
    pub region: usize,
    /// Brand.
    pub brand: Brand,
    /// Capacity in kWp.
    pub kwp: f64,
    /// Number of inverters.
    pub inverters: usize,
    /// What is wrong, if anything.
    pub fault: Option<FaultKind>,
    /// Since when, by the clocks at the site.
    pub from: DateTime,
    /// Until when; `None` while it goes on.
    pub until: Option<DateTime>,
}

impl Placed {
    /// The fault in the time of its site.
    #[must_use]
    pub fn fault_in(&self, zone: &SiteZone) -> Option<Fault> {
        let instant = |local: DateTime| {
            let midnight = zone.start_of(local.date());
            let since = local.duration_since(local.date().at(0, 0, 0, 0));
            midnight.checked_add(since).unwrap_or(midnight)
        };
        Some(Fault { kind: self.fault?, from: instant(self.from), until: self.until.map(instant) })
    }
}

/// What is only written down about a site, beginning with nothing wrong.
const HEALTHY: Placed = Placed {
    site: "",
    customer: "",
    kind: Kind::Home,
    region: 0,
    brand: Brand::SolarEdge,
    kwp: 10.0,
    inverters: 1,
    fault: None,
    from: date(2026, 6, 1).at(0, 0, 0, 0),
    until: None,
};

/// Every fault of the demo, largest loss first, and the sites of the two
/// customers. The demo opens on Friday 2026-06-12 at 10:40.
pub static PLACED: [Placed; 19] = [
    Placed {
        site: "Harbour Cold Store",
        customer: "Harbour Foods Ltd",
        kind: Kind::Commercial,
        region: 1,
        kwp: 412.0,
        inverters: 4,
        fault: Some(FaultKind::InverterOff { inverter: 1 }),
        from: date(2026, 6, 11).at(13, 20, 0, 0),
        ..HEALTHY
    },
    Placed {
        site: "Eastgate Retail Park",
        customer: "Eastgate Estates",
        kind: Kind::Commercial,
        brand: Brand::Fronius,
        kwp: 260.0,
        inverters: 2,
        fault: Some(FaultKind::StringLoss { share: 0.38 }),
        from: date(2026, 6, 12).at(6, 10, 0, 0),
        ..HEALTHY
    },
    Placed {
        site: "St Brigid’s Hospital",
        customer: "St Brigid’s Trust",
        kind: Kind::Commercial,
        region: 1,
        kwp: 540.0,
        inverters: 3,
        fault: Some(FaultKind::Curtailment { limit: 0.7 }),
        from: date(2026, 6, 9).at(11, 0, 0, 0),
        ..HEALTHY
    },
    Placed {
        site: "Alder Dairy Farm",
        customer: "Jane Alder",
        kind: Kind::Farm,
        region: 2,
        brand: Brand::Fronius,
        kwp: 98.0,
        fault: Some(FaultKind::SiteOff),
        from: date(2026, 6, 11).at(19, 45, 0, 0),
        ..HEALTHY
    },
    Placed {
        site: "Meadow View School",
        customer: "Meadow View Council",
        kind: Kind::Public,
        region: 2,
        brand: Brand::Enphase,
        kwp: 84.0,
        fault: Some(FaultKind::CommGap),
        from: date(2026, 6, 10).at(16, 5, 0, 0),
        ..HEALTHY
    },
    Placed {
        site: "Quarry Lane Logistics",
        customer: "Quarry Lane Logistics Ltd",
        kind: Kind::Commercial,
        kwp: 388.0,
        inverters: 3,
        fault: Some(FaultKind::Soiling { per_day: 0.006, at_most: 0.16 }),
        from: date(2026, 5, 22).at(5, 0, 0, 0),
        ..HEALTHY
    },
    Placed {
        site: "Tanner’s Row Housing",
        customer: "Tanner’s Row Tenants",
        kind: Kind::Commercial,
        region: 1,
        brand: Brand::Enphase,
        kwp: 62.0,
        fault: Some(FaultKind::AfternoonShade { from_hour: 15, share: 0.6 }),
        from: date(2026, 6, 8).at(15, 0, 0, 0),
        ..HEALTHY
    },
    Placed {
        site: "Larkfield Nursery",
        customer: "Tom Larkfield",
        kind: Kind::Farm,
        region: 2,
        brand: Brand::Enphase,
        kwp: 44.0,
        fault: Some(FaultKind::StuckValue),
        from: date(2026, 6, 11).at(15, 30, 0, 0),
        ..HEALTHY
    },
    Placed {
        site: "Holm Street 14",
        customer: "Hanno Vogel",
        brand: Brand::Fronius,
        kwp: 9.2,
        fault: Some(FaultKind::NightProduction { watts: 640.0 }),
        from: date(2026, 6, 8).at(21, 0, 0, 0),
        ..HEALTHY
    },
    Placed {
        site: "Brook Mill",
        customer: "Brook Mill Weavers",
        kind: Kind::Commercial,
        brand: Brand::Fronius,
        kwp: 210.0,
        inverters: 2,
        fault: Some(FaultKind::SiteOff),
        from: date(2026, 6, 8).at(12, 30, 0, 0),
        until: Some(date(2026, 6, 9).at(9, 40, 0, 0)),
        ..HEALTHY
    },
    // Its gateway comes back a few minutes after the demo opens.
    Placed {
        site: "Pier 9 Offices",
        customer: "Pier 9 Partners",
        kind: Kind::Public,
        region: 1,
        brand: Brand::Fronius,
        kwp: 26.0,
        fault: Some(FaultKind::CommGap),
        from: date(2026, 6, 12).at(9, 30, 0, 0),
        until: Some(date(2026, 6, 12).at(10, 44, 0, 0)),
        ..HEALTHY
    },
    Placed {
        site: "Castle View Flats",
        customer: "Mira Castell",
        kind: Kind::Commercial,
        region: 1,
        kwp: 38.0,
        fault: Some(FaultKind::StringLoss { share: 0.08 }),
        from: date(2026, 6, 10).at(7, 0, 0, 0),
        ..HEALTHY
    },
    Placed {
        site: "Foundry Arts",
        customer: "Foundry Arts Trust",
        kind: Kind::Public,
        region: 2,
        kwp: 24.0,
        fault: Some(FaultKind::Soiling { per_day: 0.005, at_most: 0.15 }),
        from: date(2026, 5, 21).at(5, 0, 0, 0),
        ..HEALTHY
    },
    Placed {
        site: "Green Bank Surgery",
        customer: "Green Bank Council",
        kind: Kind::Public,
        brand: Brand::Enphase,
        kwp: 31.0,
        fault: Some(FaultKind::AfternoonShade { from_hour: 17, share: 0.4 }),
        from: date(2026, 6, 9).at(17, 0, 0, 0),
        ..HEALTHY
    },
    Placed {
        site: "Old Dairy Court",
        customer: "Old Dairy Court Owners",
        kind: Kind::Commercial,
        region: 1,
        brand: Brand::Fronius,
        kwp: 66.0,
        fault: Some(FaultKind::CounterReset),
        from: date(2026, 6, 11).at(11, 15, 0, 0),
        ..HEALTHY
    },
    Placed {
        site: "Wren Close 7",
        customer: "Lotte Brandt",
        region: 2,
        brand: Brand::Enphase,
        kwp: 7.4,
        fault: Some(FaultKind::StringLoss { share: 0.18 }),
        from: date(2026, 6, 9).at(9, 0, 0, 0),
        ..HEALTHY
    },
    Placed {
        site: "Juniper Rise 31",
        customer: "Selim Yilmaz",
        region: 1,
        kwp: 6.1,
        fault: Some(FaultKind::SiteOff),
        from: date(2026, 6, 11).at(8, 50, 0, 0),
        ..HEALTHY
    },
    Placed {
        site: "Alder Farmhouse",
        customer: "Jane Alder",
        region: 2,
        brand: Brand::Fronius,
        kwp: 9.6,
        ..HEALTHY
    },
    Placed {
        site: "Castell House",
        customer: "Mira Castell",
        region: 1,
        brand: Brand::SolarEdge,
        kwp: 8.4,
        ..HEALTHY
    },
];
