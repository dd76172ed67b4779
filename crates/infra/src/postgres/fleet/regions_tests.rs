use greengrid_app::fleet::{ChangeRegion, NewSite, RegionStore, SiteStore};
use greengrid_app::testing::site;
use greengrid_domain::observability::Initiator;
use greengrid_domain::units::{Currency, Price};
use sqlx::PgPool;

use super::{PgRegionStore, PgSiteStore};
use crate::postgres::testing::TestDatabase;

const BY: Initiator = Initiator::CommandLine;

async fn sites(pool: &PgPool, codes: [&str; 2]) -> String {
    let sites = codes.map(|code| {
        let details = site(1).details;
        NewSite { code: code.parse().unwrap(), details, devices: Vec::new() }
    });
    PgSiteStore::new(pool.clone()).save(BY, &sites).await.unwrap();
    sites[0].details.region.to_string()
}

fn change(code: &str, name: &str, price: Option<&str>) -> ChangeRegion {
    ChangeRegion {
        code: code.parse().unwrap(),
        name: name.parse().unwrap(),
        price: price.map(|price| Price::typed(price, Currency::Usd).unwrap()),
    }
}

#[tokio::test]
async fn a_region_is_renamed_and_priced_with_an_entry_for_each_site_that_changes() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    let region = sites(&pool, ["A-1", "B-2"]).await;
    let store = PgRegionStore::new(pool.clone());

    assert!(store.change(&change(&region, "The North", Some("0.31")), BY).await.unwrap());
    assert!(store.change(&change(&region, "The North", Some("0,310")), BY).await.unwrap());
    assert!(!store.change(&change("nowhere", "Nowhere", None), BY).await.unwrap());

    let figures = store.figures().await.unwrap();
    assert_eq!((figures[0].region.name.as_str(), figures[0].sites), ("The North", 2));
    let price = Price::typed("0.31", Currency::Usd).unwrap();
    assert_eq!(figures[0].prices, [(price, price)]);
    let kept = PgSiteStore::new(pool.clone()).sites().await.unwrap();
    assert!(kept.iter().all(|site| site.details.price == price));
    let trail: Vec<String> = sqlx::query_scalar(
        "select action || ' ' || subject_id from audit_entry
         where action in ('rename_region', 'change_price') order by 1",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let renamed = format!("rename_region {region}");
    assert_eq!(trail, ["change_price A-1", "change_price B-2", renamed.as_str()]);
}
