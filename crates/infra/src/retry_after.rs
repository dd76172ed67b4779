//! Waits that other programs ask for.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// The wait that a header `Retry-After` asks for (RFC 9110, section 10.2.3):
/// seconds, or an instant, which is counted from `sent_at`, when the answer was
/// sent by the clock of whoever sent it.
pub(crate) fn wait(text: &str, sent_at: Option<Timestamp>) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    until(http_date(text)?, sent_at)
}

/// The wait until an instant; none if it is over.
pub(crate) fn until(instant: Timestamp, sent_at: Option<Timestamp>) -> Option<Duration> {
    let wait: SignedDuration = instant.duration_since(sent_at?);
    Some(wait.try_into().unwrap_or(Duration::ZERO))
}

/// An instant as headers have it (RFC 9110, section 5.6.7).
pub(crate) fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<u64>) {
        let sent_at = http_date("Fri, 12 Jun 2026 08:40:00 GMT");
        assert_eq!(wait(text, sent_at), expected.map(Duration::from_secs), "{text}");
    }

    #[test]
    fn a_wait_is_seconds_or_an_instant() {
        check("120", Some(120));
        check(" 0 ", Some(0));
        check("Fri, 12 Jun 2026 08:45:00 GMT", Some(300));
        check("Fri, 12 Jun 2026 08:00:00 GMT", Some(0));
        check("soon", None);
        check("-5", None);
    }
}
