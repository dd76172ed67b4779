//! Why a push brought nothing.

use greengrid_domain::ingestion::Cause;

use super::payload::Status;

/// What an inverter whose interface is off answers, to whoever asks it in the
/// Datamanager's place and passes the answer on (404).
const SWITCHED_OFF: &str = "Solar API disabled by customer config";

/// Codes of the Solar API by which the inverter, or what is between it and the
/// logger, could not answer.
const DEVICE_CODES: [i64; 4] = [5, 8, 12, 255];

/// Codes by which it does not know what it was asked for: an update has taken
/// it away.
const UNKNOWN_CODES: [i64; 2] = [6, 11];

/// What is wrong, and in which words it is answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) cause: Cause,
    pub(super) words: String,
}

impl From<String> for Failure {
    fn from(words: String) -> Self {
        Self { cause: Cause::ContractChanged, words }
    }
}

/// A body that is no push at all.
pub(super) fn unreadable(body: &[u8], error: &serde_json::Error) -> Failure {
    let text = String::from_utf8_lossy(body);
    if text.to_lowercase().contains(&SWITCHED_OFF.to_lowercase()) {
        let words = "the inverter’s interface is off. Enable: Communication → Solar API";
        return Failure { cause: Cause::InterfaceOff, words: words.to_owned() };
    }
    format!("this is no push of a Datamanager: {error}").into()
}

/// What a status other than 0 means: none when only a part is not to be had.
pub(super) fn of_status(status: &Status) -> Option<Failure> {
    let reason = status.reason.as_deref().unwrap_or_default();
    if UNKNOWN_CODES.contains(&status.code) {
        return None;
    }
    if DEVICE_CODES.contains(&status.code) {
        let words = format!("inverter internal error (code {}); restart it. {reason}", status.code);
        return Some(Failure { cause: Cause::DeviceFault, words: words.trim().to_owned() });
    }
    Some(format!("the Datamanager reports failure {}: {reason}", status.code).into())
}
