use super::Expected;
use crate::ingestion::vendors::{VendorGateway, VendorSite};

/// Sites offered when the one asked for is not there.
const NEAR: usize = 3;

/// The sites of the credential whose number or name is nearest.
pub(super) async fn near(gateway: &dyn VendorGateway, expected: &Expected) -> Vec<VendorSite> {
    let mut sites = gateway.sites().await.unwrap_or_default();
    let distance = |site: &VendorSite| {
        let number = edits(site.id.as_str(), expected.id.as_str());
        number.min(edits(&site.name.to_lowercase(), &expected.name.to_lowercase()))
    };
    sites.sort_by_cached_key(distance);
    sites.truncate(NEAR);
    sites
}

/// How many letters have to be put in, taken out or changed to make one text of
/// another.
pub(super) fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
