use maud::{Markup, html};

use super::SiteView;
use crate::components::charts::{self, Curve, CurvePoint};
use crate::components::format;
use crate::urls;

/// Today's curve, live.
pub(super) fn today(view: &SiteView<'_>) -> Markup {
    let (page, site) = (view.page, view.site());
    let points: Vec<CurvePoint> = page.today.points.iter().map(CurvePoint::from).collect();
    let label = format!(
        "Power today: {} made, {} expected until now.",
        format::energy(page.today.energy),
        format::energy(page.today.expected)
    );
    html! {
        section .section aria-labelledby="h-day" {
            div .section__head {
                h2 #h-day { "Today" }
                span .dim { "shaded: what we expect under this sky" }
            }
            div #site-curve data-at=(page.site.as_of.as_second()) data-preserve-attr="class" {
                (charts::curve(&Curve::builder()
                    .points(&points)
                    .now(page.site.as_of)
                    .zone(&site.details.zone)
                    .height(240.0)
                    .label(label.as_str())
                    .filled(true)
                    .maybe_said(page.site.row.assessment.power_now)
                    .build()))
            }
            div #zoom .zoom data-curve=(urls::of_own_site(&site.code, "curve")) data-label=(label) data-ignore-morph hidden {}
        }
    }
}
