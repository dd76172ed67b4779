use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use greengrid_domain::identity::{LinkPurpose, NewPasswordError, User};

use super::fake::{Fake, diana, identity};
use super::*;
use crate::actor::Actor;
use crate::messages::Links;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
const PASSWORD: &str = "correct horse battery";

async fn diana_in(identity: &Identity) -> (User, Actor) {
    let user = identity.add_user(&Actor::CommandLine, diana(PASSWORD)).await.unwrap();
    let actor = Actor::of(&user);
    (user, actor)
}

fn links() -> Links {
    Links::under("https://green.example")
}

#[tokio::test]
async fn changing_a_password_takes_the_present_one_and_tells_the_owner() {
    let fake = Arc::new(Fake::default());
    let identity = identity(&fake, false);
    let (user, actor) = diana_in(&identity).await;

    let wrong = identity.change_own_password(&actor, "wrong", "another horse staple", HERE).await;
    let weak = identity.change_own_password(&actor, PASSWORD, "passwordpassword", HERE).await;
    assert!(matches!(wrong, Err(OwnError::WrongPassword)));
    assert!(matches!(weak, Err(OwnError::Password(NewPasswordError::Guessable))));
    assert!(fake.letters.lock().is_empty());

    let changed = identity.change_own_password(&actor, PASSWORD, "another horse staple", HERE);
    let member = changed.await.unwrap();

    assert_eq!((member.user.id, member.auth_version), (user.id, 2));
    assert_eq!(fake.letters.lock()[0].to, user.email);
    assert!(identity.sign_in("diana@example.org", "another horse staple", HERE).await.is_ok());
}

#[tokio::test]
async fn an_address_changes_only_by_a_link_sent_to_it_and_the_old_one_is_told_twice() {
    let fake = Arc::new(Fake::default());
    let identity = identity(&fake, false);
    let (_, actor) = diana_in(&identity).await;

    let new = "Reyes+solar@m\u{fc}nchen.example";
    identity.ask_for_address(&actor, new, PASSWORD, HERE, &links()).await.unwrap();
    let before = identity.sign_in(new, PASSWORD, HERE).await;
    let text = fake.letters.lock()[0].text.clone();
    let secret = text.split("/address/").nth(1).unwrap().split('\n').next().unwrap();
    identity.confirm_address(secret).await.unwrap();

    assert!(before.is_err());
    assert!(identity.sign_in(new, PASSWORD, HERE).await.is_ok());
    let told: Vec<String> = fake.letters.lock().iter().map(|l| l.to.to_string()).collect();
    assert_eq!(told, ["Reyes+solar@münchen.example", "diana@example.org", "diana@example.org"]);
}

#[tokio::test]
async fn whether_an_address_belongs_to_somebody_else_is_not_told() {
    let fake = Arc::new(Fake::default());
    let identity = identity(&fake, false);
    let (_, actor) = diana_in(&identity).await;
    let other = User {
        id: uuid::Uuid::from_u128(8).into(),
        email: "other@example.org".parse().unwrap(),
        ..fake.accounts.lock()[0].member.user.clone()
    };
    let member = Member { user: other, auth_version: 1 };
    fake.accounts.lock().push(Account { member, password: None });

    let links = links();
    let taken = identity.ask_for_address(&actor, "OTHER@example.org", PASSWORD, HERE, &links);

    assert!(taken.await.is_ok());
    assert!(fake.letters.lock().is_empty());
    let own = identity.ask_for_address(&actor, "diana@example.org", PASSWORD, HERE, &links);
    assert!(matches!(own.await, Err(OwnError::SameAddress)));
    assert!(!fake.links.lock().iter().any(|l| l.0 == LinkPurpose::AddressChange));
}

#[tokio::test]
async fn guessing_the_present_password_is_throttled_like_signing_in() {
    let fake = Arc::new(Fake::default());
    let identity = identity(&fake, false);
    let (_, actor) = diana_in(&identity).await;
    *fake.closed.lock() = Some(Duration::from_mins(1));

    let error = identity.change_own_password(&actor, PASSWORD, "another horse staple", HERE).await;

    assert!(matches!(error, Err(OwnError::TooMany { .. })));
    assert_eq!(*fake.counted.lock(), [attempts::key("", "diana@example.org")]);
}
