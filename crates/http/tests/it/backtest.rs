//! History replayed from the command line.

use std::f64::consts::PI;
use std::fmt::Write;
use std::process::{Command, Output};

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use crate::support::packed;

const SITES: &str = "site_id,lat,lon,capacity_kwp,timezone,region,interval_min,reports_at_night\n\
    roof,48.1,11.6,10,Europe/Berlin,south,15,1\n";
const HEADER: &str = "site_id,timestamp_utc,power_w,energy_wh,energy_total_wh\n";
const DAYS: i64 = 30;

/// Thirty cloudless June days of a roof of 10 kWp, in quarter hours. On the
/// 25th day it gives nothing from 9 to 13 o'clock; at noon of the 27th its
/// counter starts anew.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "quarters of a day and watts of a roof"
)]
fn readings() -> String {
    let first: Timestamp = "2025-06-01T00:00:00Z".parse().unwrap();
    let mut text = HEADER.to_owned();
    let mut counter = 50_000;
    for quarter in 0..DAYS * 96 {
        let at = first + SignedDuration::from_mins(15 * quarter);
        let (day, hour) = (quarter / 96, (quarter % 96) as f64 / 4.0);
        let share = (PI * (hour - 3.5) / 15.5).sin();
        let up = (3.5..19.0).contains(&hour) && !(day == 24 && (9.0..13.0).contains(&hour));
        // No two days are alike to the watt.
        let watts =
            if up { (7_500.0 * share.powf(1.3)) as i64 + (day * 7 + quarter) % 5 } else { 0 };
        if quarter == 26 * 96 + 48 {
            counter = 0;
        }
        counter += watts / 4;
        writeln!(text, "roof,{at},{watts},{},{counter}", watts / 4).unwrap();
    }
    text
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    folder
}

