//! Files of sites and readings, from the page.

use std::time::Duration;

use greengrid_domain::identity::{Role, Scope};

use crate::streams::until;
use crate::support::{Answer, App, Browser, Sent, packed};

const SITES: &str = "site_id,name,lat,lon,capacity_kwp,timezone,region\n\
    roof,Town Hall,52.5,13.4,20,Europe/Berlin,east\n\
    lost,Nowhere,,13.4,5,Europe/Berlin,east\n";
const READINGS: &str = "site_id,timestamp_utc,power_w,energy_wh\n\
    roof,2026-06-12T08:00:00Z,1200,300\n\
    =cmd|' /C calc'!A0,2026-06-12T08:15:00Z,1,1\n\
    roof,2026-06-12T08:15:00Z,1300,325\n";

/// The page of an import once it has ended.
async fn ended(browser: &mut Browser, started: &Answer) -> String {
    assert_eq!(started.status, 303, "{}", started.text);
    let page = started.header("location").to_owned();
    let waiting = async {
        loop {
            let text = browser.get(&page).await.text;
            if !text.contains("Under way") {
                return text;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("the import ends")
}

#[tokio::test]
async fn sites_and_readings_come_in_and_what_does_not_is_reported() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;
    let readings = packed(READINGS);

    let started = ops
        .upload(
            "/import",
            &[("sites", "sites.csv", SITES.as_bytes()), ("readings", "r.csv.gz", &readings)],
        )
        .await;
    let page = ended(&mut ops, &started).await;
    let report = ops.get(&format!("{}/rejected.csv", started.header("location"))).await;

    assert!(page.contains("2\u{a0}readings taken"), "{page}");
    assert!(page.contains("2\u{a0}rows not taken"));
    assert!(report.header("content-disposition").contains("rejected-"));
    let lines: Vec<&str> = report.text.lines().collect();
    assert_eq!(lines.len(), 3, "{}", report.text);
    assert!(lines[1].starts_with("\"r.csv.gz\",\"2\",\"site_id\",\"unknown_site\""));
    assert!(lines[1].contains(",\"'=cmd"), "{}", lines[1]);
    assert!(lines[2].starts_with("\"sites.csv\",\"2\",\"lat\",\"missing_field\""));
    let list = ops.get("/import").await.text;
    assert!(list.contains("sites.csv, r.csv.gz"));
}

#[tokio::test]
async fn a_site_of_which_little_is_told_is_taken_and_its_page_says_what_is_missing() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;
    let sites = b"site_id,timezone\nbarn,Europe/Berlin\n";
    // More than a home makes, which is all that would be assumed of it.
    let readings = b"site_id,timestamp_utc,power_w,energy_wh\nbarn,2026-06-12T08:00:00Z,250000,\n";

    let files: [(&str, &str, &[u8]); 2] =
        [("sites", "sites.csv", sites), ("readings", "r.csv", readings)];
    let started = ops.upload("/import", &files).await;
    let report = ended(&mut ops, &started).await;
    let page = ops.get("/sites/barn").await.text;

    assert!(report.contains("<dt>New readings</dt><dd>1"), "{report}");
    assert!(page.contains("Where it stands") && page.contains("Its capacity"), "{page}");
    assert!(page.contains("capacity not known"), "{page}");
}

#[tokio::test]
async fn the_same_file_twice_counts_nothing_twice() {
    let app = App::start().await;
    app.sites(["roof"]).await;
    let csv = READINGS.replace("=cmd|' /C calc'!A0", "roof2");
    let sent = app.program(Scope::ReadingsWrite).await.send(Sent::csv(csv.clone())).await;
    let mut ops = app.signed_in(Role::Ops).await;

    let started = ops.upload("/import", &[("readings", "readings.csv", csv.as_bytes())]).await;
    let page = ended(&mut ops, &started).await;

    assert_eq!(sent.json()["accepted"], 2);
    assert!(page.contains("known already"));
    assert!(page.contains("<dt>Duplicates</dt><dd>2"), "{page}");
    assert!(page.contains("<dt>New readings</dt><dd>0"));
}

#[tokio::test]
async fn a_file_that_makes_no_sense_says_why() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;

    let nothing = ops.upload("/import", &[("readings", "", b"")]).await;
    let started = ops.upload("/import", &[("readings", "r.csv", b"site_id,timestamp_utc\n")]).await;
    let page = ended(&mut ops, &started).await;

    assert_eq!(nothing.status, 422);
    assert!(nothing.text.contains("Choose at least one file"));
    assert!(
        page.contains("ended early") && page.contains("r.csv: the column power_w is missing"),
        "{page}"
    );
}

#[tokio::test]
async fn files_beyond_the_limit_are_refused() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;
    let large = vec![b'\n'; (64 << 20) + 1];

    let answer = ops.upload("/import", &[("readings", "r.csv", &large)]).await;

    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn a_job_that_nobody_started_is_not_there() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;

    let unknown = format!("/import/{}", uuid::Uuid::nil());

    assert_eq!(ops.get(&unknown).await.status, 404);
    assert_eq!(ops.get(&format!("{unknown}/rejected.csv")).await.status, 404);
}

#[tokio::test]
async fn an_open_page_follows_its_import_to_the_end() {
    let app = App::start().await;
    app.sites(["roof"]).await;
    let mut ops = app.signed_in(Role::Ops).await;

    let started = ops.upload("/import", &[("readings", "r.csv", READINGS.as_bytes())]).await;
    let job = started.header("location").trim_start_matches("/import/");
    let mut stream = ops.stream(&format!("/live?view=import&job={job}")).await;

    until(&mut stream, "2\u{a0}readings taken").await;
}
