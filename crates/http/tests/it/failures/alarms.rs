//! What inverters raise by themselves.

use greengrid_domain::fleet::Brand;

use super::{SITES, World};

#[tokio::test]
async fn alarms_of_every_vendor_are_kept_and_shown_until_they_are_over() {
    let world = World::start().await;
    world.later(0).await;
    assert!(!world.site("sun").await.contains("The inverter’s own alarms"));
    for (_, brand) in SITES {
        world.inject(brand, "alarm").await;
    }

    // Each site is asked every six hours, a fleet every hour.
    world.later(6 * 60 + 5).await;

    for (code, words) in [
        ("sun", "Isolation fault."),
        ("fro", "Isolation error."),
        ("enp", "AC frequency out of range (Call the installer)."),
    ] {
        let page = world.site(code).await;
        assert!(page.contains("The inverter’s own alarms") && page.contains(words), "{page}");
        world.assert_healthy(code).await;
    }
    let page = world.site("sun").await;
    assert!(page.contains("1\u{a0}open alarm"), "{page}");
    world.mend(Brand::SolarEdge).await;
    world.later(65).await;
    let page = world.site("sun").await;
    assert!(page.contains("Isolation fault.") && !page.contains("open alarm"), "{page}");
    world.inject(Brand::SolarEdge, "alarm").await;
    world.later(65).await;
    world.later(65).await;

    // Nothing is ever changed or written twice.
    let events: Vec<String> = sqlx::query_scalar(
        "select a.what from vendor_alarm a join site s on s.id = a.site_id
         where s.code = 'sun' order by a.id",
    )
    .fetch_all(&world.app.db.pool())
    .await
    .unwrap();
    assert_eq!(events, ["opened", "cleared", "opened"]);
}
