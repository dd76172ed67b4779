use maud::{Markup, html};

use crate::components::icon;
use crate::observability::burst::{AT_ONCE, MOST};

/// Size, concurrency and aim of a burst that the reader's browser fires, and
/// what came of it.
pub(super) fn burst() -> Markup {
    html! {
        section .section.section--apart aria-labelledby="h-burst" {
            div .section__head {
                h2 #h-burst { "Burst" }
                span .dim { "fired by your own browser; watch the panels above" }
            }
            noscript { p { "Your browser fires the burst by script, which is switched off." } }
            div .burst data-burst hidden {
                form .form {
                    div .field {
                        label for="burst-size" { "Requests: " output for="burst-size" { "1,000" } }
                        input #burst-size type="range" name="size" min="100" max=(MOST) step="100" value="1000";
                    }
                    div .field {
                        label for="burst-at-once" { "At the same time: " output for="burst-at-once" { "16" } }
                        input #burst-at-once type="range" name="at_once" min="1" max=(AT_ONCE) value="16";
                    }
                    fieldset .field {
                        legend { "Aimed at" }
                        label .check { input type="radio" name="aim" value="/system/burst/cheap" checked; " An answer that costs nothing" }
                        label .check { input type="radio" name="aim" value="/system/burst/database"; " An answer from the database" }
                    }
                    div .row {
                        button .btn.btn--primary type="submit" { (icon("play")) " Fire" }
                        button .btn type="button" data-stop hidden { "Stop" }
                    }
                }
                div {
                    p #burst-said role="status" { "A session may fire 10,000 requests, and then 100 a second." }
                    svg #burst-histogram .burst__histogram viewBox="0 0 480 120" role="img" aria-label="Histogram of latencies" hidden {}
                    div .scroll tabindex="0" role="region" aria-label="Result of the burst" {
                        table #burst-result .table hidden {
                            caption { "Result" }
                            thead { tr {
                                th scope="col" .n { "Answered" } th scope="col" .n { "Refused" } th scope="col" .n { "Failed" }
                                th scope="col" .n { "A second" } th scope="col" .n { "Median" }
                                th scope="col" .n { "Slowest 5 %" } th scope="col" .n { "Slowest" }
                            } }
                            tbody { tr {} }
                        }
                    }
                }
            }
        }
    }
}
