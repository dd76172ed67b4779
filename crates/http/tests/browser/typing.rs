//! People who write in rooms: changing a post in its place, and naming somebody
//! with the keyboard alone.

use anyhow::{Context, ensure};
use fantoccini::Locator;

use crate::Stage;
use crate::talk::{room, say, shown};

const OWN: &str = "[...document.querySelectorAll('#posts .post')].pop()";

pub(crate) async fn a_post_is_changed_in_its_place_before_the_others(
    stage: &Stage,
) -> anyhow::Result<()> {
    let (author, other) = (stage.open().await?, stage.open().await?);
    author.sign_in(&stage.program.address, "cs").await?;
    room(&author, &stage.program.address, 1).await?;
    other.sign_in(&stage.program.address, "admin").await?;
    room(&other, &stage.program.address, 1).await?;
    let mark = uuid::Uuid::now_v7().simple().to_string();
    let (before, after) = (format!("the brekaer {mark}"), format!("the breaker {mark}"));
    say(&author, &before).await?;
    author.until(&shown(&before, 1), 5).await?;
    other.until(&shown(&before, 1), 5).await?;
    let button = format!("{OWN}.querySelector('.post__change')");
    ensure!(other.value(&format!("{button}.hidden")).await? == true, "others can change it");
    author.until(&format!("!{button}.hidden"), 5).await.context("no way to change it")?;

    // Cancelled by the keyboard, the post is what it was and the focus where it was.
    author.client.execute(&format!("{button}.click();"), vec![]).await?;
    author.until("document.activeElement.closest('.postform')", 5).await?;
    author.type_into(".postform textarea", "x\u{e00c}").await?;
    author.until("!document.querySelector('.postform')", 5).await?;
    author.until(&shown(&before, 1), 5).await?;
    author.until("document.activeElement.matches('.post__change')", 5).await?;

    // What others say meanwhile leaves the form and what is typed in it alone.
    author.client.execute(&format!("{button}.click();"), vec![]).await?;
    author.until("document.activeElement.closest('.postform')", 5).await?;
    let field = author.client.find(Locator::Css(".postform textarea")).await?;
    field.clear().await?;
    field.send_keys(&after).await?;
    let meanwhile = format!("meanwhile {mark}");
    say(&other, &meanwhile).await?;
    author.until(&shown(&meanwhile, 1), 5).await?;
    let typed = author.value("document.querySelector('.postform textarea').value").await?;
    ensure!(typed == after.as_str(), "typed {typed}");
    author.type_into(".postform textarea", "\u{e007}").await?;

    for browser in [&author, &other] {
        browser.until(&shown(&after, 1), 5).await?;
        browser.until(&shown(&before, 0), 1).await?;
    }
    ensure!(author.value("!document.querySelector('.postform')").await? == true, "a form is left");
    author.close().await?;
    other.close().await
}

pub(crate) async fn a_name_is_completed_by_the_keyboard(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    browser.resize(360, 780).await?;
    browser.sign_in(&stage.program.address, "ops").await?;
    room(&browser, &stage.program.address, 0).await?;
    let field = "document.getElementById('chat-text')";
    let open = "!document.getElementById('mentions').hidden";

    browser.type_into("#chat-text", "ask @").await?;
    browser.until(open, 30).await.context("nothing is offered")?;
    let first = "document.getElementById('mention-0')";
    ensure!(
        browser.value(&format!("{field}.getAttribute('aria-activedescendant')")).await?
            == "mention-0"
            && browser.value(&format!("{first}.getAttribute('aria-selected')")).await? == "true",
        "nothing is chosen"
    );
    let fits = "(() => { const at = document.getElementById('mentions').getBoundingClientRect();
        return at.left >= 0 && at.right <= innerWidth && at.top >= 0 && at.bottom <= innerHeight; })()";
    ensure!(browser.value(fits).await? == true, "the list is cut off");
    browser.type_into("#chat-text", "\u{e015}").await?;
    let chosen = format!(
        "document.getElementById({field}.getAttribute('aria-activedescendant')).dataset.insert"
    );
    let chosen = browser.value(&chosen).await?;
    let chosen = chosen.as_str().context("the second")?;
    ensure!(browser.value(&format!("{first}.dataset.insert")).await? != chosen, "it did not move");
    // Enter takes what is chosen, and sends nothing.
    browser.type_into("#chat-text", "\u{e007}").await?;
    let value = browser.value(&format!("{field}.value")).await?;
    ensure!(value == format!("ask {chosen} ").as_str(), "{value}");
    ensure!(browser.value(open).await? == false, "it is still open");

    browser.type_into("#chat-text", "about #gg-00").await?;
    browser.until(open, 30).await.context("no site is offered")?;
    browser.type_into("#chat-text", "\u{e00c}").await?;
    browser.until(&format!("!({open})"), 5).await?;
    ensure!(
        browser.value(&format!("{field}.value.endsWith('about #gg-00')")).await? == true,
        "Escape lost what was typed"
    );
    browser.type_into("#chat-text", "0").await?;
    browser.until(open, 30).await?;
    browser.type_into("#chat-text", "\u{e007}").await?;
    browser.type_into("#chat-text", "\u{e007}").await?;
    browser
        .until(
            &format!(
                "[...document.querySelectorAll('#posts .at')].some((at) => at.textContent === '{chosen}')"
            ),
            10,
        )
        .await
        .context("the mention is no link")?;
    browser.close().await
}
