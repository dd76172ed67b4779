//! Files of sites and readings, from the command line.

use std::path::Path;
use std::process::Output;

use greengrid_domain::identity::Role;
use tempfile::TempDir;
use tokio::process::Command;

use crate::support::{App, packed};

const SITES: &str = "site_id,lat,lon,capacity_kwp,timezone\nroof,52.5,13.4,20,Europe/Berlin\n";
const READINGS: &str = "site_id,timestamp_utc,power_w,energy_wh\n\
    roof,2024-06-12T08:00:00Z,1200,300\n\
    attic,2024-06-12T08:00:00Z,1,1\n";

async fn import(app: &App, arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_greengrid"))
        .arg("import")
        .args(arguments)
        .env("DATABASE_URL", app.db.url())
        .current_dir(folder)
        .output()
        .await
        .unwrap()
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

#[tokio::test]
async fn files_come_in_and_what_does_not_is_listed() {
    let app = App::start().await;
    let readings = packed(READINGS);
    let folder = folder(&[("sites.csv", SITES.as_bytes()), ("r.csv.gz", &readings)]);
    let arguments = ["--sites", "sites.csv", "--readings", "r.csv.gz", "--rejects", "rejects.csv"];

    let output = import(&app, &arguments, folder.path()).await;

    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(
        told.contains("1 new, 0 duplicate") && told.contains("Rows not taken:     1"),
        "{told}"
    );
    let rejects = std::fs::read_to_string(folder.path().join("rejects.csv")).unwrap();
    assert!(rejects.contains("\"r.csv.gz\",\"2\",\"site_id\",\"unknown_site\""), "{rejects}");
    let page = app.signed_in(Role::Ops).await.get("/import").await.text;
    assert!(page.contains("sites.csv, r.csv.gz"), "{page}");
}

#[tokio::test]
async fn an_import_that_took_nothing_fails() {
    let app = App::start().await;
    let folder = folder(&[("r.csv", READINGS.as_bytes()), ("odd.csv", b"a,b\n1,2\n")]);

    let unknown = import(&app, &["--readings", "r.csv"], folder.path()).await;
    let odd = import(&app, &["--readings", "odd.csv"], folder.path()).await;
    let absent = import(&app, &["--readings", "absent.csv"], folder.path()).await;
    let nothing = import(&app, &[], folder.path()).await;

    for (output, word) in [
        (&unknown, "nothing was taken"),
        (&odd, "the column site_id is missing"),
        (&absent, "absent.csv cannot be opened"),
        (&nothing, "--readings"),
    ] {
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains(word), "{told}");
    }
}
