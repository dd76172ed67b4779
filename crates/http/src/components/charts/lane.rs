use jiff::Timestamp;
use maud::{Markup, html};

use super::path::short;

/// A stretch of time on a line from one instant to another. `tone` is that of
/// its status; what it hides of the line lies outside of it.
#[bon::builder(finish_fn = render)]
pub(crate) fn lane(
    from: Timestamp,
    to: Timestamp,
    since: Timestamp,
    until: Timestamp,
    tone: &str,
) -> Markup {
    let share = |at: Timestamp| {
        let span = to.duration_since(from).as_secs_f64().max(1.0);
        (at.duration_since(from).as_secs_f64() / span).clamp(0.0, 1.0) * 100.0
    };
    let (start, end) = (share(since), share(until));
    // What lasted minutes still has to be seen.
    let width = (end - start).max(0.8);
    html! {
        svg .lane width="100%" height="10" aria-hidden="true" {
            line .c-grid x1="0" x2="100%" y1="5" y2="5" {}
            rect class={ "l-" (tone) } x={ (short(start.min(100.0 - width))) "%" } width={ (short(width)) "%" } y="1" height="8" {}
        }
    }
}

/// Parts of a whole as one bar: what was right, what is not decided, what was
/// wrong. Draws nothing where there is nothing.
pub(crate) fn shares(right: u32, open: u32, wrong: u32) -> Markup {
    let all = f64::from(right) + f64::from(open) + f64::from(wrong);
    let of = |part: u32| f64::from(part) / all.max(1.0) * 96.0;
    let (right, open, wrong) = (of(right), of(open), of(wrong));
    html! {
        @if all > 0.0 {
            svg .bar width="96" height="9" viewBox="0 0 96 9" aria-hidden="true" {
                rect .b-track width="96" height="9" {}
                rect .b-fill width=(short(right)) height="9" {}
                rect fill="url(#p-none)" x=(short(right)) width=(short(open)) height="9" {}
                rect fill="url(#p-loss)" x=(short(right + open)) width=(short(wrong)) height="9" {}
            }
        }
    }
}
