use greengrid_app::chat::{Inbox, Person, PostRecord, RoomHead, Thread, Window};
use greengrid_domain::chat::{HeldFor, Mention, Post, PostStatus, Room, Target};
use greengrid_domain::identity::Role;
use jiff::SignedDuration;
use uuid::Uuid;

use super::views::{self, Said};
use crate::testing::{clock, now};

fn record(seq: i64, body: &str) -> PostRecord {
    let author =
        Person { id: Uuid::from_u128(1).into(), name: "Diana <Reyes>".to_owned(), role: Role::Ops };
    let post = Post {
        id: Uuid::from_u128(u128::try_from(seq).unwrap()).into(),
        room: Room::Lobby,
        seq: Some(seq),
        author: author.id,
        body: body.to_owned(),
        mentions: Vec::new(),
        status: PostStatus::Visible,
        held_for: None,
        posted_at: now() - SignedDuration::from_hours(24 * (3 - seq)),
        edited_at: None,
        decided_by: None,
        reason: None,
    };
    PostRecord { post, author, decided_by: None }
}

fn thread(posts: Vec<PostRecord>) -> String {
    let last_seq = 120;
    let window = Window::tail(last_seq);
    let thread = Thread { room: Room::Lobby, title: "Lobby".to_owned(), window, last_seq, posts };
    views::thread(&thread, &clock()).into_string()
}

#[test]
fn what_people_write_is_text() {
    let html = thread(vec![record(1, "<script>alert(1)</script>\n\"x\" javascript:alert(1)")]);

    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(html.contains("Diana &lt;Reyes&gt;"));
    assert!(!html.contains("<script") && !html.contains("href=\"javascript"));
}

#[test]
fn days_are_told_apart_and_what_is_named_is_a_link() {
    let mut post = record(3, "@Diana see #gg-1 at https://a.example/?a=\"b");
    post.post.mentions = vec![
        Mention { at: 0, length: 6, target: Target::Person(Uuid::from_u128(1).into()) },
        Mention { at: 11, length: 5, target: Target::Site("gg-1".parse().unwrap()) },
    ];
    let html = thread(vec![record(2, "before"), post]);

    assert!(html.contains(">Thursday 11 June</li>") && html.contains(">Today</li>"), "{html}");
    assert!(html.contains("href=\"/sites/gg-1\" data-card=\"/chat/sites/gg-1/card\">#gg-1</a>"));
    assert!(html.contains("/card\">@Diana</a>"));
    assert!(
        html.contains("href=\"https://a.example/?a=\" rel=\"noopener noreferrer nofollow ugc\"")
    );
}

#[test]
fn one_more_post_leaves_all_before_it_as_they_were() {
    let before = thread(vec![record(2, "one")]);
    let after = thread(vec![record(2, "one"), record(3, "two")]);

    let end = before.find("</ol>").unwrap();
    assert_eq!(before[..end], after[..end]);
    assert!(before.contains("href=\"/chat/lobby?from=1\" data-grow"), "{before}");
}

#[test]
fn authors_read_what_became_of_their_posts() {
    let mut waits = record(1, "what a shit inverter");
    waits.post.status = PostStatus::Pending;
    waits.post.held_for = Some(HeldFor::BlockedWord);
    let mut removed = record(2, "a secret");
    removed.post.status = PostStatus::Removed;
    removed.post.reason = Some("names a <customer>".to_owned());
    removed.decided_by = Some("Rui Silva".to_owned());
    let inbox = Inbox { held: vec![waits, removed], ..Inbox::default() };

    let html = views::held(&inbox, &Room::Lobby).into_string();

    assert!(html.contains("waits until somebody has read it: it holds a word that is blocked."));
    assert!(html.contains("was removed by Rui Silva: names a &lt;customer&gt;"));
    let other = Room::Region("north".parse().unwrap());
    assert!(!views::held(&inbox, &other).into_string().contains("<li"));
}

#[test]
fn rooms_tell_what_is_new_and_only_those_who_decide_see_what_waits() {
    let head = |room: Room, last_seq| RoomHead {
        title: room.to_string(),
        room,
        last_seq,
        last_post_at: None,
        read: 3,
    };
    let north = Room::Region("north".parse().unwrap());
    let rooms = vec![head(Room::Lobby, 9), head(north, 5)];
    let inbox = Inbox { rooms, waiting: 2, held: Vec::new() };

    let shown = views::rooms(&inbox, &Room::Lobby, true).into_string();

    assert_eq!(inbox.unread(), 8);
    assert!(shown.contains("2<span class=\"sr\"> unread</span>"), "{shown}");
    assert!(!shown.contains("6<span class=\"sr\"> unread</span>"));
    assert!(shown.contains("2<span class=\"sr\"> waiting</span>"));
    assert!(!views::rooms(&inbox, &Room::Lobby, false).into_string().contains("moderation"));
}

#[test]
fn a_text_is_cleared_only_when_it_was_taken() {
    let key = "id=\"composer-key\"";
    let id = Uuid::from_u128(5).into();
    let answered = |said: &Said| views::answered(id, said).into_string();

    let taken = answered(&Said::Posted);
    assert!(taken.contains(key) && taken.contains("data-init"));
    let refused = answered(&Said::TooFast(3));
    assert!(!refused.contains(key) && !refused.contains("data-init"));
    assert!(refused.contains("Send it again in 3\u{a0}seconds; your text is kept."));
}
