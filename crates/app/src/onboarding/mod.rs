//! How customers’ sites come online: cases, their fields, tests and files, up
//! to the site on the overview.

mod access;
mod contracts;
mod editing;
mod files;
mod grant;
mod living;
mod measures;
mod reading;
mod round;
mod service;
mod starting;
mod stuck;
mod testing;
mod verifying;

pub use contracts::{
    CaseLetter, CaseStore, Colleague, FileContent, FileEntry, GoLive, LinkFound, MeasuredFacts,
    NewAccess, Places, Recurrence, Saved, TestRun, TimedCheck, Wanted, WentLive,
};
pub use editing::{Outcome, TypedField};
pub use files::LARGEST_FILE;
pub use grant::{Approval, ApprovalFrom, Approvals, CustomerPage, Grant, GrantError};
pub use measures::{Measures, Month};
pub use reading::{Board, BoardQuery, Card, CaseView, Lane, Scope};
pub use service::{Onboarding, OnboardingError};
pub use starting::{NewCase, RowReport, VendorList};
