//! What could not be taken: looked at, and tried again.

use greengrid_domain::identity::{Role, Scope};

use crate::streams::until;
use crate::support::{App, Browser, Sent};

/// The address of the entry listed first.
fn first_entry(page: &str) -> String {
    let from = page.find("/quarantine/").unwrap_or_else(|| panic!("no entry: {page}"));
    page[from..].split('"').next().unwrap().to_owned()
}

async fn entry_of(app: &App, sent: Sent) -> (Browser, String) {
    app.program(Scope::ReadingsWrite).await.send(sent).await;
    let mut ops = app.signed_in(Role::Ops).await;
    let list = ops.get("/quarantine").await.text;
    let entry = first_entry(&list);
    (ops, entry)
}

#[tokio::test]
async fn a_row_is_taken_once_its_site_is_known() {
    let app = App::start().await;
    let csv = "site_id,timestamp_utc,power_w,energy_wh\nnew-roof,2026-06-12T08:30:00Z,1,1\n";
    let (mut ops, entry) = entry_of(&app, Sent::csv(csv)).await;

    let too_early = ops.post(&format!("{entry}/replay"), &[]).await;
    app.sites(["new-roof"]).await;
    let in_time = ops.post(&format!("{entry}/replay"), &[]).await;
    let again = ops.post(&format!("{entry}/replay"), &[]).await;

    assert_eq!(too_early.status, 422);
    assert!(too_early.text.contains("Still not taken"), "{}", too_early.text);
    assert_eq!((in_time.status.as_u16(), in_time.header("location")), (303, entry.as_str()));
    assert_eq!(again.status, 409);
    assert!(ops.get(&entry).await.text.contains("1 accepted"));
    assert!(ops.get("/quarantine").await.text.contains("Nothing waits in quarantine"));
    let repeat = app.program(Scope::ReadingsWrite).await.send(Sent::csv(csv)).await;
    assert_eq!(repeat.json()["duplicate"], 1);
}

#[tokio::test]
async fn a_payload_that_said_nothing_of_its_kind_can_be_replayed() {
    let app = App::start().await;
    app.sites(["roof"]).await;
    let json = r#"[{"site_id":"roof","timestamp_utc":"2026-06-12T08:30:00Z","power_w":1}]"#;
    let (mut ops, entry) = entry_of(&app, Sent::new("application/octet-stream", json)).await;

    let replayed = ops.post(&format!("{entry}/replay"), &[]).await;

    assert_eq!(replayed.status, 303);
    assert!(ops.get(&entry).await.text.contains("1 accepted"));
}

#[tokio::test]
async fn what_came_is_shown_as_text_and_handed_out_as_a_file() {
    let app = App::start().await;
    let hostile = "<script>alert(1)</script>\r\n=cmd()";
    let (mut ops, entry) = entry_of(&app, Sent::ndjson(hostile)).await;

    let page = ops.get(&entry).await;
    let file = ops.get(&format!("{entry}/payload")).await;

    assert_eq!(page.status, 200);
    assert!(page.text.contains("&lt;script&gt;alert(1)") && !page.text.contains("<script>alert"));
    assert_eq!(file.text, hostile);
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert!(file.header("content-disposition").starts_with("attachment"));
}

#[tokio::test]
async fn a_long_list_comes_in_pages() {
    let app = App::start().await;
    let row = |n: usize| {
        format!(r#"{{"site_id":"unknown-{n}","timestamp_utc":"2026-06-12T08:30:00Z","power_w":1}}"#)
    };
    let rows: Vec<String> = (0..60).map(row).collect();
    app.program(Scope::ReadingsWrite).await.send(Sent::ndjson(rows.join("\n"))).await;
    let mut ops = app.signed_in(Role::Ops).await;

    let newest = ops.get("/quarantine").await.text;
    let older =
        newest.split("href=\"").find(|part| part.starts_with("/quarantine?before=")).unwrap();
    let older = ops.get(older.split('"').next().unwrap()).await.text;

    assert!(newest.contains("60 entries"));
    assert_eq!(newest.matches("unknown site").count(), 50);
    assert_eq!(older.matches("unknown site").count(), 10);
    assert!(!older.contains(">Older<"));
}

#[tokio::test]
async fn an_open_list_follows_what_comes_in() {
    let app = App::start().await;
    let mut stream = app.signed_in(Role::Ops).await.stream("/live?view=quarantine").await;
    until(&mut stream, "Nothing waits in quarantine").await;

    app.program(Scope::ReadingsWrite).await.send(Sent::json("no reading")).await;

    until(&mut stream, "One entry").await;
}
