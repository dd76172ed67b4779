use greengrid_app::ingestion::Source;
use greengrid_domain::ingestion::{Cause, Noted, Remark};
use greengrid_domain::units::{Energy, Power};

use super::failure::Failure;
use super::map::{Brought, Names, read_push};
use crate::api::decode::{Format, Media, decode};

const CURRENT: &str = r#"{
  "Head": {"RequestArguments": {}, "Status": {"Code": 0, "Reason": "", "UserMessage": ""},
           "Timestamp": "2026-06-12T10:33:41+02:00"},
  "Body": {
    "PAC": {"Unit": "W", "Values": {"1": 4120, "2": 3980.4, "3": null}},
    "DAY_ENERGY": {"Unit": "Wh", "Values": {"1": 9000, "2": 8800, "3": 12}},
    "YEAR_ENERGY": {"Unit": "Wh", "Values": {"1": 900000, "2": 880000, "3": 1200}},
    "TOTAL_ENERGY": {"Unit": "Wh", "Values": {"1": 12345678, "3": 55}}
  }
}"#;

/// A log of a day, as it is sent at ten to midnight.
fn log(start: &str, sent: &str, values: &str) -> String {
    format!(
        r#"{{"Head": {{"RequestArguments": {{"Query": "Inverter+SensorCard+Meter"}},
                 "Status": {{"Code": 0}}, "Timestamp": "{sent}"}},
            "Body": {{
              "meter:1622": {{"Start": "{start}", "End": "x", "Data": {{}}}},
              "inverter/1": {{"NodeType": 97, "DeviceType": 83, "Start": "{start}", "End": "x",
                "Data": {{
                  "Voltage_DC_String_1": {{"Unit": "V", "Values": {{"0": 380.1}}}},
                  "EnergyReal_WAC_Sum_Produced":
                    {{"_comment": "channelId=67830024", "Unit": "Wh", "Values": {{{values}}}}}
                }}}}
            }}}}"#
    )
}

fn brought(push: &str) -> Result<Brought, Failure> {
    read_push(push.as_bytes(), &"farm".parse().unwrap(), 300, &Names::Own)
}

/// Device, start, watts and watt-hours of each reading.
fn read(push: &str) -> Vec<String> {
    let lines = brought(push).unwrap().lines;
    let media = Media { format: Format::Ndjson, gzip: false };
    let submission = decode(Source::Vendor, None, media, lines.into_bytes()).unwrap();
    assert_eq!(submission.rejected, []);
    let number =
        |value: Option<i64>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
    submission
        .rows
        .iter()
        .map(|row| {
            format!(
                "{} {} {} {}",
                row.device.as_ref().unwrap(),
                row.measured_at,
                number(row.measurement.power.map(Power::watts)),
                number(row.measurement.energy.map(Energy::wh)),
            )
        })
        .collect()
}

#[test]
fn current_values_stand_for_the_interval_in_which_they_were_sent() {
    assert_eq!(
        read(CURRENT),
        ["inverter/1 2026-06-12T08:30:00Z 4120 -", "inverter/2 2026-06-12T08:30:00Z 3980 -"]
    );
}

