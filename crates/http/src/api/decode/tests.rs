use std::ops::Range;

use greengrid_domain::units::{Energy, Power};
use proptest::prelude::*;

use super::*;

const HEADER: &str = "site_id,timestamp_utc,power_w,energy_wh\n";

fn read_all(format: Format, body: impl AsRef<[u8]>) -> Result<Submission, Undecodable> {
    let media = Media { format, gzip: false };
    decode(Source::Api, None, media, body.as_ref().to_vec())
}

fn taken(format: Format, body: impl AsRef<[u8]>) -> Submission {
    read_all(format, body).unwrap()
}

fn refused(format: Format, body: impl AsRef<[u8]>) -> Rejection {
    match read_all(format, body) {
        Err(Undecodable::Payload { rejection, .. }) => rejection,
        other => panic!("not refused: {other:?}"),
    }
}

/// Checks why the only bad row among two is not taken.
fn check_value(field: &str, value: &str, code: RejectCode) {
    let good = r#"{"site_id":"s","timestamp_utc":"2026-06-12T08:45:00Z","power_w":1}"#;
    let bad = [
        ("site_id", r#""s""#),
        ("timestamp_utc", r#""2026-06-12T08:50:00Z""#),
        ("power_w", "1"),
        ("energy_wh", "1"),
    ]
    .into_iter()
    .filter(|(name, _)| *name != field)
    .chain([(field, value)])
    .map(|(name, value)| format!("\"{name}\":{value}"))
    .collect::<Vec<_>>()
    .join(",");

    let submission = taken(Format::Json, format!("[{{{bad}}},{good}]"));

    assert_eq!(submission.rows.len(), 1, "{field} {value}");
    let rejection = &submission.rejected[0];
    assert_eq!((rejection.row, rejection.code), (Some(1), code), "{field} {value}");
    assert_eq!(rejection.field, Some(field).filter(|_| code != RejectCode::Malformed));
}

#[test]
fn all_formats_say_the_same() {
    let json = r#"[{"site_id":"s-1","timestamp_utc":"2026-06-12T10:45:00+02:00","power_w":1200.4,
        "energy_wh":"99.6","device_id":7,"energy_total_wh":12345678901,"irradiance_wm2":612.5,
        "temperature_c":-3,"voltage_v":230.1,"status_code":301,"firmware":{"a":[1]}}]"#;
    let csv = "\u{feff}status_code,Device_ID,power_w,energy_wh,timestamp_utc,site_id,note,\
        energy_total_wh,irradiance_wm2,temperature_c,voltage_v\r\n\
        \"301\",7,1200.4,99.6,2026-06-12T08:45:00Z,s-1,\"a \"\"b\"\", c\",12345678901,612.5,-3,230.1\r\n";
    let from_json = taken(Format::Json, json);
    let from_lines = taken(Format::Ndjson, json[1..json.len() - 1].replace('\n', ""));
    let from_csv = taken(Format::Csv, csv);

    let [row] = from_json.rows.as_slice() else { panic!("{from_json:?}") };
    assert_eq!(row.site.as_str(), "s-1");
    assert_eq!(row.measured_at, "2026-06-12T08:45:00Z".parse().unwrap());
    assert_eq!(row.measurement.power, Some(Power::from_watts(1200)));
    assert_eq!(row.measurement.energy, Some(Energy::from_wh(100)));
    assert_eq!(row.measurement.status_code.as_deref(), Some("301"));
    for other in [&from_lines.rows[0], &from_csv.rows[0]] {
        assert_eq!((&other.site, &other.device), (&row.site, &row.device));
        assert_eq!((other.row, other.measured_at), (1, row.measured_at));
        assert_eq!(other.measurement, row.measurement);
    }
}

#[test]
fn empty_and_absent_values_are_none() {
    let csv = format!("{HEADER}s,2026-06-12T08:45:00Z,,12\ns,2026-06-12T08:50:00Z, ,\n");
    let json = r#"[{"site_id":"s","timestamp_utc":"2026-06-12T08:45:00Z","power_w":null}]"#;

    let from_csv = taken(Format::Csv, csv);
    let from_json = taken(Format::Json, json);

    assert_eq!(from_csv.rows[0].measurement.power, None);
    assert_eq!(from_csv.rows[0].measurement.energy, Some(Energy::from_wh(12)));
    assert_eq!(from_csv.rows[1].measurement, from_json.rows[0].measurement);
}

