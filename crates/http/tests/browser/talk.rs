//! People in rooms.

use anyhow::{Context, ensure};

use crate::Stage;
use crate::browser::Browser;
use crate::cable::Cable;

/// Each journey has a room of its own, so that none counts another's posts.
pub(crate) async fn room(browser: &Browser, address: &str, number: usize) -> anyhow::Result<()> {
    browser.client.goto(&format!("{address}/chat/lobby")).await?;
    let rooms = "[...document.querySelectorAll('#rooms a[href^=\"/chat/region-\"]')]";
    let path = browser.value(&format!("{rooms}[{number} % {rooms}.length].pathname")).await?;
    let path = path.as_str().context("a room of a region")?;
    browser.client.goto(&format!("{address}{path}")).await?;
    browser.until("document.querySelector('#live .live__word').textContent === 'Live'", 30).await
}

/// Says something, and waits until it was taken or refused.
pub(crate) async fn say(browser: &Browser, text: &str) -> anyhow::Result<()> {
    browser.type_into("#chat-text", &format!("{text}\u{e007}")).await
}

pub(crate) fn shown(text: &str, times: usize) -> String {
    format!(
        "[...document.querySelectorAll('#posts .post__body')]\
         .filter((body) => body.textContent === '{text}').length === {times}"
    )
}

pub(crate) async fn two_people_talk_in_one_room(stage: &Stage) -> anyhow::Result<()> {
    let (ops, cs) = (stage.open().await?, stage.open().await?);
    for (browser, account) in [(&ops, "ops"), (&cs, "cs")] {
        browser.sign_in(&stage.program.address, account).await?;
        room(browser, &stage.program.address, 0).await?;
    }

    say(&ops, "Is anybody at the school?").await?;
    cs.until(&shown("Is anybody at the school?", 1), 5).await.context("not heard")?;
    ops.until("document.getElementById('chat-text').value === ''", 5).await?;
    say(&cs, "Yes, until noon.").await?;

    for browser in [&ops, &cs] {
        browser.until(&shown("Yes, until noon.", 1), 5).await?;
        let order = "(() => { const all = [...document.querySelectorAll('#posts .post__body')]\
             .map((body) => body.textContent); \
             return all.indexOf('Is anybody at the school?') < all.indexOf('Yes, until noon.'); })()";
        ensure!(browser.value(order).await? == true, "out of order");
        let seqs = "(() => { const all = [...document.querySelectorAll('#posts > [data-seq]')]\
             .map((post) => Number(post.dataset.seq)); \
             return all.every((seq, i) => i === 0 || seq > all[i - 1]); })()";
        ensure!(browser.value(seqs).await? == true, "out of order, or twice");
    }
    ops.close().await?;
    cs.close().await
}

pub(crate) async fn a_cut_cable_loses_and_doubles_no_post(stage: &Stage) -> anyhow::Result<()> {
    let cable = Cable::to(&stage.program.address).await?;
    let (far, near) = (stage.open().await?, stage.open().await?);
    far.sign_in(&cable.address, "cs").await?;
    room(&far, &cable.address, 1).await?;
    near.sign_in(&stage.program.address, "admin").await?;
    room(&near, &stage.program.address, 1).await?;
    say(&near, "Before the cut.").await?;
    far.until(&shown("Before the cut.", 1), 5).await?;

    cable.pull();
    far.until("!document.querySelector('#offline').hidden", 15).await?;
    say(&near, "During the cut.").await?;
    near.until(&shown("During the cut.", 1), 5).await?;
    cable.plug_in();

    far.until(&shown("During the cut.", 1), 40).await.context("lost")?;
    say(&near, "After the cut.").await?;
    far.until(&shown("After the cut.", 1), 30).await?;
    for text in ["Before the cut.", "During the cut."] {
        far.until(&shown(text, 1), 1).await.with_context(|| format!("doubled: {text}"))?;
    }
    far.close().await?;
    near.close().await
}

