use greengrid_app::customer::HistoryStore;
use greengrid_domain::customer::Assumptions;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::observability::Initiator;
use greengrid_domain::units::{Currency, Energy, Price};
use jiff::civil::{Date, date};
use jiff_sqlx::ToSqlx;
use rust_decimal::Decimal;
use sqlx::PgPool;

use super::PgHistoryStore;
use crate::postgres::ingestion::tests::sites;
use crate::postgres::testing::TestDatabase;

/// Days of a site from one on, each with this energy.
async fn days(pool: &PgPool, site: SiteId, from: Date, days: i32, wh: i64) {
    sqlx::query!(
        "insert into site_day (site_id, day, energy_wh, peak_power_w, covered_s, valid, incomplete,
                               inconsistent, corrections)
         select $1, $2::date + n, $4, 1000, 86400, 288, 0, 0, 0
         from generate_series(0, $3 - 1) n",
        i32::from(site),
        from.to_sqlx() as jiff_sqlx::Date,
        days,
        wh,
    )
    .execute(pool)
    .await
    .unwrap();
}

#[tokio::test]
async fn stretches_that_overlap_give_every_day_once() {
    let db = TestDatabase::from_template().await;
    let [one, other] = sites(&db.pool(), &["a", "b"], "UTC").await[..] else { panic!() };
    days(&db.pool(), one, date(2025, 6, 1), 20, 1_000).await;
    days(&db.pool(), other, date(2025, 6, 1), 20, 7_000).await;
    let store = PgHistoryStore::new(db.pool());

    let stretches = [
        (date(2025, 6, 1), date(2025, 6, 3)),
        (date(2025, 6, 3), date(2025, 6, 4)),
        (date(2024, 1, 1), date(2024, 2, 1)),
    ];
    let found = store.days(one, &stretches).await.unwrap();

    let known: Vec<i8> = found.iter().map(|day| day.day.day()).collect();
    assert_eq!(known, [1, 2, 3, 4]);
    assert!(found.iter().all(|day| day.energy == Energy::from_wh(1_000) && day.fed_in.is_none()));
}

#[tokio::test]
async fn months_count_their_days_and_what_was_metered() {
    let db = TestDatabase::from_template().await;
    let one = sites(&db.pool(), &["a"], "UTC").await[0];
    days(&db.pool(), one, date(2025, 5, 30), 4, 1_000).await;
    sqlx::query!("update site_day set fed_in_wh = 600 where day = '2025-06-01'")
        .execute(&db.pool())
        .await
        .unwrap();

    let months = PgHistoryStore::new(db.pool()).months(one).await.unwrap();

    let told: Vec<_> = months
        .iter()
        .map(|m| (m.first, m.energy.wh(), m.days, m.metered.wh(), m.fed_in.wh(), m.span.1))
        .collect();
    assert_eq!(
        told,
        [
            (date(2025, 5, 1), 2_000, 2, 0, 0, date(2025, 5, 31)),
            (date(2025, 6, 1), 2_000, 2, 1_000, 600, date(2025, 6, 2)),
        ]
    );
}

#[tokio::test]
async fn what_an_owner_states_takes_the_place_of_what_we_assume() {
    let db = TestDatabase::from_template().await;
    let one = sites(&db.pool(), &["a"], "UTC").await[0];
    let store = PgHistoryStore::new(db.pool());
    let tariff = Price::default();
    let stated =
        Assumptions::stated(Currency::Eur, Decimal::new(3125, 4), Decimal::new(7, 2), 45).unwrap();

    let before = store.assumptions(one, tariff).await.unwrap();
    store.state_assumptions(Initiator::System, one, &stated).await.unwrap();
    store.state_assumptions(Initiator::System, one, &stated).await.unwrap();

    assert_eq!(before, Assumptions::usual(tariff));
    let kept = store.assumptions(one, tariff).await.unwrap();
    assert_eq!(kept.bought.of_one_kwh().amount, stated.bought.of_one_kwh().amount);
    assert_eq!((kept.self_use, kept.stated), (450, true));
    let trail = sqlx::query_scalar!(
        r#"select count(*) as "count!" from audit_entry where action = 'state_worth'"#
    )
    .fetch_one(&db.pool())
    .await
    .unwrap();
    assert_eq!(trail, 2);
}
