//! What happens in a room without leaving it: changing a post, naming somebody,
//! and going through all that was found.

use greengrid_domain::identity::Role;

use crate::chat::{ROOM, piece, post_of, say};
use crate::live::stream_of;
use crate::streams::until;
use crate::support::App;

#[tokio::test]
async fn a_post_becomes_a_form_in_its_place_and_itself_again() {
    let app = App::start().await;
    let mut author = app.signed_in(Role::Cs).await;
    say(&mut author, "the brekaer tripped").await;
    let page = author.get(ROOM).await.text;
    let post = post_of(&page);
    let form = format!("{post}/edit");
    // The way there appears in the browser of whoever wrote it.
    assert!(page.contains("data-signals:_me=\"'"), "{page}");
    assert!(page.contains(&format!("data-on:click=\"@get('{form}'")), "{page}");
    let mut datastar = author.clone().saying("datastar-request", "true");

    let begun = datastar.get(&form).await.text;
    assert!(begun.contains("data: mode replace\n"), "{begun}");
    assert!(
        begun.contains("the brekaer tripped</textarea>") && begun.contains("data-ignore-morph")
    );

    let refused = datastar.post(&form, &[("text", " \u{202e} ")]).await;
    assert_eq!(refused.status, 200);
    assert!(refused.text.contains("write a word or two"), "{}", refused.text);
    assert!(refused.text.contains("aria-invalid=\"true\""));

    let cancelled = datastar.get(&post).await.text;
    assert!(cancelled.contains("the brekaer tripped") && !cancelled.contains("<form"));

    let mut reader = app.signed_in(Role::Ops).await;
    let mut tab = reader.stream(&stream_of(&reader.clone().get(ROOM).await.text)).await;
    until(&mut tab, "the brekaer tripped").await;
    let saved = datastar.post(&form, &[("text", "the breaker tripped")]).await.text;
    assert!(saved.contains("the breaker tripped") && !saved.contains("<form"), "{saved}");
    let told = loop {
        let told = piece(&mut tab).await;
        if told.contains("the breaker tripped") {
            break told;
        }
    };
    // To the others comes that one post.
    assert_eq!(told.matches("<li").count(), 1, "{told}");

    let back = datastar.post(&format!("{post}/take-back"), &[]).await.text;
    assert!(back.contains("data: mode remove\n"), "{back}");
    assert!(!author.get(ROOM).await.text.contains("the breaker tripped"));
}

#[tokio::test]
async fn only_its_author_gets_the_form_and_without_script_the_page_has_it() {
    let app = App::start().await;
    let (mut author, mut other) = (app.signed_in(Role::Cs).await, app.signed_in(Role::Ops).await);
    say(&mut author, "mine").await;
    let post = post_of(&author.get(ROOM).await.text);
    let form = format!("{post}/edit");

    let plain = author.get(&form).await;
    assert_eq!((plain.status.as_u16(), plain.header("location")), (303, post.as_str()));
    assert_eq!(other.get(&form).await.status, 409);
    let told = other.clone().saying("datastar-request", "true").get(&form).await.text;
    assert!(told.contains("Only who wrote a post can change it.") && !told.contains("<form"));
    // What is held back leaves the room of its author too.
    let mut datastar = author.clone().saying("datastar-request", "true");
    let held = datastar.post(&form, &[("text", "mine, shit")]).await.text;
    assert!(held.contains("data: mode remove\n"), "{held}");
}

#[tokio::test]
async fn what_was_begun_is_completed_to_people_and_sites() {
    let app = App::start().await;
    app.sites(["alpha", "beta"]).await;
    let mut ops = app.signed_in(Role::Ops).await.saying("datastar-request", "true");

    let people = ops.get("/chat/mentions?begun=%40dia").await.text;
    assert!(people.contains("role=\"option\"") && people.contains("data-insert=\"@Diana Reyes\""));
    assert!(people.contains("1\u{a0}suggestion, choose"), "{people}");
    let sites = ops.get("/chat/mentions?begun=%23alp").await.text;
    assert!(sites.contains("data-insert=\"#alpha\"") && !sites.contains("#beta"), "{sites}");
    assert!(sites.contains("data-begun=\"#alp\""));
    for nothing in ["%40nobody", "", "plain", "%3Cscript%3E"] {
        let told = ops.get(&format!("/chat/mentions?begun={nothing}")).await.text;
        assert!(told.contains("hidden") && !told.contains("role=\"option\""), "{told}");
        assert!(!told.contains("<script"));
    }
    let customer = &mut app.signed_in(Role::Customer).await;
    assert_eq!(customer.get("/chat/mentions?begun=%40d").await.status, 403);
}

#[tokio::test]
async fn all_that_was_found_is_seen_page_by_page() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;
    say(&mut ops, "breaker number 1.").await;
    sqlx::query(
        "with room as (update chat_room set last_seq = 120 returning key)
         insert into chat_post (id, room, seq, author, body, mentions, status, posted_at)
         select gen_random_uuid(), 'lobby', n, author, 'breaker number ' || n || '.', '[]',
                'visible', posted_at + n * interval '1 second'
         from chat_post, room, generate_series(2, 120) as n where seq = 1",
    )
    .execute(&app.db.pool())
    .await
    .unwrap();

    let mut page = ops.get("/chat/search?q=breaker").await.text;
    assert!(page.contains("The newest 50\u{a0}posts"), "{page}");
    let mut seen = page.matches("<mark>").count();
    while let Some((_, rest)) = page.split_once("rel=\"next\" href=\"") {
        let link = rest.split_once('"').unwrap().0.replace("&amp;", "&");
        page = ops.get(&link).await.text;
        seen += page.matches("<mark>").count();
        assert!(page.contains("To the newest"));
    }

    assert_eq!(seen, 120);
    assert!(page.contains("20\u{a0}older posts") && page.contains(" number 1."), "{page}");
    let odd = ops.get("/chat/search?q=breaker&before=nonsense").await;
    assert_eq!(odd.status, 200);
}
