use greengrid_app::customer::{Takeout, TakeoutState};
use uuid::Uuid;

use super::views;

fn takeout(state: TakeoutState) -> Takeout {
    Takeout {
        id: Uuid::from_u128(7),
        state,
        asked_at: "2026-06-12T08:00:00Z".parse().unwrap(),
        done: 40,
        total: 1460,
        bytes: 1_432_000,
        ready_until: Some("2026-06-19T08:00:00Z".parse().unwrap()),
    }
}

fn shown(state: TakeoutState) -> String {
    views::data(Some(&takeout(state))).into_string().replace('\u{a0}', " ")
}

#[test]
fn a_file_says_how_far_it_is_and_offers_itself_once_it_is_there() {
    let running = shown(TakeoutState::Running);
    let ready = shown(TakeoutState::Ready);

    assert!(running.contains("40 of 1,460 days of readings."));
    assert!(running.contains("<progress class=\"progress\" max=\"1460\" value=\"40\""));
    assert!(!running.contains("/download"));
    assert!(ready.contains("1.4 MB. Only you can fetch it, until Friday 19 June."));
    assert!(ready.contains("/account/data/00000000-0000-0000-0000-000000000007/download"));
    assert!(shown(TakeoutState::Failed).contains("Try again"));
}

#[test]
fn closing_says_what_goes_what_stays_and_never_repeats_the_password() {
    let html = views::closing("jane@example.org", Some("this is not your password")).into_string();

    assert!(html.contains("This goes, at once") && html.contains("This stays"));
    assert!(html.contains("This is not your password."));
    assert!(html.contains("aria-invalid=\"true\""));
    assert!(!html.contains("value="));
}
