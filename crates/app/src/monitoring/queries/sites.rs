use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;
use std::sync::Arc;

use greengrid_domain::fleet::{Site, SiteId};
use greengrid_domain::monitoring::{Assessment, Spark, Status};
use greengrid_domain::units::{Energy, Power};

use super::{Monitoring, MonitoringError, holds, settled};
use crate::monitoring::site_list::{SiteSort, SitesPage, SitesQuery};
use crate::monitoring::{Standing, StoredAssessment};

/// Sites on a page.
const PAGE: usize = 50;

pub(super) async fn sites(
    service: &Monitoring,
    query: &SitesQuery,
) -> Result<SitesPage, MonitoringError> {
    let fleet = service.standing().await?;
    let mut matching: Vec<&(Arc<Site>, Standing)> =
        fleet.standings.iter().filter(|found| matches(found, query)).collect();
    matching.sort_by(|a, b| {
        let order = compare(query.sort, a, b).then_with(|| a.0.id.cmp(&b.0.id));
        if query.descending { order.reverse() } else { order }
    });
    let pages = matching.len().div_ceil(PAGE).max(1);
    let page = usize::try_from(query.page.max(1)).unwrap_or(1).min(pages);
    let shown: Vec<_> = matching.iter().skip((page - 1) * PAGE).take(PAGE).collect();
    let ids: Vec<SiteId> = shown.iter().map(|(site, _)| site.id).collect();
    let mut stored: HashMap<SiteId, StoredAssessment> = service
        .assessments
        .of_sites(&ids)
        .await?
        .into_iter()
        .map(|stored| (stored.assessment.site, stored))
        .collect();
    let sites = shown
        .into_iter()
        .map(|(site, standing)| {
            let stored = stored.remove(&site.id).unwrap_or_else(|| bare(standing));
            settled(site, stored, &fleet.handled, None)
        })
        .collect();
    Ok(SitesPage {
        as_of: service.now(),
        counts: fleet.counts,
        capacity_wp: fleet.capacity_wp,
        sites,
        matching: matching.len(),
        page: u32::try_from(page).unwrap_or(1),
        page_size: PAGE,
    })
}

fn matches((site, standing): &(Arc<Site>, Standing), query: &SitesQuery) -> bool {
    query.status.is_none_or(|status| standing.status == status)
        && query.region.as_ref().is_none_or(|region| site.details.region == *region)
        && query.brand.is_none_or(|brand| site.details.brand == brand)
        && query.text.as_deref().is_none_or(|text| holds(site, text))
}

fn compare(sort: SiteSort, a: &(Arc<Site>, Standing), b: &(Arc<Site>, Standing)) -> Ordering {
    let name = |row: &(Arc<Site>, Standing)| row.0.details.name.as_str().to_lowercase();
    let by_name = || name(a).cmp(&name(b));
    match sort {
        SiteSort::Loss => {
            let key = |row: &(Arc<Site>, Standing)| (Reverse(row.1.cents_per_day), row.1.status);
            key(a).cmp(&key(b))
        }
        SiteSort::Name => by_name(),
        SiteSort::Status => a.1.status.cmp(&b.1.status).then_with(by_name),
        SiteSort::Region => a.0.details.region.cmp(&b.0.details.region).then_with(by_name),
        SiteSort::Capacity => {
            Reverse(a.0.details.array.capacity).cmp(&Reverse(b.0.details.array.capacity))
        }
        SiteSort::Power => Reverse(a.1.power_w).cmp(&Reverse(b.1.power_w)),
        SiteSort::Index => index(&a.1).total_cmp(&index(&b.1)),
        SiteSort::LastReading => a.1.last_reading_at.cmp(&b.1.last_reading_at),
        SiteSort::Newest => Reverse(a.0.id).cmp(&Reverse(b.0.id)),
    }
}

/// Production against expected now; sites of which that cannot be said come
/// last.
#[expect(clippy::cast_precision_loss, reason = "watts are far below 2^53")]
fn index(standing: &Standing) -> f64 {
    match (standing.power_w, standing.expected_power_w) {
        (Some(power), Some(expected)) if expected > 0 => power as f64 / expected as f64,
        _ => f64::INFINITY,
    }
}

/// What the numbers alone say, should the rest have gone since they were read.
fn bare(standing: &Standing) -> StoredAssessment {
    StoredAssessment {
        assessment: Assessment {
            site: standing.site,
            status: match standing.status {
                Status::OnTrack => Status::OnTrack,
                _ => Status::Watch,
            },
            finding: None,
            power_now: standing.power_w.map(Power::from_watts),
            expected_now: standing.expected_power_w.map(Power::from_watts),
            energy_today: Energy::from_wh(standing.energy_today_wh),
            expected_today: Energy::from_wh(standing.expected_today_wh),
            last_reading_at: standing.last_reading_at,
            spark: Spark {
                from: standing.last_reading_at.unwrap_or_default(),
                actual: Vec::new(),
                expected: Vec::new(),
            },
            daily_index: Vec::new(),
        },
        raised_at: None,
        owner: None,
    }
}
