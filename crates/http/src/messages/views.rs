use greengrid_app::messages::{Counts, LetterSummary, StoredLetter};
use greengrid_domain::messages::LetterState;
use jiff::Timestamp;
use maud::{Markup, html};
use strum::IntoEnumIterator;

use crate::components::{PageClock, format, icon, pill};
use crate::urls;

/// A page of letters.
pub(super) struct List<'a> {
    pub(super) letters: &'a [LetterSummary],
    pub(super) counts: Counts,
    /// The state whose letters these are; of all unless given.
    pub(super) of: Option<LetterState>,
    /// Whether these are the newest.
    pub(super) first: bool,
    /// Whether there are older ones.
    pub(super) more: bool,
    /// What of the address made no sense.
    pub(super) ignored: &'a [String],
    /// Whether there is a mail server.
    pub(super) sends: bool,
    pub(super) clock: PageClock,
}

/// A letter with what its reader may see and do.
pub(super) struct Opened<'a> {
    pub(super) letter: &'a StoredLetter,
    /// Whether what it says may be shown.
    pub(super) shown: bool,
    /// Whether it can be sent once more.
    pub(super) may_send: bool,
    pub(super) clock: PageClock,
}

/// Letters, newest first.
pub(super) fn list(list: &List<'_>) -> Markup {
    html! {
        div #mailbox {
            div .lede {
                p .lede__date { "Mailbox" }
                div {
                    h1 { (headline(list)) }
                    p .lede__sub {
                        @if list.sends {
                            "Every letter to people is kept here before it is sent. While the mail "
                            "server is away nothing is lost."
                        } @else {
                            "No mail server is set up, so letters stay here instead of being sent."
                        }
                    }
                }
            }
            @for ignored in list.ignored { p .section__note { (ignored) } }
            section .section aria-labelledby="h-letters" {
                div .section__head {
                    h2 #h-letters { "Letters" } span .dim { "newest first" }
                    (states(list))
                }
                @if list.letters.is_empty() {
                    div .state { p { (if list.first { "There is none." } else { "There is nothing older." }) } }
                } @else {
                    (table(list))
                }
                @if !list.first || list.more { (pager(list)) }
            }
        }
    }
}

fn headline(list: &List<'_>) -> Markup {
    let Counts { waiting, sent, kept, dead } = list.counts;
    let letters = |count: i64| if count == 1 { "letter" } else { "letters" };
    html! {
        @if dead > 0 {
            strong { (format::count(dead)) " " (letters(dead)) " could not be delivered." }
        } @else if waiting > 0 {
            strong { (format::count(waiting)) " " (letters(waiting)) } " wait" @if waiting == 1 { "s" } " to be sent."
        } @else if kept > 0 && !list.sends {
            strong { (format::count(kept)) " " (letters(kept)) } " kept here."
        } @else if sent > 0 {
            strong { "Every letter was delivered." }
        } @else {
            strong { "No letter was written yet." }
        }
    }
}

fn states(list: &List<'_>) -> Markup {
    let Counts { waiting, sent, kept, dead } = list.counts;
    let count = |state| match state {
        LetterState::Waiting => waiting,
        LetterState::Sent => sent,
        LetterState::Kept => kept,
        LetterState::Dead => dead,
    };
    let all = waiting + sent + kept + dead;
    html! {
        nav .seg aria-label="Which letters" {
            a href=(urls::MAILBOX) aria-current=[list.of.is_none().then_some("true")] {
                "All " b { (format::count(all)) }
            }
            @for state in LetterState::iter() {
                a href=(urls::letters(Some(state), None)) aria-current=[(list.of == Some(state)).then_some("true")] {
                    (word(state)) " " b { (format::count(count(state))) }
                }
            }
        }
    }
}

fn table(list: &List<'_>) -> Markup {
    html! {
        div .scroll tabindex="0" role="region" aria-label="Letters, table" {
            table .table.table--rows {
                thead { tr {
                    th scope="col" { "Written" } th scope="col" { "Kind" } th scope="col" { "To" }
                    th scope="col" { "Letter" } th scope="col" { "State" } th scope="col" .n { "Tries" }
                    th scope="col" { "Next try" }
                } }
                tbody {
                    @for letter in list.letters {
                        tr {
                            th scope="row" { (moment(letter.written_at, &list.clock)) }
                            td { (letter.kind.name()) }
                            td data-label="To" { (letter.to) }
                            td {
                                a href=(urls::letter(letter.id)) { (letter.subject) }
                                @if let Some(error) = &letter.last_error { small { (error) } }
                            }
                            td { (state(letter.state)) }
                            td .n data-label="Tries" { (letter.tries) }
                            td data-label="Next try" { (next_try(letter, &list.clock)) }
                        }
                    }
                }
            }
        }
    }
}

