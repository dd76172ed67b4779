use greengrid_app::monitoring::{RuleTally, Scorecard};
use maud::{Markup, html};

use super::what_if::{self, Tried};
use super::{SPANS, ScorecardQuery};
use crate::components::figure::figure;
use crate::components::{charts, format, layout};
use crate::monitoring::rule;
use crate::query::Address;
use crate::urls;

/// What the scorecard shows and how it was asked for.
pub(super) struct ScorecardView<'a> {
    pub(super) card: &'a Scorecard,
    pub(super) query: &'a ScorecardQuery,
    /// What was tried with another value.
    pub(super) tried: Option<&'a Tried>,
    /// What of the address made no sense.
    pub(super) ignored: &'a [String],
}

/// The region that streams replace.
pub(super) fn main(view: &ScorecardView<'_>) -> Markup {
    layout::main(html! {
        (lede(view))
        section #s-rules .section.section--apart aria-labelledby="h-rules" {
            div .section__head {
                h2 #h-rules { "Rules" }
                ul .key { (key()) }
                (spans(view))
            }
            @if !view.ignored.is_empty() {
                p .section__note role="status" { @for message in view.ignored { (message) " " } }
            }
            (table(view))
            p .section__note {
                "Right are anomalies that a person called repaired or that recovered by measure. "
                "Dismissed and withdrawn ones were wrong. Known patterns kept quiet are counted apart."
            }
        }
        (what_if::section(view))
    })
}

fn sums(view: &ScorecardView<'_>) -> RuleTally {
    view.card.rules.iter().fold(
        RuleTally::empty(greengrid_domain::monitoring::AnomalyKind::Outage),
        |sum, rule| RuleTally {
            kind: sum.kind,
            fired: sum.fired + rule.fired,
            quiet: sum.quiet + rule.quiet,
            confirmed: sum.confirmed + rule.confirmed,
            dismissed: sum.dismissed + rule.dismissed,
            withdrawn: sum.withdrawn + rule.withdrawn,
            came_back: sum.came_back + rule.came_back,
        },
    )
}

fn lede(view: &ScorecardView<'_>) -> Markup {
    let all = sums(view);
    html! {
        div #lede .lede {
            p .lede__date { "Scorecard, last " (view.query.days) " days" }
            div {
                h1 { (headline(&all)) }
                p .lede__sub { (subline(&all)) }
            }
            dl .figures aria-label="All rules" {
                (figure().label("Raised").value(format::count(all.fired.into())).render())
                (figure().label("Undecided").value(format::count(all.undecided().into())).render())
                (figure().label("Came back").value(format::count(all.came_back.into())).render())
            }
        }
    }
}

fn headline(all: &RuleTally) -> Markup {
    let decided = all.confirmed + all.dismissed + all.withdrawn;
    html! {
        @match (all.fired, all.precision()) {
            (0, _) => { strong { "No rule has fired." } " Nothing differed from what was expected." },
            (_, None) => { strong { "Nothing is decided yet." } " How right the rules were shows once anomalies end." },
            (_, Some(share)) => {
                strong { span data-live { (format::count(all.confirmed.into())) " of " (format::count(decided.into())) } " were right" }
                ", " (format::percent(share).to_string()) "."
            },
        }
    }
}

fn subline(all: &RuleTally) -> Markup {
    html! {
        @if all.dismissed + all.withdrawn == 0 && all.fired > 0 {
            "None had to be dismissed or taken back."
        } @else if all.fired > 0 {
            "People dismissed " (format::count(all.dismissed.into())) ", the program itself took back "
            (format::count(all.withdrawn.into())) "."
        }
        @if all.quiet > 0 { " Known and kept quiet: " (format::count(all.quiet.into())) "." }
    }
}

fn key() -> Markup {
    html! {
        li { svg width="18" height="10" aria-hidden="true" { rect .b-fill width="18" height="10" {} } "right" }
        li { svg width="18" height="10" aria-hidden="true" { rect fill="url(#p-none)" width="18" height="10" {} } "undecided" }
        li { svg width="18" height="10" aria-hidden="true" { rect fill="url(#p-loss)" width="18" height="10" {} } "wrong" }
    }
}

fn spans(view: &ScorecardView<'_>) -> Markup {
    html! {
        nav .seg aria-label="Time range" {
            @for days in SPANS {
                @let address = ScorecardQuery { days, tried: None }.write(Address::new(urls::SCORECARD)).finish();
                a href=(address) aria-current=[(days == view.query.days).then_some("true")] { (days) " days" }
            }
        }
    }
}

fn table(view: &ScorecardView<'_>) -> Markup {
    html! {
        div .scroll tabindex="0" role="region" aria-label="Rules, table" {
            table .table {
                thead { tr {
                    th scope="col" { "Rule" } th scope="col" .n { "Fired" } th scope="col" .n { "Right" }
                    th scope="col" .n { "Dismissed" } th scope="col" .n { "Withdrawn" } th scope="col" .n { "Known" }
                    th scope="col" .n { "Came back" } th scope="col" .n { "How right" } th scope="col" { "Shares" }
                } }
                tbody { @for tally in &view.card.rules { (row(tally)) } }
            }
        }
    }
}

fn row(tally: &RuleTally) -> Markup {
    html! {
        tr {
            th scope="row" {
                details .act.act--row id={ "rule-" (tally.kind) } data-preserve-attr="open" {
                    summary { (tally.kind.name()) }
                    small .rule { (rule(tally.kind)) }
                }
            }
            (number(tally.fired)) (number(tally.confirmed)) (number(tally.dismissed))
            (number(tally.withdrawn)) (number(tally.quiet)) (number(tally.came_back))
            td .n {
                @match tally.precision() {
                    Some(share) => (format::percent(share)),
                    None => span .dim { "not known" },
                }
            }
            td { (charts::shares(tally.confirmed, tally.undecided(), tally.dismissed + tally.withdrawn)) }
        }
    }
}

/// A count; none is said quietly.
fn number(count: u32) -> Markup {
    html! { td .n { @if count == 0 { span .dim { "0" } } @else { span data-live { (format::count(count.into())) } } } }
}
