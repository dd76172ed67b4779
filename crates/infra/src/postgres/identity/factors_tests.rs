use greengrid_app::identity::factors::FactorStore;
use greengrid_app::identity::{Changed, PasswordHash, UserStore};
use greengrid_domain::identity::{Role, TotpSecret, User, UserId};
use greengrid_domain::messages::{Letter, LetterKind};
use greengrid_domain::observability::Initiator;
use sqlx::PgPool;
use uuid::Uuid;

use super::{PgFactorStore, PgUserStore};
use crate::postgres::testing::TestDatabase;
use crate::seal::Sealer;

const BY: Initiator = Initiator::CommandLine;
const SERVER: &[u8] = b"0123456789abcdef0123456789abcdef";

fn store(pool: &PgPool) -> PgFactorStore {
    PgFactorStore::new(pool.clone(), Sealer::of_factors(SERVER))
}

fn secret() -> TotpSecret {
    TotpSecret::from(*b"12345678901234567890")
}

fn letter() -> Letter {
    Letter::builder()
        .key(Uuid::now_v7().to_string())
        .to("diana@example.org".parse().unwrap())
        .kind(LetterKind::Notice)
        .subject("Second factor")
        .text("It changed.")
        .build()
}

async fn diana(pool: &PgPool) -> UserId {
    let user = User {
        id: Uuid::now_v7().into(),
        email: "diana@example.org".parse().unwrap(),
        name: "Diana Reyes".parse().unwrap(),
        role: Role::Ops,
        active: true,
    };
    let hash = PasswordHash("hash".to_owned());
    PgUserStore::new(pool.clone()).add(&user, &hash, BY).await.unwrap();
    user.id
}

async fn on(pool: &PgPool, codes: &[[u8; 32]]) -> UserId {
    let (id, factors) = (diana(pool).await, store(pool));
    assert_eq!(factors.begin(id, &secret()).await.unwrap(), Changed::Done);
    let confirmed = factors.confirm(id, 100, codes, &letter(), BY).await.unwrap();
    assert_eq!(confirmed, Changed::Done);
    id
}

#[tokio::test]
async fn a_factor_is_kept_sealed_and_only_a_confirmed_one_stays() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    let (id, factors) = (diana(&pool).await, store(&pool));
    factors.begin(id, &TotpSecret::from([7; 20])).await.unwrap();
    factors.begin(id, &secret()).await.unwrap();

    let kept = factors.find(id).await.unwrap().unwrap();
    assert_eq!((kept.secret, kept.confirmed, kept.used_step), (secret(), false, None));
    let sealed: Vec<u8> = sqlx::query_scalar("select sealed_secret from second_factor")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(!sealed.windows(20).any(|part| part == secret().expose()));
    let other = PgFactorStore::new(pool.clone(), Sealer::of_factors(&[b'x'; 32]));
    assert!(other.find(id).await.is_err());

    factors.confirm(id, 100, &[[1; 32]], &letter(), BY).await.unwrap();
    let late = factors.begin(id, &TotpSecret::from([7; 20])).await.unwrap();
    assert_eq!(late, Changed::AlreadySo);
    let twice = factors.confirm(id, 101, &[[2; 32]], &letter(), BY).await.unwrap();
    assert_eq!(twice, Changed::AlreadySo);
    let kept = factors.find(id).await.unwrap().unwrap();
    assert_eq!((kept.used_step, kept.codes_left), (Some(100), 1));
}

#[tokio::test]
async fn of_many_who_use_a_code_at_the_same_instant_one_passes() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    let id = on(&pool, &[[1; 32], [2; 32]]).await;
    let factors = store(&pool);

    let steps = (0..6).map(|_| factors.use_step(id, 101));
    let passed = futures::future::join_all(steps).await;
    assert_eq!(passed.into_iter().filter(|passed| *passed.as_ref().unwrap()).count(), 1);
    assert!(!factors.use_step(id, 100).await.unwrap());

    let code = [1; 32];
    let codes = (0..6).map(|_| factors.use_code(id, &code));
    let passed = futures::future::join_all(codes).await;
    assert_eq!(passed.into_iter().filter(|passed| *passed.as_ref().unwrap()).count(), 1);
    assert_eq!(factors.find(id).await.unwrap().unwrap().codes_left, 1);
}

#[tokio::test]
async fn new_codes_end_the_old_and_a_removed_factor_leaves_nothing_but_its_trail() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    let id = on(&pool, &[[1; 32]]).await;
    let factors = store(&pool);

    assert_eq!(factors.renew_codes(id, &[[3; 32], [4; 32]], BY).await.unwrap(), Changed::Done);
    assert!(!factors.use_code(id, &[1; 32]).await.unwrap());
    assert!(factors.use_code(id, &[3; 32]).await.unwrap());

    assert_eq!(factors.remove(id, &letter(), BY).await.unwrap(), Changed::Done);
    assert_eq!(factors.remove(id, &letter(), BY).await.unwrap(), Changed::Missing);
    assert_eq!(factors.find(id).await.unwrap(), None);
    assert_eq!(factors.renew_codes(id, &[[5; 32]], BY).await.unwrap(), Changed::Missing);
    let trail: Vec<String> =
        sqlx::query_scalar("select action from audit_entry where action <> 'add_user' order by id")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(
        trail,
        [
            "turn_on_second_factor",
            "renew_recovery_codes",
            "use_recovery_code",
            "turn_off_second_factor"
        ]
    );
    let letters: i64 =
        sqlx::query_scalar("select count(*) from mail_letter").fetch_one(&pool).await.unwrap();
    assert_eq!(letters, 2);
}
