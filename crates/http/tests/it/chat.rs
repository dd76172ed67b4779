//! People talk in rooms.

use axum::body::Body;
use greengrid_domain::identity::Role;
use http_body_util::BodyExt;

use crate::live::{first_patch, stream_of};
use crate::streams::until;
use crate::support::{Answer, App, Browser};

pub(crate) const ROOM: &str = "/chat/lobby";

/// Says something as a browser without script does.
pub(crate) async fn say(browser: &mut Browser, text: &str) -> Answer {
    browser.post(ROOM, &[("text", text)]).await
}

/// The value of the form's key.
fn key(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"id\" value=\"").expect("a form");
    rest.split_once('"').unwrap().0
}

/// The address of the only post whose page is linked.
pub(crate) fn post_of(page: &str) -> String {
    let (_, rest) = page.split_once("href=\"/chat/posts/").expect("a post");
    format!("/chat/posts/{}", rest.split_once('"').unwrap().0)
}

/// The next piece of a stream that is more than a comment.
pub(crate) async fn piece(stream: &mut Body) -> String {
    loop {
        let frame = stream.frame().await.expect("the stream goes on").unwrap();
        let text = String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap();
        if text.contains("data: ") {
            return text;
        }
    }
}

#[tokio::test]
async fn what_one_says_the_other_sees_once_and_in_order() {
    let app = App::start().await;
    let (mut one, mut other) = (app.signed_in(Role::Ops).await, app.signed_in(Role::Cs).await);
    let page = other.get(ROOM).await.text;
    let mut tab = other.stream(&stream_of(&page)).await;
    until(&mut tab, "id=\"posts-begin\"").await;

    for number in 1..=3 {
        let said = say(&mut one, &format!("message {number} of three")).await;
        assert_eq!((said.status.as_u16(), said.header("location")), (303, "/chat/lobby#end"));
    }

    let mut seen = String::new();
    while !seen.contains("message 3 of three") {
        seen.push_str(&piece(&mut tab).await);
    }
    let page = other.get(ROOM).await.text;
    for text in [&seen, &page] {
        let at: Vec<usize> =
            (1..=3).map(|n| text.find(&format!("message {n} of three")).unwrap()).collect();
        assert!(at.is_sorted(), "{text}");
        assert_eq!(text.matches("message 2 of three").count(), 1, "{text}");
    }
}

#[tokio::test]
async fn a_new_post_is_added_to_the_room_and_brings_nothing_else() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;
    say(&mut ops, "the first post").await;
    let page = ops.get(ROOM).await.text;
    let mut tab = ops.stream(&stream_of(&page)).await;
    until(&mut tab, "the first post").await;

    say(&mut ops, "the second post").await;

    let added = loop {
        let piece = piece(&mut tab).await;
        if piece.contains("the second post") {
            break piece;
        }
    };
    assert!(added.contains("data: mode append\n"), "{added}");
    assert!(added.contains("data: selector #posts\n"), "{added}");
    assert!(!added.contains("the first post"), "{added}");
}

#[tokio::test]
async fn who_comes_back_sees_what_was_said_meanwhile_once() {
    let app = App::start().await;
    let (mut one, mut other) = (app.signed_in(Role::Ops).await, app.signed_in(Role::Cs).await);
    say(&mut one, "before the break").await;
    let stream = stream_of(&other.get(ROOM).await.text);
    let mut tab = other.stream(&stream).await;
    until(&mut tab, "before the break").await;
    drop(tab);

    say(&mut one, "during the break").await;

    // What the room looked like before the break may come first.
    let seen = until(&mut other.stream(&stream).await, "during the break").await;
    assert!(seen.contains("before the break"), "{seen}");
    assert_eq!(seen.matches("during the break").count(), 1, "{seen}");
}

#[tokio::test]
async fn the_same_form_sent_twice_is_one_post() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;
    let page = ops.get(ROOM).await.text;
    let fields = [("id", key(&page)), ("text", "sent twice")];

    ops.post(ROOM, &fields).await;
    ops.post(ROOM, &fields).await;

    assert_eq!(ops.get(ROOM).await.text.matches("sent twice").count(), 1);
}