#[test]
fn a_bad_value_costs_its_own_row_only() {
    for value in ["\"abc\"", "NaN", "-Infinity", "1e999", "3000000000", "true", "[1]", "\"NaN\""] {
        check_value("power_w", value, RejectCode::InvalidNumber);
        check_value("energy_wh", value, RejectCode::InvalidNumber);
    }
    check_value("energy_total_wh", "-1", RejectCode::InvalidNumber);
    check_value("temperature_c", "1e300", RejectCode::InvalidNumber);
    for value in ["\"yesterday\"", "\"2026-06-12T08:45:00\"", "1781253900", "\"2026-13-01T00:00Z\""]
    {
        check_value("timestamp_utc", value, RejectCode::InvalidTimestamp);
    }
    check_value("timestamp_utc", "null", RejectCode::MissingField);
    check_value("site_id", "\"\"", RejectCode::MissingField);
    check_value("site_id", "\"a b\"", RejectCode::UnknownSite);
    let long = format!("\"{}\"", "x".repeat(65));
    check_value("device_id", &long, RejectCode::InvalidDevice);
    check_value("status_code", "oops", RejectCode::Malformed);
}

#[test]
fn a_time_without_zone_is_answered_with_an_example() {
    let csv = format!("{HEADER}s,2026-06-12 08:45,1,1\n");

    let submission = taken(Format::Csv, csv);

    assert!(submission.rejected[0].message.contains("time zone"));
    assert!(submission.rejected[0].message.contains("2026-06-12T08:45:00Z"));
}

#[test]
fn every_row_keeps_its_number_and_its_bytes() {
    let csv =
        format!("{HEADER}s,2026-06-12T08:45:00Z,1,1\n\ns,\"oops,1,1\ns,2026-06-12T08:50:00Z,2,2");

    let submission = taken(Format::Csv, &csv);

    assert_eq!(submission.header.as_deref(), Some(HEADER.trim_end()));
    let numbers: Vec<u32> = submission.rows.iter().map(|row| row.row).collect();
    assert_eq!(numbers, [1, 3]);
    let rejection = &submission.rejected[0];
    assert_eq!(rejection.row, Some(2));
    assert_eq!(&submission.payload[rejection.span.clone()], b"s,\"oops,1,1");
    assert_eq!(&csv[submission.rows[1].span.clone()], "s,2026-06-12T08:50:00Z,2,2");
}

#[test]
fn a_value_in_quotation_marks_may_go_on_in_the_next_line() {
    let header = format!("{},note\n", HEADER.trim_end());
    let csv = format!(
        "{header}s,2026-06-12T08:45:00Z,1,1,\"changed a fuse,\r\n\r\nagain: \"\"B 16\"\"\"\r\n\
         s,2026-06-12T08:50:00Z,2,2,\n"
    );

    let submission = taken(Format::Csv, &csv);

    assert_eq!((submission.rows.len(), submission.rejected.len()), (2, 0));
    let row = &submission.payload[submission.rows[0].span.clone()];
    assert!(row.starts_with(b"s,2026-06-12T08:45") && row.ends_with(b"16\"\"\""));
    assert_eq!(submission.rows[1].row, 2);
    // Kept in quarantine with its header, such a row is whole.
    let again = taken(Format::Csv, [header.as_bytes(), row].concat());
    assert_eq!(again.rows[0].measurement, submission.rows[0].measurement);
}

#[test]
fn a_quotation_mark_left_open_swallows_no_row() {
    let good = "s,2026-06-12T08:45:00Z,1,1\n";
    let open = "s,2026-06-12T08:45:00Z,1,\"1\n";
    let closed = "s\",2026-06-12T08:45:00Z,1,1\n";
    for (rows, bad) in [
        (format!("{good}{open}{good}{good}"), 1),
        (format!("{open}{good}{open}{good}{good}"), 2),
        (format!("{open}{good}{closed}{good}{good}"), 2),
        (format!("{good}{good}{good}{open}"), 1),
        (format!("{open}{}{good}{good}{good}", "x\n".repeat(120)), 121),
    ] {
        let submission = taken(Format::Csv, format!("{HEADER}{rows}"));

        assert_eq!((submission.rows.len(), submission.rejected.len()), (3, bad), "{rows}");
    }
}

#[test]
fn a_row_with_other_columns_than_the_header_is_malformed() {
    let csv = format!("{HEADER}s,2026-06-12T08:45:00Z,1\ns,2026-06-12T08:45:00Z,1,2,3\n");

    let submission = taken(Format::Csv, csv);

    assert!(submission.rows.is_empty());
    assert!(submission.rejected.iter().all(|r| r.code == RejectCode::Malformed));
    assert_eq!(submission.rejected[0].message, "the row has 3 columns where the header has 4");
}

#[test]
fn a_payload_that_is_something_else_is_refused_whole() {
    for body in
        ["", "  \n", "{}", "[", "[{\"site_id\":\"s\"", "[1,2", "[{} {}]", "[] x", "[1,2]", "<html>"]
    {
        assert_eq!(refused(Format::Json, body).code, RejectCode::Malformed, "{body}");
    }
    assert_eq!(refused(Format::Ndjson, "<html>\n<body>").code, RejectCode::Malformed);
    assert_eq!(taken(Format::Json, " [ ] ").rows.len(), 0);
    assert_eq!(taken(Format::Csv, HEADER).rows.len(), 0);
}

