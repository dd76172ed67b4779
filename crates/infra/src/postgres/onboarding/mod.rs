//! Cases of new customers, with their fields, tests, files and links.

mod files;
mod letters;
mod links;
mod live;
mod measures;
mod rows;
mod seen;
mod store;
mod tested;
#[cfg(test)]
mod tests;
mod write;

pub use store::PgCaseStore;
