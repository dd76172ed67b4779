use greengrid_app::monitoring::alerts::AlertLine;
use greengrid_domain::monitoring::Spark;
use sqlx::PgConnection;

/// Lines that get a chart: more than a letter spells out.
const LINES: usize = 30;

/// Adds the last three days of its site to each of the first lines.
pub(super) async fn add(
    connection: &mut PgConnection,
    lines: &mut [AlertLine],
) -> Result<(), sqlx::Error> {
    let lines = lines.iter_mut().take(LINES);
    let lines: Vec<&mut AlertLine> = lines.collect();
    let sites: Vec<i32> = lines.iter().map(|line| line.record.site.into()).collect();
    let rows = sqlx::query!(
        r#"select site_id, spark_from as "spark_from: jiff_sqlx::Timestamp",
                  spark_actual as "spark_actual: Vec<Option<i32>>", spark_expected
           from overview_row where site_id = any($1)"#,
        &sites
    )
    .fetch_all(connection)
    .await?;
    for line in lines {
        let site: i32 = line.record.site.into();
        line.spark = rows.iter().find(|row| row.site_id == site).map(|row| Spark {
            from: row.spark_from.to_jiff(),
            actual: row.spark_actual.clone(),
            expected: row.spark_expected.clone(),
        });
    }
    Ok(())
}
