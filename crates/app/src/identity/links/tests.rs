use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use greengrid_domain::identity::{LinkPurpose, LinkState, NewPasswordError, Role};

use super::*;
use crate::actor::Actor;
use crate::identity::fake::{Fake, diana, identity};
use crate::identity::{AccountError, Identity, SignInError};
use crate::messages::Links;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

fn links() -> Links {
    Links::under("https://green.example")
}

async fn invited(identity: &Identity) -> String {
    let invitee = Invitee {
        email: "diana@example.org".parse().unwrap(),
        name: "Diana".parse().unwrap(),
        role: Role::Ops,
    };
    let (_, link) = identity.invite(&Actor::CommandLine, invitee, &links()).await.unwrap();
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

    let denied = identity.invite(&Actor::Anyone(Role::Ops), invitee, &links()).await;

    assert!(matches!(denied, Err(AccountError::Denied(_))));
}

#[test]
fn a_secret_never_shows_in_a_log_and_is_never_the_same_twice() {
    let links = [0, 1].map(|_| NewLink::fresh(LinkPurpose::Invitation).unwrap());

    assert_ne!(links[0].path(), links[1].path());
    assert_eq!(links[0].path().len(), "/invitation/".len() + 64);
    assert_eq!(format!("{:?}", links[0]), "NewLink(invitation, …)");
}

#[tokio::test]
async fn the_letter_of_an_invitation_holds_the_whole_address() {
    let fake = Arc::new(Fake::default());
    let secret = invited(&identity(&fake, false)).await;

    let letters = fake.letters.lock();
    assert_eq!(letters[0].to.as_str(), "diana@example.org");
    assert!(letters[0].text.contains(&format!("https://green.example/invitation/{secret}\n")));
    assert!(!letters[0].key.as_str().contains(&secret));
}

#[tokio::test(start_paused = true)]
async fn asking_for_a_password_takes_as_long_and_says_the_same_for_anybody() {
    let fake = Arc::new(Fake::default());
    let identity = identity(&fake, false);
    identity.add_user(&Actor::CommandLine, diana("correct horse battery")).await.unwrap();
    *fake.slow.lock() = Duration::from_millis(150);
    let mut took = Vec::new();

    for email in ["Diana@Example.org", "nobody@example.org", "no address", ""] {
        let since = tokio::time::Instant::now();
        identity.forgot_password(email, HERE, &links()).await.unwrap();
        took.push(since.elapsed());
    }

    assert_eq!(took, [service::ASKING; 4]);
    assert_eq!(fake.letters.lock().len(), 1);
    assert_eq!(fake.letters.lock()[0].to.as_str(), "diana@example.org");
}

#[tokio::test]
async fn whoever_asks_too_often_waits_and_whoever_has_no_access_gets_no_letter() {
    let fake = Arc::new(Fake::default());
    let identity = identity(&fake, false);
    let user = identity.add_user(&Actor::CommandLine, diana("correct horse battery")).await;
    identity.deactivate(&Actor::CommandLine, user.unwrap().id).await.unwrap();

    identity.forgot_password("diana@example.org", HERE, &links()).await.unwrap();
    *fake.closed.lock() = Some(Duration::from_mins(1));
    let error = identity.forgot_password("diana@example.org", HERE, &links()).await.unwrap_err();

    assert!(matches!(error, SignInError::TooMany { .. }));
    assert!(fake.letters.lock().is_empty());
    // Not the count of signing in: asking must not lock anybody out.
    let signing_in = crate::identity::attempts::key("", "diana@example.org");
    assert!(!fake.counted.lock().contains(&signing_in));
}

#[tokio::test]
async fn a_reset_tells_the_owner() {
    let fake = Arc::new(Fake::default());
    let identity = identity(&fake, false);
    identity.add_user(&Actor::CommandLine, diana("correct horse battery")).await.unwrap();
    identity.forgot_password("diana@example.org", HERE, &links()).await.unwrap();
    let text = fake.letters.lock()[0].text.clone();
    let secret = text.split("/reset/").nth(1).unwrap().split('\n').next().unwrap();

    identity.reset_password(secret, "another horse staple").await.unwrap();

    assert_eq!(fake.letters.lock()[1].subject.as_str(), "Your password has changed");
    assert!(identity.sign_in("diana@example.org", "another horse staple", HERE).await.is_ok());
}
