//! Connections to vendors, import of files, quarantine.

pub(crate) mod connections;
pub(crate) mod files;
pub(crate) mod imports;
pub(crate) mod quarantine;

use greengrid_app::ingestion::RejectCode;

use crate::router::Routes;

pub use files::{HEADER as REPORT_HEADER, InputFile, report};
pub use imports::{Files as ImportFiles, import as import_files};

pub(crate) fn routes() -> Routes {
    Routes::default()
        .merge(connections::routes())
        .merge(imports::routes())
        .merge(quarantine::routes())
}

/// Why something was not taken, in a few words for people.
pub(crate) const fn words(code: RejectCode) -> &'static str {
    match code {
        RejectCode::Malformed => "cannot be read",
        RejectCode::MissingField => "something is missing",
        RejectCode::InvalidNumber => "not a usable number",
        RejectCode::InvalidTimestamp => "not a usable time",
        RejectCode::TimestampInFuture => "measured in the future",
        RejectCode::TimestampTooOld => "measured too long ago",
        RejectCode::UnknownSite => "unknown site",
        RejectCode::InvalidDevice => "not a usable device",
    }
}
