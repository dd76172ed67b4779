//! Where the demo stands, and how far its readings go.

use greengrid_app::error::StoreError;
use greengrid_domain::fleet::{DeviceId, SiteId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgPool;

use super::failure::failed;

/// Where the demo stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoState {
    /// From which seed the fleet was made.
    pub seed: u64,
    /// How many sites it has.
    pub sites: usize,
    /// What the demo's clock showed when it was last seen.
    pub clock_at: Timestamp,
    /// Whether the history is complete, with all that is derived from it.
    pub seeded: bool,
}

/// The newest reading of a device that shows its counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Newest {
    /// At which site.
    pub site: SiteId,
    /// Which device.
    pub device: DeviceId,
    /// When it was measured.
    pub measured_at: Timestamp,
    /// What the counter showed, in watt-hours.
    pub counter_wh: u64,
}

/// Keeps where the demo stands.
#[derive(Debug, Clone)]
pub struct PgDemoStore {
    pool: PgPool,
}

impl PgDemoStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Where the demo stands, if there is one.
    pub async fn state(&self) -> Result<Option<DemoState>, StoreError> {
        let row = sqlx::query!(
            r#"select seed, sites, clock_at as "clock_at: jiff_sqlx::Timestamp", seeded
               from demo_state"#
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?;
        Ok(row.map(|row| DemoState {
            seed: row.seed.cast_unsigned(),
            sites: usize::try_from(row.sites).unwrap_or(0),
            clock_at: row.clock_at.to_jiff(),
            seeded: row.seeded,
        }))
    }

    /// Begins a demo, unless one has begun.
    pub async fn begin(
        &self,
        seed: u64,
        sites: usize,
        clock_at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into demo_state (seed, sites, clock_at) values ($1, $2, $3)
             on conflict do nothing",
            seed.cast_signed(),
            i32::try_from(sites).unwrap_or(i32::MAX),
            clock_at.to_sqlx() as _,
        )
        .execute(&self.pool)
        .await
        .map_err(failed)?;
        Ok(())
    }

    /// Notes that the history is complete, with all that is derived from it.
    pub async fn finish(&self) -> Result<(), StoreError> {
        sqlx::query!("update demo_state set seeded = true")
            .execute(&self.pool)
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// Notes what the clock shows.
    pub async fn keep(&self, clock_at: Timestamp) -> Result<(), StoreError> {
        sqlx::query!("update demo_state set clock_at = $1", clock_at.to_sqlx() as _)
            .execute(&self.pool)
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// The newest reading with a counter of every device that has one.
    pub async fn newest(&self) -> Result<Vec<Newest>, StoreError> {
        let rows = sqlx::query!(
            r#"select d.site_id, d.id,
                      newest.measured_at as "measured_at!: jiff_sqlx::Timestamp",
                      newest.energy_total_wh as "counter_wh!"
               from device d
               cross join lateral (
                   select r.measured_at, r.energy_total_wh from reading_event r
                   where r.site_id = d.site_id and r.device_id = d.id
                     and r.energy_total_wh is not null
                   order by r.measured_at desc, r.revision desc limit 1
               ) newest"#
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        Ok(rows
            .into_iter()
            .map(|row| Newest {
                site: row.site_id.into(),
                device: row.id.into(),
                measured_at: row.measured_at.to_jiff(),
                counter_wh: u64::try_from(row.counter_wh).unwrap_or(0),
            })
            .collect())
    }
}
