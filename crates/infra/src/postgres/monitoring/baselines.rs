use greengrid_app::error::StoreError;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::monitoring::Baseline;

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
            r#"select site_id, gain, shape, usual_sky, confidence, version,
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
            Ok(Baseline {
                site: row.site_id.into(),
                gain: row.gain,
                shape: row.shape.try_into().map_err(|_| StoreError::new("a day has 24 hours"))?,
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
        let sites: Vec<i32> = each().map(|b| b.site.into()).collect();
        let gains: Vec<f64> = each().map(|b| b.gain).collect();
        let shapes: Vec<String> =
            each().map(|b| array_text(b.shape.iter().copied().map(Some))).collect();
        let skies: Vec<f64> = each().map(|b| b.usual_sky).collect();
        let confidences: Vec<f64> = each().map(|b| b.confidence).collect();
        let versions: Vec<i32> = each().map(|b| b.version).collect();
        let from: Vec<Option<jiff_sqlx::Date>> =
            each().map(|b| b.trained.map(|(from, _)| from.into())).collect();
        let to: Vec<Option<jiff_sqlx::Date>> =
            each().map(|b| b.trained.map(|(_, to)| to.into())).collect();
        sqlx::query!(
            "insert into site_baseline
                 (site_id, gain, shape, usual_sky, confidence, version, trained_from, trained_to)
             select t.site_id, t.gain, t.shape::float8[], t.usual_sky, t.confidence, t.version,
                    t.trained_from, t.trained_to
             from unnest($1::integer[], $2::float8[], $3::text[], $4::float8[], $5::float8[],
                         $6::integer[], $7::date[], $8::date[])
                 as t (site_id, gain, shape, usual_sky, confidence, version, trained_from,
                       trained_to)
             join site on site.id = t.site_id
             on conflict (site_id) do update set
                 gain = excluded.gain, shape = excluded.shape, usual_sky = excluded.usual_sky,
                 confidence = excluded.confidence, version = excluded.version,
                 trained_from = excluded.trained_from, trained_to = excluded.trained_to",
            &sites,
            &gains,
            &shapes,
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
