use crate::fleet::Brand;

/// Fronius state codes that come with every dusk: AC power low, DC voltage low.
const FRONIUS_DUSK: [u32; 2] = [306, 307];
/// Fronius codes below this one, and [`FRONIUS_UNKNOWN`], are states of the
/// device; those from here on say what happened to it.
const FRONIUS_STATE_CODES: u32 = 100;
const FRONIUS_ERROR: u32 = 10;
const FRONIUS_UNKNOWN: u32 = 255;

/// Whether an inverter of this brand reports a fault with this status, as its
/// maker documents it. Words that are not known are no fault.
pub(super) fn is_fault(brand: Brand, status: &str) -> bool {
    let status = status.trim();
    match brand {
        // `inverterMode` of the monitoring interface.
        Brand::SolarEdge => is(status, &["FAULT"]) || starts_with(status, "LOCKED_"),
        // `StatusCode` and `ErrorCode` of the Solar API, alone or together, and
        // `stateSeverity` of Solar.web.
        Brand::Fronius => is(status, &["Error"]) || numbers(status).any(is_fronius_fault),
        // `status` of systems and devices.
        Brand::Enphase => is(status, &["power", "micro", "Error"]),
        // Operating state `St` of the SunSpec inverter models, number or name.
        Brand::Other => is(status, &["7", "FAULT"]),
    }
}

fn is_fronius_fault(code: u32) -> bool {
    match code {
        FRONIUS_UNKNOWN => false,
        state if state < FRONIUS_STATE_CODES => state == FRONIUS_ERROR,
        event => !FRONIUS_DUSK.contains(&event),
    }
}

/// The numbers of a status, which is one or has several with signs between.
/// None when there are letters in it: those are not codes.
fn numbers(status: &str) -> impl Iterator<Item = u32> {
    let codes = if status.contains(char::is_alphabetic) { "" } else { status };
    codes.split(|c: char| !c.is_ascii_digit()).filter_map(|code| code.parse().ok())
}

fn is(status: &str, words: &[&str]) -> bool {
    words.iter().any(|word| status.eq_ignore_ascii_case(word))
}

fn starts_with(status: &str, word: &str) -> bool {
    status.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(brand: Brand, faults: &[&str], others: &[&str]) {
        for status in faults {
            assert!(is_fault(brand, status), "{brand} {status}");
        }
        for status in others {
            assert!(!is_fault(brand, status), "{brand} {status}");
        }
    }

    #[test]
    fn a_fault_is_what_the_maker_calls_one() {
        check(
            Brand::SolarEdge,
            &["FAULT", "fault", " FAULT ", "LOCKED_STDBY", "LOCKED_INV_TRIP"],
            &["MPPT", "SLEEPING", "THROTTLED", "STANDBY", "OFF", "LOCKED", "10", "", "é"],
        );
        check(
            Brand::Fronius,
            &["10", "102", "301", "509", "10/475", "7 447", "Error"],
            &["0", "3", "7", "8", "13", "255", "306", "307", "3/307", "Running", "E10", "", "-"],
        );
        check(
            Brand::Enphase,
            &["power", "micro", "Error"],
            &["normal", "comm", "meter", "battery", "no_data", "unknown", "7", ""],
        );
        check(
            Brand::Other,
            &["7", "FAULT"],
            &["1", "2", "4", "5", "8", "10", "power", "MPPT", "70", ""],
        );
    }
}
