use super::*;

/// A message as it came at this instant to a site in Berlin.
fn heard(topic: &str, payload: &str, now: &str) -> Result<Message, String> {
    let zone = "Europe/Berlin".parse().unwrap();
    let around = Surroundings { zone: &zone, now: now.parse().unwrap() };
    read(topic, payload.as_bytes(), &around)
}

fn sample(topic: &str, payload: &str, now: &str) -> Sample {
    match heard(topic, payload, now).unwrap() {
        Message::Sample(sample) => sample,
        other => panic!("{other:?}"),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const TASMOTA: &str = r#"{"Time":"2026-06-12T10:45:10","ENERGY":{
    "TotalStartTime":"2026-01-01T00:00:00","Total":514.153,"Yesterday":1.495,"Today":0.537,
    "Period":0,"Power":56,"Factor":0.61,"Voltage":234,"Current":0.392}}"#;

#[test]
fn a_sensor_of_tasmota_is_read_by_the_clocks_of_the_place() {
    let sample = sample("tele/plug/SENSOR", TASMOTA, "2026-06-12T08:45:12Z");

    assert_eq!(sample.at, at("2026-06-12T08:45:10Z"));
    assert_eq!((sample.power_w, sample.voltage_v), (Some(56.0), Some(234.0)));
    assert!((sample.total_wh.unwrap() - 514_153.0).abs() < 1e-6);
}

#[test]
fn the_hour_that_the_clocks_show_twice_is_told_by_when_it_came() {
    let payload = r#"{"Time":"2026-10-25T02:30:00","ENERGY":{"Power":1}}"#;

    let summer = sample("tele/plug/SENSOR", payload, "2026-10-25T00:30:02Z");
    let winter = sample("tele/plug/SENSOR", payload, "2026-10-25T01:30:02Z");

    assert_eq!(summer.at, at("2026-10-25T00:30:00Z"));
    assert_eq!(winter.at, at("2026-10-25T01:30:00Z"));
}

#[test]
fn several_meters_of_one_device_count_together() {
    let payload = r#"{"Time":"2026-06-12T10:45:10","ENERGY":{"Power":[52,5],"Total":[1.5,0.25],
        "Voltage":[230,231]}}"#;

    let sample = sample("tele/dual/SENSOR", payload, "2026-06-12T08:45:12Z");

    assert_eq!(sample.power_w, Some(57.0));
    assert_eq!(sample.total_wh, Some(1_750.0));
    assert_eq!(sample.voltage_v, Some(230.0));
}

#[test]
fn a_switch_of_the_second_generation_counts_in_watt_hours() {
    let payload = r#"{"id":0,"apower":47.11,"voltage":232.0,"current":0.0,
        "aenergy":{"total":5.125,"by_minute":[1.0],"minute_ts":1781254080}}"#;

    let sample = sample("shelly/status/switch:0", payload, "2026-06-12T08:48:40Z");

    assert_eq!(sample.at, at("2026-06-12T08:48:00Z"));
    assert_eq!((sample.power_w, sample.total_wh), (Some(47.11), Some(5.125)));
}

#[test]
fn after_a_start_without_the_time_the_time_of_arrival_counts() {
    let payload = r#"{"id":0,"apower":1.0,"aenergy":{"total":0.0,"minute_ts":null}}"#;

    let sample = sample("shelly/status/switch:0", payload, "2026-06-12T08:48:40Z");

    assert_eq!(sample.at, at("2026-06-12T08:48:40Z"));
}

#[test]
fn a_relay_of_the_first_generation_counts_in_watt_minutes() {
    let power = sample("shellies/s1/relay/0/power", "47.5", "2026-06-12T08:48:40Z");
    let energy = sample("shellies/s1/relay/0/energy", "60000", "2026-06-12T08:48:40Z");

    assert_eq!((power.power_w, power.total_wh), (Some(47.5), None));
    assert_eq!((energy.power_w, energy.total_wh), (None, Some(1_000.0)));
}

#[test]
fn what_tells_no_measurement_is_not_taken_for_one() {
    let now = "2026-06-12T08:48:40Z";
    let temperature = r#"{"Time":"2026-06-12T10:45:10","AM2301":{"Temperature":21.0}}"#;

    assert_eq!(heard("tele/plug/SENSOR", temperature, now), Ok(Message::Other));
    assert_eq!(heard("tele/plug/STATE", "{}", now), Ok(Message::Other));
    assert_eq!(heard("shellies/s1/relay/0", "on", now), Ok(Message::Other));
    assert_eq!(heard("tele/plug/LWT", "Offline", now), Ok(Message::Online(false)));
    assert_eq!(heard("shelly/online", "true", now), Ok(Message::Online(true)));
}

#[test]
fn what_is_not_what_its_topic_says_is_refused_with_the_reason() {
    let now = "2026-06-12T08:48:40Z";
    let refused = |topic: &str, payload: &str| heard(topic, payload, now).unwrap_err();

    assert!(refused("tele/plug/SENSOR", "{\"Time\":").contains("no SENSOR of Tasmota"));
    let time = r#"{"Time":"half past ten","ENERGY":{"Power":1}}"#;
    assert!(refused("tele/plug/SENSOR", time).contains("half past ten"));
    assert!(refused("s/status/switch:0", "{\"id\":0}").contains("measures nothing"));
    assert!(refused("shellies/s1/relay/0/power", "nan").contains("no number"));
    assert!(refused("tele/plug/LWT", "perhaps").contains("Offline"));
}
