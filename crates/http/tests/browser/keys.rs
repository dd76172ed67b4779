//! What opens the interfaces of vendors, in the hands of an administrator.

use anyhow::{Context, ensure};

use crate::Stage;
use crate::accessibility::is_clean;
use crate::onboarding::{press, says};

const KEY: &str = "J4K2-0123456789abcdef";
const PART: &str = "input[name=solaredge_key]";

pub(crate) async fn a_key_is_given_replaced_and_taken_away(stage: &Stage) -> anyhow::Result<()> {
    let admin = stage.open().await?;
    admin.sign_in(&stage.program.address, "admin").await?;
    admin.client.goto(&stage.program.url("/admin/keys/new?brand=solaredge")).await?;
    admin.type_into("#key-name", "Helio, all sites").await?;
    admin.type_into(PART, "J4K2 0123").await?;
    admin.until("document.querySelector('#mk-solaredge_key .msg:not(.msg--ok)')", 30).await?;
    press(&admin, "main form button[type=submit]").await?;
    admin.until("document.querySelector('.field[data-state=error]')", 30).await?;
    let kept = "document.querySelector('#key-name').value === 'Helio, all sites'";
    admin.until(kept, 30).await.context("the name was not kept")?;

    admin.type_into(PART, KEY).await?;
    admin.until("document.querySelector('#mk-solaredge_key .msg--ok')", 30).await?;
    press(&admin, "main form button[type=submit]").await?;
    admin.until(&says("main", "opens SolarEdge for 0"), 30).await?;
    is_clean(&admin).await?;

    admin.type_into(PART, &KEY.replace('0', "9")).await?;
    press(&admin, "form[action$=\"/replace\"] button[type=submit]").await?;
    let empty = format!("document.querySelector('{PART}')?.value === ''");
    admin.until(&empty, 30).await.context("what was typed is still there")?;
    ensure!(!admin.client.source().await?.contains("J4K2"), "a key is shown");
    press(&admin, "form[action$=\"/remove\"] button[type=submit]").await?;
    admin.until("location.pathname === '/admin/keys'", 30).await?;
    admin.until(&format!("!{}", says("main", "Helio, all sites")), 30).await
}
