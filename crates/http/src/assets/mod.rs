//! Styles, scripts, fonts and pictures: embedded in the program, so that it
//! runs from any directory, and served under addresses that change with their
//! content, so that browsers keep them for good.

mod files;
mod serve;

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

pub(crate) use files::{FILES, File};
pub(crate) use serve::router;

/// Names this build's files: the first 12 hex digits of a hash over all of
/// them. One name for all keeps relative addresses between them working.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for file in FILES {
        hash.update(file.name.as_bytes());
        for part in file.parts {
            hash.update(part);
        }
    }
    hex::encode(hash.finalize())[..12].to_owned()
});

/// The address of an embedded file. In unit tests its changing part is fixed,
/// so that snapshots of pages survive a change of style.
pub(crate) fn url(name: &str) -> String {
    let version = if cfg!(test) { "test" } else { VERSION.as_str() };
    format!("/static/{version}/{name}")
}