fn pager(list: &List<'_>) -> Markup {
    let older = list.letters.last().filter(|_| list.more).map(|letter| letter.id);
    html! {
        nav .pager aria-label="Pages" {
            @if let Some(last) = older { a .btn href=(urls::letters(list.of, Some(last))) rel="next" { "Older" } }
            @if !list.first { a .btn .btn--quiet href=(urls::letters(list.of, None)) { "Newest" } }
        }
    }
}

/// One letter with all that is known of it.
pub(super) fn letter(opened: &Opened<'_>) -> Markup {
    let (summary, letter) = (&opened.letter.summary, &opened.letter.letter);
    let again = matches!(summary.state, LetterState::Dead | LetterState::Kept) && opened.may_send;
    html! {
        div .lede {
            p .lede__date { a href=(urls::MAILBOX) { "Mailbox" } }
            div {
                h1 { strong { (summary.subject) } }
                p .lede__sub { (summary.kind.name()) " to " (summary.to) }
            }
            @if again {
                form .lede__act method="post" action=(urls::resend_letter(summary.id)) {
                    button .btn .btn--primary type="submit" {
                        (icon("send")) (if summary.state == LetterState::Dead { "Send again" } else { "Send" })
                    }
                }
            }
        }
        div .cols {
            div .stack {
                @if !opened.shown {
                    section .section aria-labelledby="h-body" {
                        div .section__head { h2 #h-body { "What it says" } }
                        div .state { p { "It holds a link that opens an account, so only its recipient may read it." } }
                    }
                } @else {
                    @if letter.html.is_some() {
                        section .section aria-labelledby="h-html" {
                            div .section__head { h2 #h-html { "As most mail programs show it" } }
                            iframe .letterframe sandbox="" loading="lazy" title={ "Letter: " (summary.subject) }
                                src=(urls::letter_html(summary.id)) {}
                        }
                    }
                    section .section aria-labelledby="h-text" {
                        div .section__head { h2 #h-text { "As plain text" } }
                        div .raw .raw--wrap { pre tabindex="0" role="region" aria-label="The letter as plain text" { (letter.text) } }
                    }
                }
            }
            section .section aria-labelledby="h-facts" {
                div .section__head { h2 #h-facts { "What is known" } }
                (facts(opened))
            }
        }
    }
}

fn facts(opened: &Opened<'_>) -> Markup {
    let (summary, clock) = (&opened.letter.summary, &opened.clock);
    html! {
        dl .facts {
            div { dt { "State" } dd { (state(summary.state)) } }
            div { dt { "Written" } dd { (moment(summary.written_at, clock)) } }
            div { dt { "Tries" } dd { (summary.tries) } }
            @if summary.state == LetterState::Waiting {
                div { dt { "Next try" } dd { (next_try(summary, clock)) } }
            }
            @if let Some(at) = summary.settled_at {
                div { dt { (word(summary.state)) } dd { (moment(at, clock)) } }
            }
            @if let Some(error) = &summary.last_error {
                div { dt { "Last error" } dd { (error) } }
            }
            @if opened.letter.letter.unsubscribe.is_some() {
                div { dt { "Way out" } dd { "one click" } }
            }
            div { dt { "Key" } dd { code { (opened.letter.letter.key) } } }
        }
    }
}

fn next_try(letter: &LetterSummary, clock: &PageClock) -> Markup {
    html! {
        @match letter.state {
            LetterState::Waiting if letter.next_try_at <= clock.now => { "now" },
            LetterState::Waiting => { (moment(letter.next_try_at, clock)) },
            _ => {},
        }
    }
}

fn moment(at: Timestamp, clock: &PageClock) -> Markup {
    html! {
        time datetime=(format::iso(at)) { (format::moment(at, clock.now, &clock.zone)) }
    }
}

fn state(state: LetterState) -> Markup {
    let tone = match state {
        LetterState::Waiting => "busy",
        LetterState::Sent => "ok",
        LetterState::Kept => "none",
        LetterState::Dead => "act",
    };
    pill::pill(tone, word(state), false)
}

const fn word(state: LetterState) -> &'static str {
    match state {
        LetterState::Waiting => "Waiting",
        LetterState::Sent => "Sent",
        LetterState::Kept => "Kept",
        LetterState::Dead => "Dead",
    }
}
