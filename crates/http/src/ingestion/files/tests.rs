use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use futures::StreamExt;
use greengrid_app::fleet::FleetSnapshot;
use greengrid_app::ingestion::{Piece, RejectCode, SitesFile};
use greengrid_domain::fleet::{Assumed, Brand, Site};
use greengrid_domain::monitoring::AnomalyKind;
use tempfile::NamedTempFile;

use super::*;

fn file(content: impl AsRef<[u8]>) -> (NamedTempFile, InputFile) {
    let mut kept = NamedTempFile::new().unwrap();
    kept.write_all(content.as_ref()).unwrap();
    let input = InputFile { name: "file.csv".to_owned(), path: kept.path().to_owned() };
    (kept, input)
}

fn packed(content: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn sites(content: &str, known: &FleetSnapshot) -> Result<SitesFile, String> {
    let (_kept, input) = file(content);
    read_sites(&input, known)
}

async fn readings(content: impl AsRef<[u8]>, most: u64) -> Vec<Result<Piece, String>> {
    let (_kept, input) = file(content);
    pieces(vec![input], most).collect().await
}

#[test]
fn where_a_site_stands_and_how_large_it_is_may_be_told_later() {
    let content = "site_id,lat,lon,capacity_kwp,timezone\na,48,11,5,Europe/Berlin\n\
                   b,,,,Europe/Berlin\nc,,,,Australia/Sydney\n";
    let made = sites(content, &FleetSnapshot::default()).unwrap().sites;
    let made: Vec<Site> = (1..)
        .zip(made)
        .map(|(id, site)| Site { id: id.into(), code: site.code, details: site.details })
        .collect();
    let place = |site: &Site| (site.details.location.latitude(), site.details.location.longitude());
    let (known, open) = (Assumed::default(), Assumed { place: true, capacity: true });

    assert_eq!([0, 1, 2].map(|at| made[at].details.assumed), [known, open, open]);
    assert_eq!([0, 1, 2].map(|at| place(&made[at])), [(48.0, 11.0), (48.0, 11.0), (-35.0, 150.0)]);
    assert_eq!(made[1].details.capacity(), None);

    let fleet = FleetSnapshot::new(made, Vec::new(), Vec::new());
    let told = "site_id,lat,lon,timezone\nb,50,13,\n";
    let told = sites(told, &fleet).unwrap().sites.remove(0).details;
    assert_eq!(told.assumed, Assumed { place: false, capacity: true });
    assert_eq!((told.location.latitude(), told.location.longitude()), (50.0, 13.0));
}

#[test]
fn a_site_needs_only_two_columns() {
    let found =
        sites("\u{feff}Site_ID,timezone\r\nroof-1,Europe/Berlin\r\n", &FleetSnapshot::default())
            .unwrap();

    let [site] = found.sites.as_slice() else { panic!("{found:?}") };
    assert_eq!(site.details.name.as_str(), "roof-1");
    assert_eq!(site.details.region.as_str(), "default");
    assert_eq!(site.details.brand, Brand::Other);
    assert_eq!(site.details.zone.name(), "Europe/Berlin");
}

#[test]
fn a_site_takes_whatever_else_the_file_says() {
    let found = sites(
        "site_id,name,lat,lon,capacity_kwp,tilt,azimuth,timezone,region,brand,interval_min,\
         reports_at_night,ac_limit_kw,commissioned_on,customer,price_per_kwh,colour\n\
         r,\"Hall, north\",48,11,20,30,180,Europe/Berlin,South East,fronius,15,1,17.5,\
         2021-05-01,Ada Ltd,0.3,red\n",
        &FleetSnapshot::default(),
    )
    .unwrap();

    let details = &found.sites[0].details;
    assert_eq!(details.name.as_str(), "Hall, north");
    assert_eq!((details.array.tilt_deg, details.array.azimuth_deg), (Some(30.0), Some(180.0)));
    assert_eq!((details.region.as_str(), details.brand), ("south-east", Brand::Fronius));
    assert_eq!((details.cadence_s, details.reports_at_night), (900, true));
    assert_eq!(details.array.ac_limit.unwrap().watts(), 17_500);
    assert_eq!(details.commissioned_on.unwrap().to_string(), "2021-05-01");
    assert_eq!(details.customer.as_deref(), Some("Ada Ltd"));
    assert_eq!(details.price.of_one_kwh().amount.to_string(), "0.3");
}

#[test]
fn what_a_file_leaves_out_of_a_known_site_stays() {
    let first = sites(
        "site_id,name,lat,lon,capacity_kwp,timezone,brand\nr,Hall,48,11,20,Europe/Berlin,enphase\n",
        &FleetSnapshot::default(),
    )
    .unwrap()
    .sites
    .remove(0);
    let site = Site { id: 1.into(), code: first.code.clone(), details: first.details };
    let known = FleetSnapshot::new(vec![site], Vec::new(), Vec::new());

    let again =
        sites("site_id,lat,lon,capacity_kwp,timezone\nr,,,25,\n", &known).unwrap().sites.remove(0);

    assert_eq!(again.details.name.as_str(), "Hall");
    assert_eq!(again.details.brand, Brand::Enphase);
    assert_eq!(again.details.array.capacity.wp(), 25_000);
}

#[test]
fn a_bad_site_says_what_is_wrong_and_costs_only_itself() {
    let check = |row: &str, field: &str, code: RejectCode| {
        let content = format!(
            "site_id,lat,lon,capacity_kwp,timezone,azimuth\n{row}\nb,48,11,5,Europe/Berlin,\n"
        );
        let found = sites(&content, &FleetSnapshot::default()).unwrap();
        assert_eq!(found.sites.len(), 1, "{row}");
        let reject = &found.rejected[0];
        assert_eq!((reject.row, reject.field.as_deref(), reject.code), (1, Some(field), code));
    };
    check("a b,48,11,5,Europe/Berlin,", "site_id", RejectCode::Malformed);
    check("a,,11,5,Europe/Berlin,", "lat", RejectCode::MissingField);
    check("a,48,,5,Europe/Berlin,", "lon", RejectCode::MissingField);
    check("a,480,11,5,Europe/Berlin,", "lat", RejectCode::InvalidNumber);
    check("a,48,11,NaN,Europe/Berlin,", "capacity_kwp", RejectCode::InvalidNumber);
    check("a,48,11,0,Europe/Berlin,", "capacity_kwp", RejectCode::InvalidNumber);
    check("a,48,11,5,Europe/Berlyn,", "timezone", RejectCode::Malformed);
    check("a,48,11,5,,", "timezone", RejectCode::MissingField);
    check("a,48,11,5,Europe/Berlin,south", "azimuth", RejectCode::InvalidNumber);
}

#[test]
fn a_file_of_sites_without_a_column_is_refused() {
    let error = sites("site_id,lat,lon,capacity_kwp\n", &FleetSnapshot::default()).unwrap_err();

    assert!(error.contains("timezone"), "{error}");
}

#[tokio::test]
async fn readings_come_in_pieces_with_rows_counted_through() {
    let mut content = "site_id,timestamp_utc,power_w,energy_wh\n".to_owned();
    for row in 0..12_000 {
        let bad = if row == 7_000 { "x" } else { "1" };
        writeln!(content, "s,2026-06-12T08:45:00Z,{bad},1").unwrap();
    }
    for content in [content.clone().into_bytes(), packed(&content)] {
        let size = content.len() as u64;

        let pieces: Vec<Piece> =
            readings(content, u64::MAX).await.into_iter().map(Result::unwrap).collect();

        let rows: Vec<usize> = pieces.iter().map(|p| p.submission.rows.len()).collect();
        assert_eq!(rows, [5_000, 4_999, 2_000]);
        assert_eq!(pieces[1].submission.rejected[0].row, Some(7_001));
        assert_eq!(pieces[2].submission.rows[1_999].row, 12_000);
        assert_eq!(pieces[2].bytes_done, size);
    }
}

#[tokio::test]
async fn what_is_no_file_of_readings_says_so() {
    let check = async |content: &[u8], expected: &str| {
        let pieces = readings(content, 1_000_000).await;
        let error = pieces.into_iter().next_back().unwrap().unwrap_err();
        assert!(error.starts_with("file.csv") && error.contains(expected), "{error}");
    };
    let header = "site_id,timestamp_utc,power_w,energy_wh\n";
    check(b"", "site_id is missing").await;
    check(b"site_id,timestamp_utc,power_w\n", "energy_wh is missing").await;
    check(format!("{header}{}", "x".repeat(100_000)).as_bytes(), "endless line").await;
    check(&packed(&format!("{header}{}", "\n".repeat(2_000_000))), "more than we take").await;
    let whole = packed(&format!("{header}s,2026-06-12T08:45:00Z,1,1\n"));
    check(&whole[..whole.len() - 4], "ends too early").await;
}

#[tokio::test]
async fn a_row_of_several_lines_stays_whole_where_pieces_are_cut() {
    let mut csv = "site_id,timestamp_utc,power_w,energy_wh,note\n".to_owned();
    // Rows of three lines: a piece never ends with one.
    for minute in 0..4_000 {
        let at = jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_mins(minute);
        writeln!(csv, "s,{at},1,1,\"one\ntwo\nthree\"").unwrap();
    }

    let pieces = readings(&csv, u64::MAX).await;

    let pieces: Vec<Piece> = pieces.into_iter().map(Result::unwrap).collect();
    assert!(pieces.len() > 1);
    assert!(pieces.iter().all(|piece| piece.submission.rejected.is_empty()));
    let rows = pieces.iter().flat_map(|piece| &piece.submission.rows).map(|row| row.row);
    assert!(rows.eq(1..=4_000));
}

#[test]
fn a_file_of_sites_may_leave_open_where_they_stand_and_how_they_report() {
    let (_kept, input) = file(
        b"site_id,lat,lon,capacity_kwp,timezone,region,interval_min,eval_start\n\
          a,48,11,10,Europe/Berlin,south,15,2026-06-01T00:00:00Z\n\
          b,50,13,10,Europe/Berlin,south,,\n\
          c,,,10,Europe/Berlin,south,,\n\
          d,,,10,Australia/Sydney,south,,\n\
          a,48,11,10,Europe/Berlin,south,,\n",
    );

    let (sites, rejected) = read_open_sites(&input).unwrap();

    let places: Vec<(bool, f64, f64)> = sites
        .iter()
        .map(|open| (!open.site.details.assumed.place, open.site.details.location))
        .map(|(placed, place)| (placed, place.latitude(), place.longitude()))
        .collect();
    let expected =
        [(true, 48.0, 11.0), (true, 50.0, 13.0), (false, 49.0, 12.0), (false, -35.0, 150.0)];
    assert_eq!(places, expected);
    assert!(sites[0].has_cadence && !sites[1].has_cadence);
    assert_eq!(sites[0].judged_from, Some("2026-06-01T00:00:00Z".parse().unwrap()));
    assert_eq!(rejected.len(), 1);
    assert!(rejected[0].message.contains("twice"), "{rejected:?}");
}

#[test]
fn labels_name_a_kind_and_a_stretch() {
    let (_kept, input) = file(
        b"label_id,site_id,kind,start,end,scored\n\
          1,roof,outage,2026-06-01T08:00:00Z,2026-06-01T09:00:00Z,1\n\
          2,roof,*,2026-06-02T08:00:00Z,2026-06-02T09:00:00Z,0\n\
          3,roof,hail,2026-06-02T08:00:00Z,2026-06-02T09:00:00Z,1\n\
          4,roof,outage,2026-06-02T08:00:00Z,2026-06-01T09:00:00Z,1\n\
          5,elsewhere,outage,2026-06-01T08:00:00Z,2026-06-01T09:00:00Z,1\n",
    );
    let row = "site_id,lat,lon,capacity_kwp,timezone\nroof,48,11,20,Europe/Berlin\n";
    let roof = sites(row, &FleetSnapshot::default()).unwrap().sites.remove(0);
    let roof = Site { id: 1.into(), code: roof.code, details: roof.details };
    let known = FleetSnapshot::new(vec![roof], Vec::new(), Vec::new());

    let (labels, rejected) = read_labels(&input, &known).unwrap();

    let read: Vec<_> = labels.iter().map(|label| (label.kind, label.scored)).collect();
    assert_eq!(read, [(Some(AnomalyKind::Outage), true), (None, false)]);
    let reasons: Vec<&str> = rejected.iter().map(|reject| reject.message.as_str()).collect();
    assert_eq!(reasons, ["there is no kind “hail”", "end lies before start"]);
}
