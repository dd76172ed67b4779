//! Accounts: how people come in, how they are kept out, and what they do with
//! their own.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, ensure};
use greengrid_domain::identity::TotpSecret;
use jiff::Timestamp;
use serde_json::Value;
use totp_rs::Secret;

use crate::Stage;
use crate::accessibility::is_clean;
use crate::browser::Browser;
use crate::onboarding::press;

const PASSWORD: &str = "tin whistle harbour";

/// An address that nobody has yet.
fn address(name: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{name}-{}@example.org", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// An administrator at work.
async fn administrator(stage: &Stage) -> anyhow::Result<Browser> {
    let admin = stage.open().await?;
    admin.sign_in(&stage.program.address, "admin").await?;
    Ok(admin)
}

/// Invites somebody; the path of their link is read in the mailbox, as a demo
/// keeps letters.
async fn invite(
    stage: &Stage,
    admin: &Browser,
    (email, name, role): (&str, &str, &str),
) -> anyhow::Result<String> {
    admin.client.goto(&stage.program.url("/admin")).await?;
    admin.type_into("#invite-email", email).await?;
    admin.type_into("#invite-name", name).await?;
    let choose = "document.querySelector('#invite-role').value = arguments[0];";
    admin.client.execute(choose, vec![role.into()]).await?;
    press(admin, "#invite button[type=submit]").await?;
    let told = "[...document.querySelectorAll('[role=status]')]
        .some((one) => one.textContent.includes('on its way'))";
    admin.until(told, 30).await.context("no word of the invitation")?;
    link_to(admin, email, "/invitation/").await
}

/// The path that begins so in the newest letter to somebody that has one.
pub(crate) async fn link_to(admin: &Browser, email: &str, begins: &str) -> anyhow::Result<String> {
    let script = "const [email, begins, done] = arguments;
        const page = (path) => fetch(path).then((it) => it.text())
            .then((text) => new DOMParser().parseFromString(text, 'text/html'));
        const find = async () => {
            const list = await page('/mailbox');
            const rows = [...list.querySelectorAll('tbody tr')];
            for (const row of rows.filter((row) => row.textContent.includes(email))) {
                const letter = await page(row.querySelector('a').getAttribute('href'));
                const path = letter.body.textContent.match(new RegExp(`${begins}[-.0-9a-z_]*[0-9a-z]`));
                if (path) return path[0];
            }
        };
        find().then(done, (error) => done(String(error)));";
    let path = admin.client.execute_async(script, vec![email.into(), begins.into()]).await?;
    let path = path.as_str().filter(|path| path.starts_with(begins));
    Ok(path.with_context(|| format!("no letter to {email} with a link"))?.to_owned())
}

/// Somebody new who has followed their invitation.
async fn newcomer(
    stage: &Stage,
    admin: &Browser,
    person: (&str, &str, &str),
) -> anyhow::Result<Browser> {
    let path = invite(stage, admin, person).await?;
    let browser = stage.open().await?;
    browser.client.goto(&stage.program.url(&path)).await?;
    is_clean(&browser).await?;
    browser.type_into("#new-password", PASSWORD).await?;
    press(&browser, "main button[type=submit]").await?;
    browser.until("!location.pathname.startsWith('/invitation')", 30).await?;
    Ok(browser)
}

/// Signs in, up to whatever comes after the password.
async fn sign_in(
    stage: &Stage,
    browser: &Browser,
    email: &str,
    password: &str,
) -> anyhow::Result<()> {
    browser.client.goto(&stage.program.url("/sign-in")).await?;
    browser.type_into("input[name=email]", email).await?;
    browser.type_into("input[name=password]", password).await?;
    press(browser, "main button[type=submit]").await
}

async fn sign_out(stage: &Stage, browser: &Browser) -> anyhow::Result<()> {
    browser.client.goto(&stage.program.url("/account")).await?;
    let leave = "document.querySelector('form[action=\"/sign-out\"]').requestSubmit();";
    browser.client.execute(leave, vec![]).await?;
    browser.until("location.pathname === '/sign-in'", 30).await
}

pub(crate) async fn an_invitation_leads_in_and_the_meter_speaks(
    stage: &Stage,
) -> anyhow::Result<()> {
    let admin = administrator(stage).await?;
    let email = address("jane");
    let path = invite(stage, &admin, (&email, "Jane Alder", "customer")).await?;

    let jane = stage.open().await?;
    jane.client.goto(&stage.program.url(&path)).await?;
    jane.type_into("#new-password", "jane alder jane").await?;
    jane.until("document.querySelector('#strength').textContent.includes('easy to guess')", 30)
        .await
        .context("the meter is silent")?;
    press(&jane, "main button[type=submit]").await?;
    jane.until("document.querySelector('#new-password-error')", 30).await?;
    jane.type_into("#new-password", PASSWORD).await?;
    press(&jane, "main button[type=submit]").await?;
    jane.until("location.pathname === '/my'", 30).await?;
    jane.client.goto(&stage.program.url(&path)).await?;
    let said = jane.text("h1").await?;
    ensure!(said.contains("has done its work"), "the used link said {said}");
    jane.close().await?;
    admin.close().await
}

/// What an administrator does reaches a page that is open elsewhere.
pub(crate) async fn access_taken_away_closes_an_open_page(stage: &Stage) -> anyhow::Result<()> {
    let owner = stage.open().await?;
    owner.sign_in(&stage.program.address, "customer2").await?;
    owner.until("document.querySelector('#stream')", 30).await?;
    let admin = stage.open().await?;
    admin.sign_in(&stage.program.address, "admin").await?;
    let list = stage.program.url("/admin?q=customer2%40demo");
    admin.client.goto(&list).await?;

    press(&admin, "button[name=active][value=false]").await?;
    let left = owner.until("location.pathname === '/sign-in'", 2).await;

    admin.client.goto(&list).await?;
    press(&admin, "button[name=active][value=true]").await?;
    left.context("the page stayed open")?;
    owner.sign_in(&stage.program.address, "customer2").await?;
    owner.close().await?;
    admin.close().await
}

/// A role changed elsewhere ends what was open; who signs in again has the new one.
pub(crate) async fn a_new_role_reaches_an_open_page(stage: &Stage) -> anyhow::Result<()> {
    let admin = administrator(stage).await?;
    let email = address("otto");
    let otto = newcomer(stage, &admin, (&email, "Otto Berg", "ops")).await?;
    otto.until("location.pathname === '/overview' && document.querySelector('#stream')", 30)
        .await?;
    otto.until("document.querySelector('#live .live__word').textContent === 'Live'", 30).await?;
    admin.client.goto(&stage.program.url(&format!("/admin?q={email}"))).await?;

    let change = "document.querySelector('main tbody select[name=role]').value = 'cs';
        document.querySelector('main tbody form[action$=\"/role\"]').requestSubmit();";
    admin.client.execute(change, vec![]).await?;

    otto.until("location.pathname === '/sign-in'", 5).await.context("the page stayed")?;
    sign_in(stage, &otto, &email, PASSWORD).await?;
    otto.until("location.pathname === '/onboarding'", 30).await.context("the old role lasts")?;
    otto.client.goto(&stage.program.url("/import")).await?;
    let said = otto.text("h1").await?;
    ensure!(said.contains("not for your role"), "the old page says {said}");
    otto.close().await?;
    admin.close().await
}

/// Forgotten, asked for again, and set by the link of a letter.
pub(crate) async fn a_forgotten_password_is_replaced(stage: &Stage) -> anyhow::Result<()> {
    let admin = administrator(stage).await?;
    let email = address("mia+roof");
    let mia = newcomer(stage, &admin, (&email, "Mia Roth", "customer")).await?;
    sign_out(stage, &mia).await?;

    press(&mia, "a[href=\"/forgot\"]").await?;
    mia.until("location.pathname === '/forgot'", 30).await?;
    mia.type_into("input[name=email]", &email.to_uppercase()).await?;
    press(&mia, "main button[type=submit]").await?;
    mia.until("document.querySelector('main').textContent.includes('letter')", 30).await?;
    let path = link_to(&admin, &email, "/reset/").await?;
    mia.client.goto(&stage.program.url(&path)).await?;
    is_clean(&mia).await?;
    mia.type_into("#new-password", "copper kettle orchard").await?;
    press(&mia, "main button[type=submit]").await?;
    mia.until("location.pathname === '/sign-in'", 30).await?;

    sign_in(stage, &mia, &email, PASSWORD).await?;
    mia.until("document.querySelector('[role=alert]')", 30).await.context("the old one opens")?;
    sign_in(stage, &mia, &email, "copper kettle orchard").await?;
    mia.until("location.pathname === '/my'", 30).await.context("the new one does not")?;
    mia.client.goto(&stage.program.url(&path)).await?;
    let used = mia.text("h1").await?;
    mia.client.goto(&stage.program.url(&path.replace(['a', 'b'], "c"))).await?;
    let altered = mia.text("h1").await?;
    ensure!(used.contains("has done its work"), "the used link said {used}");
    ensure!(altered.contains("does not work"), "the altered link said {altered}");
    mia.close().await?;
    admin.close().await
}

/// A second factor is set up, asked for and got round by a recovery code; one
/// sees where one is signed in, and signs out there.
pub(crate) async fn a_second_factor_guards_the_account(stage: &Stage) -> anyhow::Result<()> {
    let admin = administrator(stage).await?;
    let email = address("nora");
    let person = (email.as_str(), "Nora Lind", "cs");
    let nora = newcomer(stage, &admin, person).await?;
    nora.client.goto(&stage.program.url("/account/factor")).await?;
    nora.type_into("#present-begin", PASSWORD).await?;
    press(&nora, "main form button[type=submit]").await?;
    nora.until("document.querySelector('.secretkey')", 30).await?;
    is_clean(&nora).await?;
    let key = nora.text(".secretkey").await?.replace(' ', "");
    let bytes = Secret::Encoded(key).to_bytes().map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let secret = TotpSecret::try_from(bytes.as_slice())?;
    let code = secret.code(Timestamp::now().as_second() / 30).context("a code")?;
    nora.type_into("#code", &code).await?;
    press(&nora, "main form button[type=submit]").await?;
    nora.until("document.querySelectorAll('.codes li').length === 10", 30).await?;
    is_clean(&nora).await?;
    let codes =
        nora.value("[...document.querySelectorAll('.codes code')].map((c) => c.textContent)");
    let codes: Vec<String> = serde_json::from_value::<Vec<String>>(codes.await?)?;

    let phone = stage.open().await?;
    sign_in(stage, &phone, &email, PASSWORD).await?;
    phone.until("location.pathname === '/sign-in/code'", 30).await?;
    is_clean(&phone).await?;
    phone.type_into("#code", "000000").await?;
    press(&phone, "main button[type=submit]").await?;
    phone.until("document.querySelector('#code-error')", 30).await.context("any code opens")?;
    phone.type_into("#code", &codes[0]).await?;
    press(&phone, "main button[type=submit]").await?;
    phone.until("location.pathname === '/onboarding'", 30).await.context("no way round")?;
    phone.until("document.querySelector('#live .live__word').textContent === 'Live'", 30).await?;

    nora.client.goto(&stage.program.url("/account")).await?;
    is_clean(&nora).await?;
    press(&nora, "#sessions tbody form button").await?;
    phone.until("location.pathname === '/sign-in'", 5).await.context("still in over there")?;
    phone.close().await?;
    nora.close().await?;
    admin.close().await
}

/// Closing takes the password, says what goes and what stays, and is final.
pub(crate) async fn an_account_is_closed_by_its_owner(stage: &Stage) -> anyhow::Result<()> {
    let admin = administrator(stage).await?;
    let email = address("paul");
    let person = (email.as_str(), "Paul Ivers", "customer");
    let paul = newcomer(stage, &admin, person).await?;
    paul.client.goto(&stage.program.url("/account/close")).await?;
    let says = paul.text("main").await?;
    paul.type_into("#f-password", "not my password").await?;
    press(&paul, "main form button[type=submit]").await?;
    paul.until("document.querySelector('#e-password')", 30).await?;
    paul.type_into("#f-password", PASSWORD).await?;
    press(&paul, "main form button[type=submit]").await?;
    paul.until("document.querySelector('h1').textContent.includes('closed')", 30).await?;

    sign_in(stage, &paul, &email, PASSWORD).await?;
    paul.until("document.querySelector('[role=alert]')", 30).await.context("still open")?;
    let listed = format!("fetch('/admin?q={email}').then((page) => page.text())");
    let script = format!(
        "const done = arguments[0]; {listed}.then((text) => done(text.includes('Paul Ivers')));"
    );
    let known = admin.client.execute_async(&script, vec![]).await?;
    ensure!(says.contains("This goes") && says.contains("This stays"), "{says}");
    ensure!(known == Value::Bool(false), "the name is still there");
    paul.close().await?;
    admin.close().await
}

/// Prices, the trail and the mail server are looked after on pages of their own.
pub(crate) async fn an_administrator_looks_after_regions_trail_and_mail(
    stage: &Stage,
) -> anyhow::Result<()> {
    let admin = administrator(stage).await?;
    let price = async |typed: &str| {
        admin.client.goto(&stage.program.url("/admin/regions")).await?;
        admin.type_into("input[name=price]", typed).await?;
        press(&admin, "main form button[type=submit]").await
    };

    price("a lot").await?;
    admin.until("document.querySelector('main [role=alert]')", 30).await?;
    let kept = admin.value("document.querySelector('main input[aria-invalid]').value").await?;
    price("0.31").await?;
    admin.until("document.querySelector('main').textContent.includes('0.31 a kWh')", 30).await?;
    admin.client.goto(&stage.program.url("/admin/trail?what=change+price")).await?;
    let trail = admin.text("#trail .feed").await?;
    let fetch = "const done = arguments[0];
        fetch(document.querySelector('a[download]').href).then((file) => file.text()).then(done);";
    let file = admin.client.execute_async(fetch, vec![]).await?;
    admin.client.goto(&stage.program.url("/admin/mail")).await?;
    press(&admin, "#test form button").await?;
    admin.until("document.querySelector('#test .feed .pill')", 30).await.context("no letter")?;

    ensure!(kept == "a lot", "the price became {kept}");
    ensure!(trail.contains("change price"), "the trail: {trail}");
    ensure!(file.as_str().is_some_and(|file| file.contains("change_price")), "the file: {file}");
    admin.close().await
}
