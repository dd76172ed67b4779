use greengrid_domain::fleet::SiteId;
use sqlx::PgPool;

use super::{append, of_device, project, steady};
use crate::postgres::ingestion::PgEventStore;
use crate::postgres::ingestion::tests::sites;
use crate::postgres::testing::TestDatabase;

async fn days(pool: &PgPool, site: SiteId) -> Vec<(String, i64)> {
    sqlx::query!(
        r#"select day::text as "day!", energy_wh from site_day where site_id = $1 order by day"#,
        i32::from(site),
    )
    .fetch_all(pool)
    .await
    .unwrap()
    .into_iter()
    .map(|day| (day.day, day.energy_wh))
    .collect()
}

#[tokio::test]
async fn days_are_as_long_as_the_clocks_at_the_site_make_them() {
    let db = TestDatabase::from_template().await;
    let berlin = sites(&db.pool(), &["berlin"], "Europe/Berlin").await[0];
    let angeles = sites(&db.pool(), &["angeles"], "America/Los_Angeles").await[0];
    let store = PgEventStore::start(db.pool());
    append(&store, steady(berlin, "2026-03-28T23:00:00Z", 48)).await;
    append(&store, steady(angeles, "2016-11-06T07:00:00Z", 48)).await;

    project(&db.pool()).await;

    let day = |day: &str, hours: i64| (day.to_owned(), hours * 1_200);
    let spring = [day("2026-03-29", 23), day("2026-03-30", 24), day("2026-03-31", 1)];
    assert_eq!(days(&db.pool(), berlin).await, spring);
    let autumn = [day("2016-11-06", 25), day("2016-11-07", 23)];
    assert_eq!(days(&db.pool(), angeles).await, autumn);
}

#[tokio::test]
async fn a_site_that_moves_to_another_zone_has_its_days_anew() {
    use greengrid_app::fleet::SiteStore;

    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    append(&store, steady(site, "2026-06-12T00:00:00Z", 24)).await;
    project(&db.pool()).await;

    sites(&db.pool(), &["one"], "Asia/Tokyo").await;
    project(&db.pool()).await;

    let expected = [("2026-06-12".to_owned(), 15 * 1_200), ("2026-06-13".to_owned(), 9 * 1_200)];
    assert_eq!(days(&db.pool(), site).await, expected);
    let stored = crate::postgres::fleet::PgSiteStore::new(db.pool()).sites().await.unwrap();
    assert_eq!(stored[0].details.zone.name(), "Asia/Tokyo");
}

#[tokio::test]
async fn what_a_meter_counts_goes_into_the_grid_and_is_no_production() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "Europe/Berlin").await[0];
    let meter = sqlx::query_scalar!(
        "insert into device (site_id, kind, serial) values ($1, 'meter', 'M-1') returning id",
        i32::from(site),
    )
    .fetch_one(&db.pool())
    .await
    .unwrap();
    let store = PgEventStore::start(db.pool());
    let from = "2026-06-12T08:00:00Z";
    append(&store, steady(site, from, 4).into_iter().map(|row| of_device(7, row)).collect()).await;
    append(&store, steady(site, from, 1).into_iter().map(|row| of_device(meter, row)).collect())
        .await;

    project(&db.pool()).await;

    let told = sqlx::query!("select energy_wh, fed_in_wh from site_day")
        .fetch_one(&db.pool())
        .await
        .unwrap();
    assert_eq!((told.energy_wh, told.fed_in_wh), (4 * 1_200, Some(1_200)));
}
