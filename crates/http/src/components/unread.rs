//! How many posts somebody has not seen, in the navigation.

use maud::{Markup, html};

/// Where in the navigation a count stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Place {
    /// In the top bar.
    Top,
    /// At the lower edge of small screens.
    Bottom,
}

/// Counts up to this are told; more are as good as many.
const MOST: i64 = 99;

/// The count in one place; hidden while there is nothing.
pub(crate) fn count(place: Place, unread: i64) -> Markup {
    let place: &str = place.into();
    html! {
        span .count id={ "unread-" (place) } hidden[unread == 0] { (figure(unread)) }
    }
}

/// The counts in all places, for streams.
pub(crate) fn counts(unread: i64) -> Markup {
    use strum::IntoEnumIterator;
    html! { @for place in Place::iter() { (count(place, unread)) } }
}

/// A number of posts for eyes, and for screen readers.
pub(crate) fn figure(unread: i64) -> Markup {
    html! {
        @if unread > MOST { (MOST) "+" } @else { (unread) }
        span .sr { " unread" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_hidden_and_much_is_many() {
        assert!(count(Place::Top, 0).into_string().contains(" hidden"));
        let many = counts(1_234).into_string();
        assert!(many.contains("id=\"unread-top\"") && many.contains("id=\"unread-bottom\""));
        assert!(many.contains("99+") && !many.contains("hidden"));
    }
}
