use greengrid_domain::ingestion::{Reason, Reasons};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

use super::scope::{Day, Run, Scope};

/// Settings for the transactions of a projection: plans that follow the
/// primary keys whatever the statistics say, room to group in memory, and no
/// compilation of statements that run for milliseconds.
pub(super) async fn prepare(
    connection: &mut PgConnection,
    search_path: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"select set_config('search_path', $1, true) as "path!",
                  set_config('enable_seqscan', 'off', true) as "seqscan!",
                  set_config('enable_bitmapscan', 'off', true) as "bitmapscan!",
                  set_config('work_mem', '64MB', true) as "memory!",
                  set_config('jit', 'off', true) as "jit!""#,
        search_path,
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// By these a reading says nothing: its values, its time or its units are wrong.
const SAYS_NOTHING: [Reason; 3] =
    [Reason::OutOfRange, Reason::InFuture, Reason::WrongUnitSuspected];

fn bits<const N: usize>(reasons: [Reason; N]) -> i32 {
    Reasons::from_iter(reasons).bits()
}

/// Recomputes everything in the scope.
pub(super) async fn write(connection: &mut PgConnection, scope: &Scope) -> Result<(), sqlx::Error> {
    intervals(connection, &scope.runs).await?;
    days(connection, &scope.days).await?;
    due(connection, scope).await
}

async fn intervals(connection: &mut PgConnection, runs: &[Run]) -> Result<(), sqlx::Error> {
    let sites: Vec<i32> = runs.iter().map(|run| run.site).collect();
    let from: Vec<jiff_sqlx::Timestamp> =
        runs.iter().map(|run| run.from.start().to_sqlx()).collect();
    let to: Vec<jiff_sqlx::Timestamp> = runs.iter().map(|run| run.to.start().to_sqlx()).collect();
    let cadences: Vec<i32> = runs.iter().map(|run| run.cadence_s).collect();
    sqlx::query_file!(
        "src/postgres/projection/intervals.sql",
        &sites,
        &from as &[jiff_sqlx::Timestamp],
        &to as &[jiff_sqlx::Timestamp],
        &cadences,
        bits(SAYS_NOTHING),
        bits([Reason::CounterReset]),
        bits([Reason::InverterFault]),
        bits([Reason::ImpossibleCounter]),
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query_file!(
        "src/postgres/projection/newest.sql",
        &sites,
        &from as &[jiff_sqlx::Timestamp],
        &to as &[jiff_sqlx::Timestamp],
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn days(connection: &mut PgConnection, days: &[Day]) -> Result<(), sqlx::Error> {
    let sites: Vec<i32> = days.iter().map(|day| day.site).collect();
    let dates: Vec<jiff_sqlx::Date> = days.iter().map(|day| day.date.to_sqlx()).collect();
    let from: Vec<jiff_sqlx::Timestamp> = days.iter().map(|day| day.from.to_sqlx()).collect();
    let to: Vec<jiff_sqlx::Timestamp> = days.iter().map(|day| day.to.to_sqlx()).collect();
    sqlx::query_file!(
        "src/postgres/projection/days.sql",
        &sites,
        &dates as &[jiff_sqlx::Date],
        &from as &[jiff_sqlx::Timestamp],
        &to as &[jiff_sqlx::Timestamp],
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn due(connection: &mut PgConnection, scope: &Scope) -> Result<(), sqlx::Error> {
    let regions: Vec<&str> = scope.due.iter().map(|(region, _)| region.as_str()).collect();
    let days: Vec<jiff_sqlx::Date> = scope.due.iter().map(|(_, day)| day.to_sqlx()).collect();
    sqlx::query!(
        "insert into assessment_due (region, utc_day)
         select * from unnest($1::text[], $2::date[])
         on conflict do nothing",
        &regions as &[&str],
        &days as &[jiff_sqlx::Date],
    )
    .execute(connection)
    .await?;
    Ok(())
}