#[tokio::test]
async fn what_is_no_post_is_refused_beside_the_field_and_kept() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;
    let long = "x".repeat(10_000);

    let refused = say(&mut ops, &long).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("write at most 2,000 characters; this has 10000"));
    assert!(refused.text.contains(&long));
    let empty = say(&mut ops, " \u{202e} \n ").await;
    assert_eq!(empty.status, 422);
    assert!(empty.text.contains("write a word or two"));

    say(&mut ops, "<script>alert(1)</script>\r\rdata: selector body \u{202e}evil").await;
    let page = ops.get(ROOM).await.text;
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!page.contains("<script>alert") && !page.contains('\u{202e}'));
    let state = first_patch(&mut ops.stream(&stream_of(&page)).await).await;
    assert!(state.contains("data: selector body evil"), "as text: {state}");
}

#[tokio::test]
async fn who_posts_too_much_is_told_when_to_go_on_and_keeps_the_text() {
    let app = App::start().await;
    let mut cs = app.signed_in(Role::Cs).await;
    let mut refused = None;
    for number in 0..12 {
        let answer = say(&mut cs, &format!("number {number} of a flood")).await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }

    let refused = refused.expect("a limit");
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=3).contains(&seconds), "{seconds}");
    assert!(refused.text.contains("your text is kept"));
    assert!(refused.text.contains(">number 8 of a flood</textarea>"), "{}", refused.text);
    let mut datastar = cs.clone().saying("datastar-request", "true");
    let told = say(&mut datastar, "once more").await;
    assert_eq!(told.status, 200);
    assert!(told.text.contains("That was a lot at once"), "{}", told.text);
    // Those who moderate may say more.
    let mut ops = app.signed_in(Role::Ops).await;
    for number in 0..12 {
        assert_eq!(say(&mut ops, &format!("number {number} of many")).await.status, 303);
    }
}

#[tokio::test]
async fn what_a_rule_holds_back_waits_until_somebody_has_read_it() {
    let app = App::start().await;
    let (mut author, mut other) = (app.signed_in(Role::Cs).await, app.signed_in(Role::Ops).await);
    say(&mut author, "what a shit inverter").await;

    assert!(author.get(ROOM).await.text.contains("holds a word that is blocked"));
    assert!(!other.get(ROOM).await.text.contains("shit inverter"));
    let queue = other.get("/chat/moderation").await.text;
    assert!(queue.contains("what a shit inverter"));
    let post = post_of(&author.get(ROOM).await.text);
    assert_eq!(app.signed_in(Role::Cs).await.get(&post).await.status, 404);

    let page = author.get(ROOM).await.text;
    let mut tab = author.stream(&stream_of(&page)).await;
    until(&mut tab, "id=\"thread\"").await;
    let approved = other.post(&format!("{post}/approve"), &[]).await;
    assert_eq!(approved.status, 303);
    until(&mut tab, "shit inverter").await;
    assert!(other.get(ROOM).await.text.contains("what a shit inverter"));

    // Removing needs a reason, which the author reads.
    assert_eq!(other.post(&format!("{post}/remove"), &[("text", " ")]).await.status, 422);
    assert_eq!(other.post(&format!("{post}/remove"), &[("text", "be kind")]).await.status, 303);
    assert!(!other.get(ROOM).await.text.contains("shit inverter"));
    let told = author.get(ROOM).await.text;
    assert!(told.contains("was removed by Diana Reyes: be kind"), "{told}");
    // Once decided, it stays decided.
    assert_eq!(other.post(&format!("{post}/approve"), &[]).await.status, 409);
    // And nobody but who moderates does any of it.
    assert_eq!(author.post(&format!("{post}/approve"), &[]).await.status, 403);
}

#[tokio::test]
async fn an_author_changes_and_takes_back_a_post_and_nobody_else_does() {
    let app = App::start().await;
    let (mut author, mut other) = (app.signed_in(Role::Cs).await, app.signed_in(Role::Ops).await);
    say(&mut author, "the brekaer tripped").await;
    let post = post_of(&author.get(ROOM).await.text);

    assert!(author.get(&post).await.text.contains("Take it back"));
    assert!(!other.get(&post).await.text.contains("Take it back"));
    let theirs = other.post(&format!("{post}/edit"), &[("text", "hacked")]).await;
    assert_eq!(theirs.status, 409);
    author.post(&format!("{post}/edit"), &[("text", "the breaker tripped")]).await;
    let page = other.get(ROOM).await.text;
    assert!(page.contains("the breaker tripped") && page.contains("<span>edited</span>"));
    author.post(&format!("{post}/take-back"), &[]).await;
    assert!(!other.get(ROOM).await.text.contains("the breaker tripped"));
}

