//! From when on anomalies count as one, with the reasons.

use jiff::SignedDuration;

/// Silent sites of one brand that make a vendor's outage: gateways fail by ones
/// and twos, and five within an hour have not been seen to by chance.
pub(super) const VENDOR_SITES: usize = 5;

/// Share of the brand's sites that has to be silent with them: an interface
/// that is down is down for most, and a third still tells one of several data
/// centres from a bad day of gateways.
pub(super) const VENDOR_SHARE: f64 = 0.3;

/// Longest time between one site falling silent and the next: each site is
/// missed at its own poll, every quarter hour at the slowest, and one poll may
/// be lost.
pub(super) const VENDOR_WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// Sites of one region that go off together in a grid fault: two neighbours
/// may share a builder's mistake, three share the grid.
pub(super) const GRID_SITES: usize = 3;

/// Longest time between one going off and the next: inverters leave a bad grid
/// within seconds, and readings are up to five minutes apart for some and up
/// to ten for most others.
pub(super) const GRID_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// Sites of one region that make a storm.
pub(super) const STORM_SITES: usize = 5;

/// Kinds of loss that make a storm: what one front does differs from site to
/// site, and one kind alone has another cause.
pub(super) const STORM_KINDS: usize = 2;

/// Share of the region's sites in a storm: five of three hundred have bad luck,
/// each its own.
pub(super) const STORM_SHARE: f64 = 0.1;

/// Longest time between one loss and the next as a front crosses a region: at
/// 40 km/h it needs an hour for the way between two sites of a rural one.
pub(super) const STORM_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// Sites that one export limit holds: fewer are settings of their owners.
pub(super) const LIMIT_SITES: usize = 5;

/// Longest time between one limit being seen and the next: one limit shows at
/// each site only when its sun reaches it, east roofs hours before west roofs.
pub(super) const LIMIT_WITHIN: SignedDuration = SignedDuration::from_hours(3);

/// Largest step between neighbouring limits, as a share: 60 % set by firmware
/// is read as 58 to 62 %, for the capacity on record is rounded.
pub(super) const LIMIT_STEP: f64 = 0.03;