#[test]
fn a_missing_column_is_named() {
    for column in ["site_id", "timestamp_utc", "power_w", "energy_wh"] {
        let rejection = refused(Format::Csv, HEADER.replace(column, "other"));

        assert_eq!((rejection.code, rejection.field), (RejectCode::MissingField, Some(column)));
        assert!(rejection.message.contains(column));
    }
    let semicolons = refused(Format::Csv, HEADER.replace(',', ";"));
    assert!(semicolons.message.contains("separated by commas"));
}

#[test]
fn a_half_written_gzip_is_kept_as_it_came() {
    let media = Media { format: Format::Csv, gzip: true };

    let error = decode(Source::Api, None, media, b"\x1f\x8b\x08\0".to_vec()).unwrap_err();

    let Undecodable::Payload { content_type, payload, .. } = error else { panic!("{error:?}") };
    assert_eq!((content_type, payload.as_slice()), ("application/gzip", &b"\x1f\x8b\x08\0"[..]));
}

#[test]
fn more_rows_than_the_limit_are_refused() {
    let many = format!("[{}]", vec!["1"; MAX_ROWS as usize + 1].join(","));

    assert!(matches!(read_all(Format::Json, many), Err(Undecodable::TooLarge(_))));
}

/// Each row is numbered once, from 1, and lies inside the payload.
fn accounted(submission: &Submission) -> usize {
    let rejected = submission.rejected.iter().map(|r| (r.row.unwrap(), r.span.clone()));
    let mut rows: Vec<_> =
        submission.rows.iter().map(|r| (r.row, r.span.clone())).chain(rejected).collect();
    rows.sort_unstable_by_key(|(row, _)| *row);
    for (at, (row, span)) in rows.iter().enumerate() {
        assert_eq!(usize::try_from(*row).unwrap(), at + 1);
        assert!(submission.payload.get(span.clone()).is_some());
    }
    assert!(rows.windows(2).all(|pair| pair[0].1.end <= pair[1].1.start));
    rows.len()
}

fn json_row() -> impl Strategy<Value = String> {
    let number =
        prop_oneof!["-?[0-9]{1,12}", "[0-9]{1,3}\\.[0-9]", Just("NaN".into()), "\"[a-z,{}]*\""];
    let time = prop_oneof![Just("2026-06-12T08:45:00Z".to_owned()), "[0-9T:-]{0,20}"];
    let whole = ("[a-z ]{0,4}", time, number).prop_map(|(site, time, number)| {
        format!(r#"{{"site_id":"{site}","timestamp_utc":"{time}","power_w":{number}}}"#)
    });
    prop_oneof![4 => whole, 1 => "[0-9]{1,4}", 1 => Just("{\"a\":}".to_owned())]
}

proptest! {
    #[test]
    fn no_input_panics(body in any::<Vec<u8>>(), gzip in any::<bool>()) {
        for format in [Format::Json, Format::Ndjson, Format::Csv] {
            let read = decode(Source::Api, None, Media { format, gzip }, body.clone());
            if let Ok(submission) = read {
                accounted(&submission);
            }
        }
    }

    #[test]
    fn nothing_that_looks_like_json_panics(body in r#"[\[\]{},:"\\nN0-9a \n]{0,60}"#) {
        for body in [body.clone(), format!("[{body}"), format!("[{{\"power_w\":{body}}}]")] {
            for format in [Format::Json, Format::Ndjson] {
                if let Ok(submission) = read_all(format, &body) {
                    accounted(&submission);
                }
            }
        }
    }

    #[test]
    fn every_json_row_is_accounted_for(rows in prop::collection::vec(json_row(), 1..20)) {
        let good = r#"{"site_id":"s","timestamp_utc":"2026-06-12T08:45:00Z","power_w":1}"#;
        let array = format!("[{},{good}]", rows.join(", "));
        let lines = format!("{}\n{good}", rows.join("\r\n"));

        prop_assert_eq!(accounted(&taken(Format::Json, array)), rows.len() + 1);
        prop_assert_eq!(accounted(&taken(Format::Ndjson, lines)), rows.len() + 1);
    }

    #[test]
    fn every_csv_line_is_accounted_for(lines in prop::collection::vec("[a-z0-9,\"T:Z -]{1,40}", 0..20)) {
        let expected = lines.iter().filter(|line| !line.trim().is_empty()).count();

        let submission = taken(Format::Csv, format!("{HEADER}{}", lines.join("\n")));

        // A row may have several lines.
        accounted(&submission);
        let spans = submission.rows.iter().map(|r| &r.span);
        let spans = spans.chain(submission.rejected.iter().map(|r| &r.span));
        let text = |span: &Range<usize>| {
            String::from_utf8(submission.payload[span.clone()].to_vec()).unwrap()
        };
        let found = spans.map(|span| {
            text(span).lines().filter(|line| !line.trim().is_empty()).count()
        });
        prop_assert_eq!(found.sum::<usize>(), expected);
    }
}
