use greengrid_app::error::StoreError;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::monitoring::orientation::Orientation;
use greengrid_domain::monitoring::{Baseline, Profile};

use super::PgAssessmentStore;
use super::rows::array_text;
use crate::postgres::failure::failed;

impl PgAssessmentStore {
    pub(super) async fn read_baselines(
        &self,
        sites: &[SiteId],
    ) -> Result<Vec<Baseline>, StoreError> {
        let sites: Vec<i32> = sites.iter().map(|site| (*site).into()).collect();
        sqlx::query!(
            r#"select site_id, gain, profile, hours, tilt_deg, azimuth_deg, scatter, peak_w,
                      usual_sky, confidence, version,
                      trained_from as "trained_from: jiff_sqlx::Date",
                      trained_to as "trained_to: jiff_sqlx::Date"
               from site_baseline where site_id = any($1)"#,
            &sites
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?
        .into_iter()
        .map(|row| {
            let trained = row.trained_from.zip(row.trained_to);
            let turned = row.tilt_deg.zip(row.azimuth_deg);
            Ok(Baseline {
                site: row.site_id.into(),
                orientation: turned
                    .map(|(tilt_deg, azimuth_deg)| Orientation { tilt_deg, azimuth_deg }),
                gain: row.gain,
                profile: Profile::from_values(row.profile)
                    .ok_or_else(|| StoreError::new("a stored profile is none"))?,
                hours: row.hours.try_into().map_err(|_| StoreError::new("a day has 24 hours"))?,
                scatter: row.scatter,
                peak_w: row.peak_w,
                usual_sky: row.usual_sky,
                confidence: row.confidence,
                version: row.version,
                trained: trained.map(|(from, to)| (from.to_jiff(), to.to_jiff())),
            })
        })
        .collect()
    }

    pub(super) async fn replace_baselines(
        &self,
        baselines: &[Baseline],
    ) -> Result<(), sqlx::Error> {
        let each = || baselines.iter();
        let floats = |values: &[f32]| array_text(values.iter().copied().map(Some));
        let sites: Vec<i32> = each().map(|b| b.site.into()).collect();
        let gains: Vec<f64> = each().map(|b| b.gain).collect();
        let profiles: Vec<String> = each().map(|b| floats(b.profile.values())).collect();
        let hours: Vec<String> = each().map(|b| floats(&b.hours)).collect();
        let tilts: Vec<Option<f64>> = each().map(|b| b.orientation.map(|o| o.tilt_deg)).collect();
        let azimuths: Vec<Option<f64>> =
            each().map(|b| b.orientation.map(|o| o.azimuth_deg)).collect();
        let scatters: Vec<f64> = each().map(|b| b.scatter).collect();
        let peaks: Vec<f64> = each().map(|b| b.peak_w).collect();
        let skies: Vec<f64> = each().map(|b| b.usual_sky).collect();
        let confidences: Vec<f64> = each().map(|b| b.confidence).collect();
        let versions: Vec<i32> = each().map(|b| b.version).collect();
        let from: Vec<Option<jiff_sqlx::Date>> =
            each().map(|b| b.trained.map(|(from, _)| from.into())).collect();
        let to: Vec<Option<jiff_sqlx::Date>> =
            each().map(|b| b.trained.map(|(_, to)| to.into())).collect();
        sqlx::query_file!(
            "src/postgres/monitoring/save_baselines.sql",
            &sites,
            &gains,
            &profiles,
            &hours,
            &tilts as &[Option<f64>],
            &azimuths as &[Option<f64>],
            &scatters,
            &peaks,
            &skies,
            &confidences,
            &versions,
            &from as &[Option<jiff_sqlx::Date>],
            &to as &[Option<jiff_sqlx::Date>],
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
