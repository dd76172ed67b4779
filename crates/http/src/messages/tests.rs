use greengrid_app::messages::{Counts, LetterSummary, StoredLetter};
use greengrid_domain::messages::{Letter, LetterImage, LetterKind, LetterState};
use jiff::SignedDuration;

use super::frame::with_pictures;
use super::views::{List, Opened, letter, list};
use crate::testing::{clock, now};

fn stored(kind: LetterKind, state: LetterState) -> StoredLetter {
    let letter = Letter::builder()
        .key("test:1")
        .to("diana@example.org".parse().unwrap())
        .kind(kind)
        .subject("<b>7 sites</b>")
        .text("<script>alert(1)</script>")
        .html("<p>hello</p>".to_owned())
        .build();
    let summary = LetterSummary {
        id: 1.into(),
        kind,
        to: letter.to.clone(),
        subject: letter.subject.clone(),
        state,
        tries: 3,
        written_at: now(),
        next_try_at: now() + SignedDuration::from_mins(4),
        settled_at: None,
        last_error: Some("no such <user>".to_owned()),
    };
    StoredLetter { summary, letter }
}

fn opened(stored: &StoredLetter, shown: bool, may_send: bool) -> String {
    letter(&Opened { letter: stored, shown, may_send, clock: clock() }).into_string()
}

#[test]
fn the_list_tells_how_far_letters_are_and_escapes_what_servers_say() {
    let letters = [stored(LetterKind::Alert, LetterState::Waiting).summary];
    let counts = Counts { waiting: 1, dead: 2, ..Counts::default() };

    let html = list(&List {
        letters: &letters,
        counts,
        of: None,
        first: true,
        more: true,
        ignored: &[],
        sends: true,
        clock: clock(),
    })
    .into_string();

    assert!(html.contains("2 letters could not be delivered."));
    assert!(html.contains("&lt;b&gt;7 sites&lt;/b&gt;") && html.contains("no such &lt;user&gt;"));
    assert!(html.contains("10:46"), "{html}");
    assert!(html.contains("/mailbox?before=1"));
}

#[test]
fn a_letter_is_text_and_a_frame_in_which_nothing_runs() {
    let html = opened(&stored(LetterKind::Alert, LetterState::Sent), true, true);

    assert!(html.contains("sandbox=\"\"") && html.contains("src=\"/mailbox/1/html\""));
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script>"));
    assert!(!html.contains("resend"));
}

#[test]
fn a_dead_letter_can_be_sent_again_by_who_may() {
    let dead = stored(LetterKind::Alert, LetterState::Dead);

    assert!(opened(&dead, true, true).contains("/mailbox/1/resend"));
    assert!(!opened(&dead, true, false).contains("resend"));
}

#[test]
fn a_link_that_opens_an_account_is_not_shown() {
    let html = opened(&stored(LetterKind::PasswordReset, LetterState::Kept), false, true);

    assert!(!html.contains("alert(1)") && !html.contains("iframe"));
    assert!(html.contains("only its recipient may read it"));
}

#[test]
fn pictures_of_a_letter_are_within_it() {
    let image = LetterImage {
        cid: "spark-1".to_owned(),
        media: "image/png".to_owned(),
        bytes: b"abc".to_vec(),
    };

    let html = with_pictures("<img src=\"cid:spark-1\"><img src=\"cid:other\">", &[image]);

    assert_eq!(html, "<img src=\"data:image/png;base64,YWJj\"><img src=\"cid:other\">");
}
