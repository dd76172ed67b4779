use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use greengrid_domain::identity::{NewPassword, NewPasswordError, Role, Scope, TokenId};
use uuid::Uuid;

use super::fake::{Fake, diana, identity};
use super::*;
use crate::actor::Actor;

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
const NOBODY: Actor = Actor::Anyone(Role::Ops);

#[tokio::test]
async fn the_right_password_opens_in_whatever_case_the_address_is() {
    let fake = Arc::new(Fake::default());
    let identity = identity(&fake, false);
    identity.add_user(&Actor::CommandLine, diana("correct horse")).await.unwrap();

    let member = identity.sign_in(" Diana@Example.org ", "correct horse", HERE).await.unwrap();

    assert_eq!(member.user.role, Role::Ops);
    assert_eq!(*fake.successes.lock(), 1);
}

#[tokio::test]
async fn whoever_is_refused_costs_a_hash_and_hears_the_same() {
    let fake = Arc::new(Fake::default());
    let identity = identity(&fake, false);
    let user = identity.add_user(&Actor::CommandLine, diana("correct horse")).await.unwrap();
    let refused = async |email: &str, password: &str| {
        identity.sign_in(email, password, HERE).await.unwrap_err().to_string()
    };

    let wrong = refused("diana@example.org", "wrong horse").await;
    let unknown = refused("nobody@example.org", "correct horse").await;
    let nonsense = refused("no address", "correct horse").await;
    identity.deactivate(&Actor::CommandLine, user.id).await.unwrap();
    let closed = refused("diana@example.org", "correct horse").await;

    assert_eq!([&unknown, &nonsense, &closed], [&wrong; 3]);
    let kept = Some("correct horse".to_owned());
    assert_eq!(*fake.checked.lock(), [kept.clone(), None, None, kept]);
    assert_eq!(*fake.successes.lock(), 0);
}

#[tokio::test]
async fn whoever_came_too_often_is_told_how_long_to_wait_and_costs_nothing() {
    let fake = Arc::new(Fake::default());
    *fake.closed.lock() = Some(Duration::from_secs(90));

    let error = identity(&fake, false).sign_in("a@example.org", "b", HERE).await.unwrap_err();

    let wait = Duration::from_secs(90);
    assert!(matches!(error, SignInError::TooMany { retry_after } if retry_after == wait));
    assert!(fake.checked.lock().is_empty());
}

#[tokio::test]
async fn the_password_of_the_demo_is_good_in_the_demo_alone() {
    let fake = Arc::new(Fake::default());
    let (demo, real) = (identity(&fake, true), identity(&fake, false));
    let user = demo.add_user(&Actor::System, diana(DEMO_PASSWORD)).await.unwrap();

    let to_add = real.add_user(&Actor::CommandLine, diana(DEMO_PASSWORD)).await;
    let password = NewPassword::new(DEMO_PASSWORD).unwrap();
    let to_set = real.set_password(&Actor::CommandLine, user.id, &password).await;

    assert!(demo.sign_in("diana@example.org", DEMO_PASSWORD, HERE).await.is_ok());
    assert!(matches!(to_add, Err(AccountError::DemoPassword)));
    assert!(matches!(to_set, Err(AccountError::DemoPassword)));
    let signed_in = real.sign_in("diana@example.org", DEMO_PASSWORD, HERE).await;
    assert!(matches!(signed_in, Err(SignInError::Refused)));
}

#[tokio::test]
async fn only_administrators_manage_accounts_and_never_their_own_access() {
    let fake = Arc::new(Fake::default());
    let identity = identity(&fake, false);
    let someone = Uuid::nil().into();
    let admin = Actor::User { id: someone, role: Role::Admin };

    let denied = [
        identity.add_user(&NOBODY, diana("correct horse")).await.err(),
        identity.set_role(&NOBODY, someone, Role::Admin).await.err(),
        identity.deactivate(&NOBODY, someone).await.err(),
        identity.users(&NOBODY).await.err(),
        identity.tokens(&NOBODY).await.err(),
        identity.trail(&NOBODY, &TrailQuery::default()).await.err(),
        identity.people(&NOBODY, &PeopleQuery::default()).await.err(),
        identity.create_token(&NOBODY, "x", vec![Scope::ReadingsWrite]).await.err(),
        identity.revoke_token(&NOBODY, someone_token()).await.err(),
    ];
    let own = identity.set_role(&admin, someone, Role::Ops).await;

    assert!(denied.iter().all(|error| matches!(error, Some(AccountError::Denied(_)))));
    assert!(matches!(own, Err(AccountError::Own)));
}

fn someone_token() -> TokenId {
    Uuid::nil().into()
}

#[tokio::test]
async fn a_secret_is_recognised_and_not_kept() {
    let fake = Arc::new(Fake::default());
    let identity = identity(&fake, false);
    let scopes = vec![Scope::ReadingsWrite, Scope::ReadingsWrite];

    let made = identity.create_token(&Actor::CommandLine, " Logger\n1 ", scopes).await;
    let (token, secret) = made.unwrap();

    assert_eq!((token.name.as_str(), token.scopes.len()), ("Logger 1", 1));
    assert!(secret.starts_with("gg_") && secret.len() == 67);
    assert_ne!(fake.tokens.lock()[0].1.as_slice(), secret.as_bytes());
    assert_eq!(identity.authenticate_token(&secret).await.unwrap(), Some(token));
    assert_eq!(identity.authenticate_token("gg_other").await.unwrap(), None);
    let no_scope = identity.create_token(&Actor::CommandLine, "x", Vec::new()).await;
    assert!(matches!(no_scope, Err(AccountError::NoScope)));
}

#[tokio::test]
async fn a_password_that_others_would_think_of_is_refused() {
    let fake = Arc::new(Fake::default());
    let identity = identity(&fake, false);
    let refused = async |password: &str| {
        let error = identity.add_user(&Actor::CommandLine, diana(password)).await.unwrap_err();
        matches!(error, AccountError::Password(NewPasswordError::Guessable))
    };

    assert!(refused("passwordpassword").await);
    assert!(refused("diana@example.org").await);
    assert!(fake.accounts.lock().is_empty());
}

#[tokio::test]
async fn a_page_of_the_trail_says_whether_there_is_more() {
    let identity = identity(&Arc::new(Fake::default()), false);

    let (entries, more) =
        identity.trail(&Actor::CommandLine, &TrailQuery::default()).await.unwrap();

    assert_eq!((entries.len(), more), (TRAIL_PER_PAGE as usize, true));
}
