use greengrid_domain::fleet::RegionCode;
use greengrid_domain::monitoring::alert::AlertChange;
use greengrid_domain::observability::Initiator;
use jiff::Timestamp;
use sqlx::PgConnection;

use crate::postgres::audit;
use crate::postgres::monitoring::assessments::sql_time;

/// Something that was changed about what is told.
pub(super) struct Changed<'a> {
    pub(super) at: Timestamp,
    pub(super) event: AlertChange,
    /// The rule, or what is kept quiet, in words.
    pub(super) what: &'a str,
    pub(super) why: Option<&'a str>,
    /// Of which region alone.
    pub(super) region: Option<&'a RegionCode>,
}

/// Keeps for the handover that something was changed.
pub(super) async fn keep(
    connection: &mut PgConnection,
    by: Initiator,
    changed: &Changed<'_>,
) -> Result<(), sqlx::Error> {
    let by_user = match by {
        Initiator::User(_) => audit::initiator(by).1,
        _ => None,
    };
    sqlx::query!(
        "insert into alert_change (at, by_user, event, what, why, region)
         values ($1, $2, $3, $4, $5, $6)",
        sql_time(changed.at) as _,
        by_user,
        <&str>::from(changed.event),
        changed.what,
        changed.why,
        changed.region.map(RegionCode::as_str),
    )
    .execute(connection)
    .await?;
    Ok(())
}