pub(crate) async fn a_held_post_is_decided_and_a_removed_one_vanishes(
    stage: &Stage,
) -> anyhow::Result<()> {
    let (author, moderator) = (stage.open().await?, stage.open().await?);
    author.sign_in(&stage.program.address, "cs").await?;
    room(&author, &stage.program.address, 2).await?;
    moderator.sign_in(&stage.program.address, "admin").await?;
    room(&moderator, &stage.program.address, 2).await?;
    let marked = format!("this shit again {}", uuid::Uuid::now_v7().simple());

    say(&author, &marked).await?;
    author
        .until("document.getElementById('held').textContent.includes('word that is blocked')", 5)
        .await?;
    moderator.until(&shown(&marked, 0), 1).await?;
    moderator
        .until("document.querySelector('#rooms a[data-unread][href=\"/chat/moderation\"]')", 5)
        .await?;

    moderator.client.goto(&stage.program.url("/chat/moderation")).await?;
    let post = format!(
        "[...document.querySelectorAll('#moderation .post')]\
         .find((post) => post.textContent.includes('{marked}'))"
    );
    moderator
        .client
        .execute(&format!("{post}.querySelector('form[action$=approve] button').click();"), vec![])
        .await?;
    author.until(&shown(&marked, 1), 5).await.context("approved, but not seen")?;

    let open = format!(
        "[...document.querySelectorAll('#posts .post')]\
         .find((post) => post.textContent.includes('{marked}')).querySelector('.post__open').href"
    );
    let page = author.value(&open).await?;
    moderator.client.goto(page.as_str().context("the address of the post")?).await?;
    moderator.type_into("#why", "be kind\u{e007}").await?;

    author.until(&shown(&marked, 0), 5).await.context("removed, but still there")?;
    author
        .until("document.getElementById('held').textContent.includes('be kind')", 5)
        .await
        .context("the author is not told why")?;
    author.close().await?;
    moderator.close().await
}

pub(crate) async fn a_flood_is_stopped_and_the_text_kept(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    browser.sign_in(&stage.program.address, "ops").await?;
    room(&browser, &stage.program.address, 0).await?;
    let said = "document.getElementById('composer-said').textContent";

    for number in 0..40 {
        let text = format!("flood {} {number}", uuid::Uuid::now_v7().simple());
        say(&browser, &text).await?;
        let done = format!(
            "document.getElementById('chat-text').value === '' || {said}.includes('a lot at once')"
        );
        browser.until(&done, 5).await?;
        if browser.value(&format!("{said}.includes('a lot at once')")).await? == true {
            let kept = browser.value("document.getElementById('chat-text').value").await?;
            ensure!(kept == text.as_str(), "kept {kept}");
            ensure!(
                browser.value(&format!("/in \\d+\\u00a0second/.test({said})")).await? == true,
                "no time is told"
            );
            return browser.close().await;
        }
    }
    anyhow::bail!("forty posts in a row went through")
}

pub(crate) async fn a_room_works_without_script(stage: &Stage) -> anyhow::Result<()> {
    use fantoccini::Locator;
    let browser = stage.open_without_script().await?;
    let client = &browser.client;
    client.goto(&stage.program.url("/sign-in")).await?;
    browser.type_into("input[name=email]", "admin@demo.greengrid.example").await?;
    browser.type_into("input[name=password]", crate::program::PASSWORD).await?;
    client.find(Locator::Css("main button[type=submit]")).await?.click().await?;
    client.goto(&stage.program.url("/chat/lobby")).await?;
    let marked = format!("without script {}", uuid::Uuid::now_v7().simple());

    browser.type_into("#chat-text", &marked).await?;
    client.find(Locator::Css("#composer button")).await?.click().await?;

    client.wait().for_element(Locator::Css("#posts .post")).await?;
    let posts = client.find(Locator::Css("#posts")).await?.text().await?;
    ensure!(posts.contains(&marked), "{posts}");
    browser.close().await
}
