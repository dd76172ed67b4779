use std::sync::Arc;

use greengrid_domain::identity::{LinkPurpose, LinkState, NewPasswordError, Role};

use super::*;
use crate::actor::Actor;
use crate::identity::fake::{Fake, identity};
use crate::identity::{AccountError, Identity};

async fn invited(identity: &Identity) -> String {
    let invitee = Invitee {
        email: "diana@example.org".parse().unwrap(),
        name: "Diana".parse().unwrap(),
        role: Role::Ops,
    };
    let (_, link) = identity.invite(&Actor::CommandLine, invitee).await.unwrap();
    link.path().strip_prefix("/invitation/").unwrap().to_owned()
}

#[tokio::test]
async fn an_invitation_sets_name_and_password_once() {
    let fake = Arc::new(Fake::default());
    let identity = identity(&fake, false);
    let secret = invited(&identity).await;

    let member = identity.accept_invitation(&secret, " Diana\tReyes ", "correct horse battery");
    let member = member.await.unwrap();
    let again = identity.accept_invitation(&secret, "Thief", "another horse battery").await;

    assert_eq!(member.user.name.as_str(), "Diana Reyes");
    assert!(matches!(again, Err(LinkError::Over(LinkState::Used))));
    assert_eq!(fake.accounts.lock()[0].password.as_ref().unwrap().0, "correct horse battery");
}

#[tokio::test]
async fn a_link_opens_only_what_it_was_made_for_and_only_as_it_was_made() {
    let identity = identity(&Arc::new(Fake::default()), false);
    let secret = invited(&identity).await;
    let altered = format!("{}0", &secret[1..]);

    let other = identity.link(LinkPurpose::PasswordReset, &secret).await;
    let altered = identity.accept_invitation(&altered, "Diana", "correct horse battery").await;

    assert!(identity.link(LinkPurpose::Invitation, &secret).await.is_ok());
    assert!(matches!(other, Err(LinkError::Unknown)));
    assert!(matches!(altered, Err(LinkError::Unknown)));
}

#[tokio::test]
async fn what_was_typed_has_to_be_good_before_the_link_is_used() {
    let identity = identity(&Arc::new(Fake::default()), false);
    let secret = invited(&identity).await;
    let refused = async |name: &str, password: &str| {
        identity.accept_invitation(&secret, name, password).await.unwrap_err()
    };

    assert!(matches!(refused(" ", "correct horse battery").await, LinkError::Name(_)));
    for (password, why) in [
        ("short", NewPasswordError::TooShort),
        ("              ", NewPasswordError::Blank),
        ("diana@example.org", NewPasswordError::Guessable),
    ] {
        let error = refused("Diana", password).await;
        assert!(matches!(error, LinkError::Password(kept) if kept == why), "{password}");
    }
    assert!(matches!(
        refused("Diana", crate::identity::DEMO_PASSWORD).await,
        LinkError::DemoPassword
    ));
    assert!(identity.accept_invitation(&secret, "Diana", "correct horse battery").await.is_ok());
}

#[tokio::test]
async fn only_administrators_invite() {
    let identity = identity(&Arc::new(Fake::default()), false);
    let invitee = Invitee {
        email: "diana@example.org".parse().unwrap(),
        name: "Diana".parse().unwrap(),
        role: Role::Admin,
    };

    let denied = identity.invite(&Actor::Anyone(Role::Ops), invitee).await;

    assert!(matches!(denied, Err(AccountError::Denied(_))));
}

#[test]
fn a_secret_never_shows_in_a_log_and_is_never_the_same_twice() {
    let links = [0, 1].map(|_| NewLink::fresh(LinkPurpose::Invitation).unwrap());

    assert_ne!(links[0].path(), links[1].path());
    assert_eq!(links[0].path().len(), "/invitation/".len() + 64);
    assert_eq!(format!("{:?}", links[0]), "NewLink(invitation, …)");
}