#[test]
fn a_sleeping_inverter_that_leaves_its_power_out_sends_no_zero() {
    let night = CURRENT
        .replace(r#""PAC": {"Unit": "W", "Values": {"1": 4120, "2": 3980.4, "3": null}},"#, "");

    assert_eq!(brought(&night), Ok(Brought::default()));
}

#[test]
fn a_log_counts_from_midnight_and_stamps_the_end_of_its_intervals() {
    let values = r#""300": 1.5, "85800": 12, "85500": 24, "600": null"#;
    let push = log("2026-06-12T00:00:00+02:00", "2026-06-12T23:50:23+02:00", values);

    assert_eq!(
        read(&push),
        [
            "inverter/1 2026-06-11T22:00:00Z 18 2",
            "inverter/1 2026-06-12T21:40:00Z 288 24",
            "inverter/1 2026-06-12T21:45:00Z 144 12",
        ]
    );
}

#[test]
fn seconds_that_count_from_midnight_in_utc_are_found_by_a_negative_one() {
    let values = r#""-7200": 0, "-6900": 0, "78600": 12"#;
    let push = log("2026-06-12T00:00:00+02:00", "2026-06-12T23:50:17+02:00", values);

    let readings = read(&push);

    assert_eq!(readings[0], "inverter/1 2026-06-11T21:55:00Z 0 0");
    assert_eq!(readings[2], "inverter/1 2026-06-12T21:45:00Z 144 12");
}

#[test]
fn seconds_that_count_from_midnight_in_utc_are_found_by_the_time_of_sending() {
    // At noon no second is outside the day yet.
    let values = r#""35700": 300, "36000": 310"#;
    let in_utc = log("2026-06-12T00:00:00+02:00", "2026-06-12T12:00:09+02:00", values);
    let west = log("2026-06-12T00:00:00-05:00", "2026-06-12T05:00:09-05:00", values);
    let local = log("2026-06-12T00:00:00+02:00", "2026-06-12T10:00:09+02:00", values);

    assert_eq!(read(&in_utc)[1], "inverter/1 2026-06-12T09:55:00Z 3720 310");
    assert_eq!(read(&west)[1], "inverter/1 2026-06-12T09:55:00Z 3720 310");
    assert_eq!(read(&local)[1], "inverter/1 2026-06-12T07:55:00Z 3720 310");
}

#[test]
fn an_old_log_sent_late_counts_as_it_says() {
    let push = log("2026-06-10T00:00:00+02:00", "2026-06-12T09:00:00+02:00", r#""36000": 310"#);

    assert_eq!(read(&push), ["inverter/1 2026-06-10T07:55:00Z 3720 310"]);
}

#[test]
fn what_is_no_push_is_told_apart() {
    let failed =
        CURRENT.replace(r#""Code": 0, "Reason": """#, r#""Code": 8, "Reason": "LNRequestTimeout""#);
    let other = CURRENT.replace(r#""Code": 0"#, r#""Code": 1"#);
    let unit = CURRENT.replace(r#""Unit": "W""#, r#""Unit": "hp""#);
    let flow = r#"{"Head":{"Timestamp":"2026-06-12T10:33:41+02:00"},"Body":{"Site":{"P_PV":1}}}"#;
    let naive = CURRENT.replace("+02:00", "");
    let outside = log("2026-06-12T00:00:00Z", "2026-06-12T10:00:00Z", r#""999999": 1"#);
    for (push, words) in [
        ("<html>", "no push"),
        ("{}", "no push"),
        (failed.as_str(), "internal error (code 8); restart it. LNRequestTimeout"),
        (other.as_str(), "reports failure 1"),
        (unit.as_str(), "“hp” is not known"),
        (flow, "it holds no inverter"),
        (naive.as_str(), "not a time with an offset"),
        (outside.as_str(), "not within a day"),
    ] {
        let failure = brought(push).unwrap_err();
        assert!(failure.words.contains(words), "{failure:?}");
    }
}

#[test]
fn what_an_inverter_says_of_itself_is_no_change_of_the_vendor() {
    let failed = CURRENT.replace(r#""Code": 0"#, r#""Code": 255"#);
    let dropped = CURRENT.replace(r#""Code": 0"#, r#""Code": 6"#);

    assert_eq!(brought(&failed).unwrap_err().cause, Cause::DeviceFault);
    let off = brought("Solar API disabled by customer config").unwrap_err();
    assert_eq!(off.cause, Cause::InterfaceOff);
    assert!(off.words.contains("Enable: Communication → Solar API"));
    let remarks = vec![Noted::of(Remark::FirmwareChanged)];
    assert_eq!(brought(&dropped), Ok(Brought { lines: String::new(), remarks }));
}

#[test]
fn the_only_inverter_is_kept_under_its_name_in_the_cloud_and_several_are_not_kept() {
    let push = |names: &Names| {
        read_push(CURRENT.as_bytes(), &"farm".parse().unwrap(), 300, names).unwrap().lines
    };

    let only = push(&Names::Only("28136344".parse().unwrap()));

    assert!(only.contains("\"device_id\":\"28136344\""), "{only}");
    assert_eq!(push(&Names::Unknown), "");
}
