//! Readings from programs: what is taken, what is not, and what is answered.

use greengrid_app::actor::Actor;
use greengrid_domain::identity::{Role, Scope};
use serde_json::json;

use crate::support::{Answer, App, Program, Sent, packed};

const CSV: &str = "site_id,timestamp_utc,power_w,energy_wh\nalpha,2026-06-12T08:30:00Z,3600,300\n";

async fn ready() -> (App, Program) {
    let app = App::start().await;
    app.sites(["alpha", "beta"]).await;
    let program = app.program(Scope::ReadingsWrite).await;
    (app, program)
}

fn reading(site: &str, time: &str, power: &str) -> String {
    format!(r#"{{"site_id":"{site}","timestamp_utc":"{time}","power_w":{power},"energy_wh":null}}"#)
}

/// Accepted, duplicate, correction, quarantined.
fn counts(answer: &Answer) -> [u64; 4] {
    let body = answer.json();
    ["accepted", "duplicate", "correction", "quarantined"]
        .map(|name| body[name].as_u64().unwrap_or_else(|| panic!("{body}")))
}

#[tokio::test]
async fn every_format_is_taken_and_a_repeat_counts_nothing_twice() {
    let (_app, program) = ready().await;
    let row = reading("alpha", "2026-06-12T10:30:00+02:00", "3600");
    let array = format!("[{row},{}]", reading("beta", "2026-06-12T08:30:00Z", "10.4"));

    let first = program.send(Sent::json(array.clone())).await;
    let again = program.send(Sent::ndjson(row)).await;
    let packed_array = program.send(Sent::json(packed(array)).encoded("gzip")).await;
    let corrected = program.send(Sent::csv(CSV)).await;
    let as_file = program.send(Sent::new("application/gzip", packed(CSV))).await;

    assert_eq!((first.status.as_u16(), counts(&first)), (200, [2, 0, 0, 0]));
    assert_eq!(first.json()["rows"], json!([]));
    assert_eq!(counts(&again), [0, 1, 0, 0]);
    assert_eq!(counts(&packed_array), [0, 2, 0, 0]);
    assert_eq!(counts(&corrected), [0, 0, 1, 0]);
    assert_eq!(counts(&as_file), [0, 1, 0, 0]);
    assert!(!first.header("x-request-id").is_empty());
}

#[tokio::test]
async fn good_rows_are_taken_and_the_others_listed_and_kept() {
    let (app, program) = ready().await;
    let body = [
        reading("alpha", "2026-06-12T08:30:00Z", "1000"),
        reading("nowhere", "2026-06-12T08:30:00Z", "1"),
        reading("alpha", "2026-06-12T08:35:00Z", "NaN"),
        reading("alpha", "2026-06-12T09:00:00Z", "1"),
        reading("alpha", "2026-06-12T08:35:00", "1"),
        reading("beta", "2026-06-12T08:30:00Z", "2000"),
    ];

    let answer = program.send(Sent::json(format!("[{}]", body.join(",")))).await;

    assert_eq!((answer.status.as_u16(), counts(&answer)), (200, [2, 0, 0, 4]));
    let rows = answer.json()["rows"].clone();
    let told: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["row"].as_u64(), row["field"].as_str(), row["code"].as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (Some(2), Some("site_id"), Some("unknown_site")),
            (Some(3), Some("power_w"), Some("invalid_number")),
            (Some(4), Some("timestamp_utc"), Some("timestamp_in_future")),
            (Some(5), Some("timestamp_utc"), Some("invalid_timestamp")),
        ]
    );
    let page = app.signed_in(Role::Ops).await.get("/quarantine").await.text;
    assert!(page.contains("4 entries"), "{page}");
}

#[tokio::test]
async fn when_no_row_is_taken_the_answer_says_so() {
    let (_app, program) = ready().await;
    let row = reading("nowhere", "2026-06-12T08:30:00Z", "1");
    let many = vec![row; 1_005].join(",");

    let answer = program.send(Sent::json(format!("[{many}]"))).await;

    assert_eq!((answer.status.as_u16(), counts(&answer)), (422, [0, 0, 0, 1_005]));
    assert_eq!(answer.json()["rows"].as_array().unwrap().len(), 1_000);
    assert_eq!(answer.json()["rows_omitted"], 5);
}

#[tokio::test]
async fn what_cannot_be_read_is_answered_clearly_and_kept_whole() {
    let (app, program) = ready().await;
    let whole = packed(CSV);
    let half = whole[..whole.len() / 2].to_vec();
    let bad: [(Sent, u16, &str, &str); 9] = [
        (Sent::json("{\"site_id\":"), 400, "bad_request", "array"),
        (Sent::json("[{\"site_id\":\"alpha\""), 400, "bad_request", "not JSON"),
        (Sent::json(""), 400, "bad_request", "empty"),
        (Sent::ndjson("<html>"), 400, "bad_request", "object"),
        (Sent::csv(half).encoded("gzip"), 400, "bad_request", "gzip"),
        (Sent::csv("site_id,timestamp_utc,power_w\n"), 422, "unprocessable", "energy_wh"),
        (Sent::new("text/html", CSV), 415, "unsupported_media_type", "text/csv"),
        (Sent::new("", CSV), 415, "unsupported_media_type", "text/csv"),
        (Sent::csv(CSV).encoded("br"), 415, "unsupported_media_type", "gzip"),
    ];
    let kept = bad.len();

    for (sent, status, code, word) in bad {
        let answer = program.send(sent).await;
        let error = answer.json()["error"].clone();
        assert_eq!((answer.status.as_u16(), error["code"].as_str()), (status, Some(code)));
        assert!(error["message"].as_str().unwrap().contains(word), "{error}");
    }

    let page = app.signed_in(Role::Ops).await.get("/quarantine").await.text;
    assert!(page.contains(&format!("{kept} entries")), "{page}");
}

#[tokio::test]
async fn a_body_beyond_the_limits_is_refused() {
    let (_app, program) = ready().await;
    let mebibyte = vec![b' '; 1 << 20];
    let told = Sent::csv(mebibyte.repeat(9));
    let untold = Sent::streamed("text/csv", mebibyte.clone().into(), 9);
    let bomb = Sent::csv(packed(mebibyte.repeat(65))).encoded("gzip");
    let many = Sent::json(format!("[{}]", vec!["0"; 250_001].join(",")));

    for sent in [told, untold, bomb, many] {
        let answer = program.send(sent).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["error"]["code"]),
            (413, &json!("too_large"))
        );
    }
}

#[tokio::test]
async fn only_a_good_token_with_the_scope_may_send() {
    let (app, program) = ready().await;
    let (token, secret) =
        app.identity.create_token(&Actor::System, "old", vec![Scope::ReadingsWrite]).await.unwrap();
    app.identity.revoke_token(&Actor::System, token.id).await.unwrap();
    let other = app.program(Scope::MetricsRead).await;

    for secret in [None, Some("gg_unknown"), Some(secret.as_str())] {
        let answer = program.with(secret).send(Sent::csv(CSV)).await;
        assert_eq!(answer.status, 401);
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
        assert_eq!(answer.json()["error"]["code"], "no_token");
    }
    let answer = other.send(Sent::csv(CSV)).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]["code"]),
        (403, &json!("missing_scope"))
    );
}
