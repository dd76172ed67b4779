//! Failures of vendors and of what opens their interfaces.

use greengrid_domain::ingestion::{Cause, CredentialId, Health};
use jiff::SignedDuration;
use uuid::Uuid;

use super::world;
use crate::actor::Actor;
use crate::clock::Clock;

#[tokio::test]
async fn one_probe_asks_a_disrupted_vendor_and_its_success_lets_all_go_on() {
    let world = world().await;
    world.connect("S-1", "4711").await;
    world.connect("S-2", "4711").await;
    world.live(4).await;
    world.vendor.fail(Some(Cause::VendorFault));

    world.live(6).await;

    let (open, ended) = world.connections.incidents(&Actor::System).await.unwrap();
    assert_eq!((open.len(), ended.len()), (1, 0));
    assert_eq!(open[0].reach.credential, None, "it is the vendor’s");
    // Three to be sure, then one alone, at last every half hour.
    assert!(world.vendor.refused() < 25, "{} calls", world.vendor.refused());
    assert!(world.all().await.iter().all(|it| it.record.cause == Some(Cause::VendorFault)));
    world.vendor.fail(None);
    world.live(1).await;
    let (open, ended) = world.connections.incidents(&Actor::System).await.unwrap();
    assert_eq!((open.len(), ended.len(), ended[0].breaker.cause), (0, 1, Cause::VendorFault));
    for connection in world.all().await {
        assert_eq!(world.health(&connection), Health::Healthy);
        assert!(
            connection.progress.newest.unwrap() > world.clock.now() - SignedDuration::from_hours(2)
        );
    }
}

#[tokio::test]
async fn a_site_with_a_fault_of_its_own_is_no_incident_of_its_vendor() {
    let world = world().await;
    world.connect("S-1", "4711").await;
    world.connect("S-2", "4711").await;
    world.vendor.fail(Some(Cause::TimedOut));
    world.poller.poll_due().await.unwrap();
    world.vendor.fail(None);

    world.live(1).await;

    let (open, ended) = world.connections.incidents(&Actor::System).await.unwrap();
    assert_eq!((open.len(), ended.len()), (0, 0));
    assert!(world.all().await.iter().all(|it| world.health(it) == Health::Healthy));
}

#[tokio::test]
async fn whoever_mended_a_key_need_not_wait_for_the_next_probe() {
    let world = world().await;
    world.connect("S-1", "4711").await;
    world.connect("S-2", "4711").await;
    world.vendor.fail(Some(Cause::CredentialRejected));
    world.poller.poll_due().await.unwrap();
    let (open, _) = world.connections.incidents(&Actor::System).await.unwrap();
    assert_eq!(open[0].reach.credential, Some(CredentialId::from(Uuid::from_u128(900))));
    world.vendor.fail(None);

    let id = world.first().await.id;
    world.connections.try_now(&Actor::System, id).await.unwrap();
    world.poller.poll_due().await.unwrap();
    world.poller.poll_due().await.unwrap();

    assert!(world.all().await.iter().all(|it| world.health(it) == Health::Healthy));
    let (open, ended) = world.connections.incidents(&Actor::System).await.unwrap();
    assert_eq!((open.len(), ended.len()), (0, 1));
}

#[tokio::test]
async fn what_strikes_the_credential_spares_the_other_sites_the_call() {
    let world = world().await;
    world.connect("S-1", "4711").await;
    world.connect("S-2", "4712").await;
    world.vendor.fail(Some(Cause::CredentialRejected));

    world.poller.poll_due().await.unwrap();

    for connection in world.all().await {
        assert_eq!(world.health(&connection), Health::Down);
        assert_eq!(connection.record.cause, Some(Cause::CredentialRejected));
        // Nobody mends a key within seconds.
        let wait = connection.next_run.duration_since(world.clock.now());
        assert!(wait >= SignedDuration::from_mins(50), "{wait}");
    }
}
