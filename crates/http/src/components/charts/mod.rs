//! Charts as SVG, drawn by the server: shapes stretch with the page, text does
//! not. Expected is a dashed line in a band, actual a solid line, shortfall
//! hatched, missing hatched grey and never a line at zero. Each says its
//! finding in a sentence. Geometry stands in attributes of SVG, never in
//! `style`, which the content security policy forbids.

mod bar;
mod bars;
mod curve;
mod days;
mod index;
mod lane;
mod path;
mod pen;
mod region;
mod scale;
mod spark;
mod spark_png;
#[cfg(test)]
mod tests;

pub(crate) use bar::{against_expected, loss_bar};
pub(crate) use bars::{Bar, bars, small_bars};
pub(crate) use curve::{Curve, CurvePoint, curve};
pub(crate) use days::day_bars;
pub(crate) use index::{index_line, index_spark};
pub(crate) use lane::{lane, shares};
pub(crate) use region::{marks_stand_for_ten, region_strip};
pub(crate) use spark::spark;
pub(crate) use spark_png::Pictures;
