//! What the program tells of its own work while somebody watches: operational
//! signals, apart from what it logs for whoever mends it.
//!
//! Each kind is a target of `tracing`. Nothing in a signal is secret or
//! personal: no addresses of people, no text they wrote, no values of
//! statements.

use std::time::Duration;

/// Target of answered requests.
pub const REQUEST: &str = "greengrid::request";
/// Target of statements, which is that of the library that runs them.
pub const DATABASE: &str = "sqlx::query";
/// Target of patches for live pages.
pub const STREAM: &str = "greengrid::stream";
/// Target of what runs behind the pages.
pub const WORK: &str = "greengrid::work";
/// Target of the steps of which a request consists; spans.
pub const STEP: &str = "greengrid::step";
/// Target of what was told to all instances.
pub const NOTICE: &str = "greengrid::notice";

/// A kind of signal.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::EnumCount,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Signal {
    /// A request was answered.
    Request,
    /// A statement was run.
    Database,
    /// A patch went out to live pages.
    Stream,
    /// Something that runs behind the pages did a piece of work.
    Work,
    /// A step of a request was done.
    Step,
    /// All instances were told that something changed.
    Notice,
}

impl Signal {
    /// The kind that a target of `tracing` stands for; `None` for targets of
    /// diagnostics.
    #[must_use]
    pub fn of(target: &str) -> Option<Self> {
        Some(match target {
            REQUEST => Self::Request,
            DATABASE => Self::Database,
            STREAM => Self::Stream,
            WORK => Self::Work,
            STEP => Self::Step,
            NOTICE => Self::Notice,
            _ => return None,
        })
    }

    /// Its target.
    #[must_use]
    pub const fn target(self) -> &'static str {
        match self {
            Self::Request => REQUEST,
            Self::Database => DATABASE,
            Self::Stream => STREAM,
            Self::Work => WORK,
            Self::Step => STEP,
            Self::Notice => NOTICE,
        }
    }
}

/// A duration as the field `took_us` of a signal tells it.
#[must_use]
pub fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

/// A statement in a few words, as a list of statements shows it: what it does,
/// and to which table. Statements hold no values, only their places.
#[must_use]
pub fn statement_name(sql: &str) -> String {
    // What stands in parentheses are columns, values, and statements within.
    let mut depth = 0_usize;
    let outside: String = sql
        .chars()
        .map(|c| {
            depth = match c {
                '(' => depth + 1,
                ')' => depth.saturating_sub(1),
                _ => depth,
            };
            if depth == 0 { c } else { ' ' }
        })
        .collect();
    let words: Vec<&str> = outside
        .split(|c: char| c.is_whitespace() || matches!(c, ')' | ',' | ';'))
        .filter(|word| !word.is_empty())
        .collect();
    let Some(verb) =
        words.iter().map(|word| word.to_lowercase()).find(|word| VERBS.contains(&word.as_str()))
    else {
        return words.into_iter().take(3).collect::<Vec<_>>().join(" ").to_lowercase();
    };
    let table = words.windows(2).find_map(|pair| {
        let (before, table) = (pair[0].to_lowercase(), pair[1]);
        let names = match verb.as_str() {
            "select" | "delete" => before == "from",
            "insert" | "copy" => before == "into" || before == "copy",
            _ => before == verb,
        };
        let is_name = table.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        (names && is_name && !table.eq_ignore_ascii_case("select")).then_some(table)
    });
    match table {
        Some(table) => format!("{verb} {}", table.to_lowercase()),
        None => verb,
    }
}

const VERBS: &[&str] = &[
    "select", "insert", "update", "delete", "copy", "begin", "commit", "rollback", "listen",
    "notify", "set", "create", "drop", "alter", "lock", "truncate",
];

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn each_kind_has_a_target_of_its_own() {
        for signal in Signal::iter() {
            assert_eq!(Signal::of(signal.target()), Some(signal));
        }
        assert_eq!(Signal::of("hyper::proto"), None);
    }

    #[test]
    fn a_statement_is_named_by_what_it_does_and_to_what() {
        for (sql, expected) in [
            ("select a, b from site where id = $1", "select site"),
            ("  \n SELECT\n count(*) FROM (select 1) x", "select x"),
            ("insert into chat_post (id) values ($1)", "insert chat_post"),
            ("with found as (select 1 from a) update b set c = $1", "update b"),
            ("update chat_room set last_seq = last_seq + 1", "update chat_room"),
            ("delete from session where id_hash = $1", "delete session"),
            ("COPY reading_stage (a) FROM STDIN", "copy reading_stage"),
            ("begin", "begin"),
            ("", ""),
            ("vacuum full", "vacuum full"),
        ] {
            assert_eq!(statement_name(sql), expected, "{sql}");
        }
    }
}
