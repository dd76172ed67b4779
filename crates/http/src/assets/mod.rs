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

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::FILES;

    /// The classes that a style sheet says something of by themselves.
    fn classes(css: &str) -> HashSet<&str> {
        css.split(['{', '}', ';'])
            .flat_map(|part| part.rsplit("*/").next().unwrap_or(part).split(','))
            .filter_map(|selector| selector.trim().strip_prefix('.'))
            .filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)))
            .collect()
    }

    /// Two parts of the pages that use one name for two things spoil each other.
    /// Only the two files at the end speak of what others made: for narrow
    /// screens and for paper.
    #[test]
    fn a_class_is_made_in_one_file() {
        let styles = FILES.iter().find(|file| file.name == "app.css").unwrap();
        let (_, makers) = styles.parts.split_last_chunk::<2>().map(|(a, b)| (b, a)).unwrap();
        let mut made: HashMap<&str, usize> = HashMap::new();
        for css in makers {
            for class in classes(std::str::from_utf8(css).unwrap()) {
                *made.entry(class).or_default() += 1;
            }
        }
        let mut twice: Vec<_> = made.iter().filter(|(_, files)| **files > 1).collect();
        twice.sort();

        assert!(made.len() > 200, "{}", made.len());
        assert_eq!(twice, []);
    }
}
