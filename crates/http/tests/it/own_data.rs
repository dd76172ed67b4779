//! Taking one's data out, and closing the account.

use std::io::{Cursor, Read as _};
use std::sync::Arc;

use greengrid_app::customer::TakeoutRounds;
use greengrid_infra::ZipArchives;
use greengrid_infra::postgres::customer::PgTakeoutStore;
use greengrid_infra::postgres::monitoring::PgReadModels;
use uuid::Uuid;

use crate::own_sites::{Owned, browser_of, owned};
use crate::streams::until;
use crate::support::{App, PASSWORD};

fn rounds(app: &App) -> TakeoutRounds {
    let pool = app.db.pool();
    TakeoutRounds::builder()
        .store(Arc::new(PgTakeoutStore::new(pool.clone())))
        .directory(app.directory.clone())
        .read_models(Arc::new(PgReadModels::new(pool)))
        .archives(Arc::new(ZipArchives))
        .build()
}

/// The address of the file on the page of one's data.
fn file_of(page: &str) -> String {
    let (_, rest) = page.split_once("href=\"/account/data/").expect("a file");
    format!("/account/data/{}", rest.split_once('"').unwrap().0)
}

#[tokio::test]
async fn a_file_is_put_together_live_and_fetched_by_its_owner_alone() {
    let Owned { app, owner, other } = owned().await;
    let mut mine = browser_of(&app, &owner).await;
    let mut tab = mine.stream("/live?view=own_data").await;
    until(&mut tab, "Prepare the file").await;

    mine.post("/account/data", &[]).await;
    mine.post("/account/data", &[]).await;
    until(&mut tab, "next in line").await;
    assert!(rounds(&app).run().await.unwrap());
    assert!(!rounds(&app).run().await.unwrap());
    until(&mut tab, "Your file is ready").await;
    let path = file_of(&mine.get("/account/data").await.text);
    let file = mine.bytes(&path).await;
    let theirs = browser_of(&app, &other).await.get(&path).await;
    let nobodys = app.browser().get(&path).await;

    assert_eq!((theirs.status.as_u16(), nobodys.status.as_u16()), (404, 303));
    let mut zip = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert!(names.contains(&"readings-alpha.csv".to_owned()), "{names:?}");
    assert!(!names.iter().any(|name| name.contains("beta")));
    let mut account = String::new();
    zip.by_name("account.json").unwrap().read_to_string(&mut account).unwrap();
    assert!(account.contains(owner.email.as_str()) && account.contains("\"take_data_out\""));
    assert!(!account.contains(other.email.as_str()));
    sqlx::query("update takeout set ready_until = now() - interval '1 second'")
        .execute(&app.db.pool())
        .await
        .unwrap();
    assert_eq!(mine.get(&path).await.status, 404);
}

#[tokio::test]
async fn an_account_is_closed_only_by_its_password_and_names_nobody_afterwards() {
    let Owned { app, owner, .. } = owned().await;
    let mut mine = browser_of(&app, &owner).await;
    let mut elsewhere = browser_of(&app, &owner).await;
    let tab = elsewhere.stream("/live?view=own_sites").await;

    let refused = mine.post("/account/close", &[("password", "not the password")]).await;
    let still = mine.get("/my").await.status;
    let closed = mine.post("/account/close", &[("password", PASSWORD)]).await;

    assert_eq!((refused.status.as_u16(), still.as_u16()), (422, 200));
    assert!(refused.text.contains("This is not your password."));
    assert_eq!(closed.status, 200);
    assert!(closed.text.contains("Your account is closed"));
    drop(tab);
    for browser in [&mut mine, &mut elsewhere] {
        assert_eq!(browser.get("/my").await.status, 303);
    }
    assert_eq!(app.browser().sign_in(owner.email.as_str(), PASSWORD).await.status, 401);
    let (email, name, active, password): (String, String, bool, Option<String>) =
        sqlx::query_as("select email, name, active, password_hash from app_user where id = $1")
            .bind(Uuid::from(owner.id))
            .fetch_one(&app.db.pool())
            .await
            .unwrap();
    assert_eq!(email, format!("closed-{}@closed.invalid", owner.id));
    assert_eq!((name.as_str(), active, password), ("Closed account", false, None));
    for table in ["site_person", "session", "takeout", "notice_written", "single_use_link"] {
        let left: i64 =
            sqlx::query_scalar(&format!("select count(*) from {table} where user_id = $1"))
                .bind(Uuid::from(owner.id))
                .fetch_one(&app.db.pool())
                .await
                .unwrap();
        assert_eq!(left, 0, "{table}");
    }
}