#[tokio::test]
async fn unread_posts_are_counted_on_every_page_until_they_were_read() {
    let app = App::start().await;
    let (mut one, mut other) = (app.signed_in(Role::Ops).await, app.signed_in(Role::Ops).await);
    let mut tab = other.stream("/live?view=sites").await;
    until(&mut tab, "id=\"unread-top\" hidden").await;

    say(&mut one, "look here, please").await;
    until(&mut tab, "id=\"unread-top\">1<span").await;

    let read = other.post("/chat/lobby/read", &[("seq", "1")]).await;
    assert_eq!(read.status, 303);
    until(&mut tab, "id=\"unread-top\" hidden").await;
}

#[tokio::test]
async fn earlier_posts_come_in_parts_by_plain_links() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;
    say(&mut ops, "the very first").await;
    sqlx::query(
        "with room as (update chat_room set last_seq = 620 returning key)
         insert into chat_post (id, room, seq, author, body, mentions, status, posted_at)
         select gen_random_uuid(), 'lobby', n, author, 'numbered ' || n || '.', '[]', 'visible', posted_at
         from chat_post, room, generate_series(2, 620) as n where seq = 1",
    )
    .execute(&app.db.pool())
    .await
    .unwrap();

    let mut page = ops.get(ROOM).await.text;
    assert!(page.contains("numbered 620.") && !page.contains("numbered 500."));
    let mut pages = 0;
    while let Some((before, _)) = page.split_once("Earlier posts") {
        let (_, link) = before.rsplit_once("href=\"").unwrap();
        let link = link.split_once('"').unwrap().0.replace("&amp;", "&");
        page = ops.get(&link).await.text;
        pages += 1;
        assert!(pages < 20, "{link}");
    }
    assert!(page.contains("the very first"));
    assert!(page.contains("To the newest"));
    let at = ops.get("/chat/lobby?at=120").await.text;
    assert!(at.contains("numbered 120."));
}

#[tokio::test]
async fn what_a_post_names_leads_there_and_shows_a_card() {
    let app = App::start().await;
    app.sites(["alpha"]).await;
    let mut ops = app.signed_in(Role::Ops).await;

    say(&mut ops, "@Diana Reyes have a look at #alpha and #nowhere").await;

    let page = ops.get(ROOM).await.text;
    assert!(page.contains("data-card=\"/chat/sites/alpha/card\">#alpha</a>"), "{page}");
    assert!(page.contains(">@Diana Reyes</a>"));
    assert!(!page.contains(">#nowhere</a>"));
    let card = ops.get("/chat/sites/alpha/card").await;
    assert!(card.text.starts_with("<p><b>"), "{}", card.text);
    assert_eq!(app.signed_in(Role::Customer).await.get("/chat/sites/alpha/card").await.status, 403);
}

#[tokio::test]
async fn posts_are_found_by_their_words_and_only_visible_ones() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;
    say(&mut ops, "the <b>breaker</b> of the cold store tripped").await;
    say(&mut ops, "a shit breaker").await;

    let found = ops.get("/chat/search?q=breaker+store").await.text;

    assert!(found.contains("<mark>breaker</mark>"), "{found}");
    assert!(found.contains("&lt;b&gt;"));
    assert!(!ops.get("/chat/search?q=shit").await.text.contains("a <mark>"));
    assert_eq!(ops.get("/chat/search?q=%27%29%3B+drop+%26+%7C+%3C-%3E").await.status, 200);
}

#[tokio::test]
async fn a_room_is_there_for_what_is_there() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;

    for room in ["attic", "region-nowhere", "incident-0197a3b2-0000-7000-8000-000000000000"] {
        assert_eq!(ops.get(&format!("/chat/{room}")).await.status, 404, "{room}");
        let posted = ops.post(&format!("/chat/{room}"), &[("text", "hello")]).await;
        assert_eq!(posted.status, 404, "{room}");
    }
    assert_eq!(app.signed_in(Role::Customer).await.get(ROOM).await.status, 403);
}
