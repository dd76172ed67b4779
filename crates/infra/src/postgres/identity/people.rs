use greengrid_app::error::StoreError;
use greengrid_app::identity::{PeopleCounts, PeoplePage, PeopleQuery, Person};
use greengrid_domain::identity::User;
use sqlx::PgPool;

use crate::postgres::failure::failed;

/// A page of so many people, and how many there are.
pub(super) async fn page(
    pool: &PgPool,
    query: &PeopleQuery,
    per_page: u32,
) -> Result<PeoplePage, StoreError> {
    let offset = i64::from(query.page.max(1) - 1) * i64::from(per_page);
    let rows = sqlx::query_file!(
        "src/postgres/identity/people.sql",
        query.text,
        query.role.map(<&str>::from),
        query.standing.map(<&str>::from),
        <&str>::from(query.sort),
        i64::from(per_page),
        offset
    )
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    let counts = sqlx::query!(
        r#"select count(*) filter (where active and password_hash is not null) as "active!",
                      count(*) filter (where active and password_hash is null) as "invited!",
                      count(*) filter (where not active) as "deactivated!",
                      count(*) filter (where active and password_hash is not null
                                         and role <> 'customer') as "staff!",
                      count(*) filter (where active and password_hash is not null
                                         and role <> 'customer' and confirmed_at is not null)
                          as "staff_with_factor!"
               from app_user left join second_factor on user_id = id"#
    )
    .fetch_one(pool)
    .await
    .map_err(failed)?;
    let count = |count: i64| usize::try_from(count).unwrap_or_default();
    Ok(PeoplePage {
        matching: rows.first().map_or(0, |row| count(row.matching)),
        people: rows
            .into_iter()
            .map(|row| {
                Ok(Person {
                    user: User {
                        id: row.id.into(),
                        email: row.email.parse().map_err(StoreError::new)?,
                        name: row.name.parse().map_err(StoreError::new)?,
                        role: row.role.parse().map_err(StoreError::new)?,
                        active: row.active,
                    },
                    invited: row.invited,
                    second_factor: row.second_factor,
                    created_at: row.created_at.to_jiff(),
                    last_seen_at: row.last_seen_at.map(jiff_sqlx::Timestamp::to_jiff),
                })
            })
            .collect::<Result<_, StoreError>>()?,
        counts: PeopleCounts {
            active: count(counts.active),
            invited: count(counts.invited),
            deactivated: count(counts.deactivated),
            staff: count(counts.staff),
            staff_with_factor: count(counts.staff_with_factor),
        },
    })
}
