//! A stretch of time in a few sentences, for whoever has no time for its tables.

use greengrid_app::monitoring::handover::{Deed, Turns};

use crate::components::format;

/// What happened, in one sentence.
pub(in crate::monitoring) fn sentence(turns: &Turns) -> String {
    let done = match turns.done.len() {
        0 => "nobody wrote anything down".to_owned(),
        count => format!("people did {}", format::counted(count, "thing", "things")),
    };
    let began = match turns.began.len() {
        0 => "Nothing began that lasts".to_owned(),
        count => format!("{} began", format::counted(count, "problem", "problems")),
    };
    let over = match turns.over.len() {
        0 => "nothing is over".to_owned(),
        1 => "1 is over".to_owned(),
        count => format!("{count} are over"),
    };
    format!("{began}, {over}, and {done}.")
}

/// Something that people did, in words without who and when.
pub(in crate::monitoring) fn words(deed: &Deed) -> String {
    let (event, what, more) = match deed {
        Deed::Anomaly(turn) => (turn.event.words(), None, turn.words.as_deref()),
        Deed::Alerts(deed) => (deed.event.words(), Some(&deed.what), deed.why.as_deref()),
    };
    let what = what.map_or_else(String::new, |what| format!(" “{what}”"));
    let more = more.map_or_else(String::new, |more| format!(": {more}"));
    format!("{event}{what}{more}")
}

/// Who did it.
pub(in crate::monitoring) fn who(deed: &Deed) -> &str {
    match deed {
        Deed::Anomaly(_) => deed.by().unwrap_or("Somebody who has left"),
        // Rules also come with the program and by its command line.
        Deed::Alerts(_) => deed.by().unwrap_or("–"),
    }
}