/// Runs it without any database.
fn backtest(folder: &TempDir, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_greengrid"))
        .args(["backtest", "--sites", "sites.csv", "--out", "found.csv"])
        .args(more)
        .env_remove("DATABASE_URL")
        .current_dir(folder.path())
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The rows that were written, without the header.
fn found(folder: &TempDir) -> Vec<Vec<String>> {
    let mut csv = csv::Reader::from_path(folder.path().join("found.csv")).unwrap();
    let header: Vec<&str> = csv.headers().unwrap().iter().collect();
    let columns =
        ["site_id", "kind", "detected_at", "started_at", "ended_at", "lost_kwh", "evidence"];
    assert_eq!(header, columns);
    let rows = csv.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
    rows.collect()
}

#[test]
fn an_outage_and_a_new_counter_are_found_with_the_clock_of_the_data() {
    let labels = "site_id,kind,start,end,scored\n\
        roof,outage,2025-06-25T09:00:00Z,2025-06-25T13:00:00Z,1\n\
        roof,counter_reset,2025-06-27T12:00:00Z,2025-06-27T12:15:00Z,1\n";
    let folder = folder(&[
        ("sites.csv", SITES.as_bytes()),
        ("labels.csv", labels.as_bytes()),
        ("in/deep/r.csv.gz", &packed(readings())),
        ("in/labels.csv", labels.as_bytes()),
        ("in/notes.txt", b"not for us"),
    ]);

    let output = backtest(&folder, &["--readings", "in", "--labels", "labels.csv"]);

    let summary = told(&output);
    let rows = found(&folder);
    let outage = rows.iter().find(|row| row[1] == "outage").expect("an outage");
    assert_eq!(&outage[3], "2025-06-25T09:00:00Z");
    assert!(outage[2].as_str() < "2025-06-25T11:00:00Z", "{outage:?}");
    assert_eq!(&outage[4], "2025-06-25T13:00:00Z");
    let lost: f64 = outage[5].parse().unwrap();
    assert!((20.0..40.0).contains(&lost), "{outage:?}");
    assert!(!outage[6].is_empty());
    let reset = rows.iter().find(|row| row[1] == "counter_reset").expect("a reset");
    // Told once the next reading confirmed it, of when it fell.
    assert_eq!(&reset[2], "2025-06-27T12:30:00Z");
    assert_eq!(&reset[3], "2025-06-27T12:00:00Z");
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(summary.contains("Anomalies found:    2"), "{summary}");
    assert!(summary.contains("Rows not taken:     0"), "{summary}");
    let row = |kind: &str| {
        let line = summary.lines().find(|line| line.starts_with(kind)).unwrap_or_default();
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(row("outage ")[1..4], ["1", "1.00", "1.00"]);
    assert_eq!(row("counter_reset ")[1..4], ["1", "1.00", "1.00"]);
    let passed_over = String::from_utf8_lossy(&output.stderr);
    assert!(passed_over.contains("in/labels.csv holds no readings"), "{passed_over}");

    // The same again gives the same.
    let before = std::fs::read(folder.path().join("found.csv")).unwrap();
    told(&backtest(&folder, &["--readings", "in/deep/r.csv.gz"]));
    assert_eq!(std::fs::read(folder.path().join("found.csv")).unwrap(), before);
}

#[test]
fn what_the_file_of_sites_leaves_open_is_taken_from_elsewhere_and_said() {
    let sites = "site_id,capacity_kwp,timezone,colour\nroof,10,Europe/Berlin,red\n";
    let folder = folder(&[("sites.csv", sites.as_bytes()), ("r.csv", readings().as_bytes())]);

    let summary = told(&backtest(&folder, &["--readings", "r.csv"]));

    assert!(summary.contains("Places assumed:     roof"), "{summary}");
    assert!(summary.contains("Cadences assumed:   roof (900 s)"), "{summary}");
    assert!(summary.contains("Nights assumed:     roof (reports)"), "{summary}");
    assert!(found(&folder).iter().any(|row| row[1] == "counter_reset"), "{summary}");
}

#[test]
fn rows_that_cannot_be_taken_are_counted_and_listed() {
    let bad = format!(
        "{HEADER}roof,yesterday,1,1,1\nattic,2025-06-12T08:00:00Z,1,1,1\n\
         roof,2025-06-12T08:00:00Z,many,1,1\nroof,2025-06-12T08:15:00Z,100,25,1\n\
         roof,2999-06-12T08:15:00Z,100,25,1\n"
    );
    let folder = folder(&[("sites.csv", SITES.as_bytes()), ("bad.csv", bad.as_bytes())]);

    let output = backtest(&folder, &["--readings", "bad.csv", "--rejects", "rejects.csv"]);

    let summary = told(&output);
    assert!(summary.contains("Rows not taken:     4"), "{summary}");
    assert!(summary.contains("bad.csv, row 2: there is no site “attic”"), "{summary}");
    let rejects = std::fs::read_to_string(folder.path().join("rejects.csv")).unwrap();
    assert_eq!(rejects.lines().count(), 5, "{rejects}");
    assert!(rejects.contains("\"5\",\"timestamp_utc\",\"timestamp_in_future\""), "{rejects}");
}

#[test]
fn files_that_make_no_sense_are_refused_with_a_reason() {
    let unknown = format!("{HEADER}attic,2025-06-12T08:00:00Z,1,1,1\n");
    let folder = folder(&[
        ("sites.csv", SITES.as_bytes()),
        ("empty.csv", b""),
        ("unknown.csv", unknown.as_bytes()),
        ("columns.csv", b"site_id,timestamp_utc,power_w\nroof,2025-06-12T08:00:00Z,1\n"),
        ("kinds.csv", b"site_id,kind,start,end\n"),
        ("nothing/notes.txt", b""),
    ]);

    for (readings, reason) in [
        ("empty.csv", "empty.csv: the column site_id is missing"),
        ("unknown.csv", "no reading could be taken"),
        ("columns.csv", "columns.csv: the column energy_wh is missing"),
        ("absent.csv", "absent.csv cannot be opened"),
        ("nothing", "there is no file of readings"),
    ] {
        let complaint = complaint(&backtest(&folder, &["--readings", readings]));
        assert!(complaint.contains(reason), "{complaint}");
    }

    std::fs::write(folder.path().join("sites.csv"), "site_id,lat,lon\nroof,48.1,11.6\n").unwrap();
    let of_sites = complaint(&backtest(&folder, &["--readings", "unknown.csv"]));
    assert!(of_sites.contains("sites.csv: the column timezone is missing"), "{of_sites}");
    let usage = Command::new(env!("CARGO_BIN_EXE_greengrid")).arg("backtest").output().unwrap();
    assert_eq!(usage.status.code(), Some(2));
}
