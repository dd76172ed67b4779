use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::ingestion::SampleTrail;
use greengrid_domain::fleet::SiteCode;
use greengrid_domain::observability::{AuditSubject, Initiator};
use greengrid_domain::units::Power;
use serde_json::json;
use sqlx::PgPool;

use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;

/// Notes readings that were sent by hand in the audit trail.
#[derive(Debug, Clone)]
pub struct PgSampleTrail {
    pool: PgPool,
}

impl PgSampleTrail {
    /// The trail behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl SampleTrail for PgSampleTrail {
    async fn note(&self, by: Initiator, site: &SiteCode, power: Power) -> Result<(), StoreError> {
        let change = Change {
            subject: AuditSubject::Site,
            subject_id: site.to_string(),
            action: "send_reading",
            before: None,
            after: Some(json!({ "power_w": power.watts() })),
        };
        let noted = async {
            let mut tx = self.pool.begin().await?;
            audit::record(&mut tx, by, &[change]).await?;
            tx.commit().await
        };
        noted.await.map_err(failed)
    }
}
