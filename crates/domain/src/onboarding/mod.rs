//! How a customer’s site comes online: the case, its stages, and what is
//! judged on the way.

pub mod calendar;
mod case;
mod details;
mod diagnosis;
mod facts;
mod field;
mod fields;
mod history;
mod judge;
mod keys;
mod number;
mod place;
mod problem;
mod quantity;
mod several;
mod stage;
#[cfg(test)]
mod tests;
mod verification;

pub use case::{Case, CaseId, CaseNumber, Ready};
pub use details::{Contract, Details, InverterOnRecord};
pub use diagnosis::{Diagnosis, Draft, diagnose};
pub use facts::{Acceptance, AccessGiven, LastTest, LiveSince, Stuck, TestOutcome, Waiting};
pub use field::{FacePart, FieldKey, InverterPart, MOST_FACES, MOST_INVERTERS, NoSuchField, Plain};
pub use fields::{Conflict, Entry, Fields, Typed};
pub use history::{Happened, Happening, HistoryLine};
pub use judge::{Context, Judgement, LONGEST, RegionAt, compass_words, judge};
pub use keys::{Access, KeyPart, access};
pub use place::nearest;
pub use problem::Problem;
pub use several::{OneOf, Room, RoomChange, Several};
pub use stage::{Lacks, Need, Stage};
pub use verification::{Compared, Finding, Measured, OnRecord, Verification, verify};
