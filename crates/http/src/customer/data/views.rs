use greengrid_app::customer::{Takeout, TakeoutState};
use maud::{Markup, html};

use crate::components::{format, icon, layout};
use crate::urls;

/// What a person can take out, and how far the file is.
pub(super) fn data(takeout: Option<&Takeout>) -> Markup {
    layout::main(html! {
        section .section aria-labelledby="h-data" {
            h1 #h-data .hero__say { "Your data is yours" }
            p { "We put everything we have of you and your sites into one file: every reading as CSV, your account as JSON. It takes some minutes; you may go away meanwhile." }
            div #takeout {
                @match takeout {
                    None => (ask("Prepare the file")),
                    Some(takeout) => (state(takeout)),
                }
            }
        }
        section .section aria-labelledby="h-close" {
            div .section__head { h2 #h-close { "Close your account" } }
            p { "What goes and what has to stay is told before anything happens." }
            p .ask { a .btn href=(urls::CLOSE_ACCOUNT) { "Close my account…" } }
        }
    })
}

fn ask(words: &str) -> Markup {
    html! {
        form method="post" action=(urls::OWN_DATA) .ask {
            button .btn.btn--primary type="submit" { (icon("download")) " " (words) }
        }
    }
}

fn state(takeout: &Takeout) -> Markup {
    html! {
        @match takeout.state {
            TakeoutState::Waiting => p role="status" { "Your file is next in line." },
            TakeoutState::Running => {
                p role="status" { "Your file is being put together: " (done(takeout)) }
                progress .progress max=(takeout.total.max(1)) value=(takeout.done) aria-label="Days read" {}
            }
            TakeoutState::Ready => {
                p role="status" { "Your file is ready: " (size(takeout.bytes)) ". Only you can fetch it"
                    @if let Some(until) = takeout.ready_until {
                        ", until " (until.strftime("%A %-d %B").to_string())
                    }
                    "."
                }
                p .ask { a .btn.btn--primary href=(urls::takeout(takeout.id)) download { (icon("download")) " Save the file" } }
                (ask("Prepare it anew"))
            }
            TakeoutState::Failed => {
                p role="status" { "The file could not be put together. Nothing of yours is lost; try again." }
                (ask("Try again"))
            }
        }
    }
}

fn done(takeout: &Takeout) -> String {
    if takeout.total == 0 {
        "looking what there is.".to_owned()
    } else {
        let count = |days: i32| format::count(days.into());
        format!("{} of {} days of readings.", count(takeout.done), count(takeout.total))
    }
}

/// `1.4 MB`, `312 kB`.
fn size(bytes: i64) -> String {
    let kilobytes = (bytes + 999) / 1000;
    if kilobytes < 1000 {
        format!("{kilobytes}\u{a0}kB")
    } else {
        format!("{}.{}\u{a0}MB", kilobytes / 1000, kilobytes % 1000 / 100)
    }
}

/// What closing means, and the password that confirms it.
pub(super) fn closing(email: &str, wrong: Option<&str>) -> Markup {
    let described = if wrong.is_some() { "e-password h-password" } else { "h-password" };
    html! {
        (layout::main(html! {
            section .section aria-labelledby="h-closing" {
                h1 #h-closing .hero__say { "Close the account of " (email) "?" }
                div .cols {
                    div {
                        h2 { "This goes, at once" }
                        ul .plain {
                            li { "Your name, your e-mail address and your password." }
                            li { "Your access to every site, on every device where you are signed in." }
                            li { "Your choice of letters, the list of those we wrote, and files of your data." }
                        }
                    }
                    div {
                        h2 { "This stays" }
                        ul .plain {
                            li { "The readings of the sites: they belong to the sites, whose other owners and whose contracts need them. They do not name you." }
                            li { "The record of who did what, which the law has us keep unchanged. It knows you by a number from now on; entries from before may hold the address with which your account was made." }
                        }
                    }
                }
                p { "Nobody can undo this. Want your data first? " a href=(urls::OWN_DATA) { "Take it out" } "." }
                form .form method="post" action=(urls::CLOSE_ACCOUNT) {
                    div .field data-state=[wrong.map(|_| "error")] {
                        label for="f-password" { "Your password" }
                        p #h-password .hint { "So that nobody else does this in your place." }
                        input #f-password .input type="password" name="password" autocomplete="current-password" required
                            aria-describedby=(described) aria-invalid=[wrong.map(|_| "true")] autofocus[wrong.is_some()];
                        @if let Some(wrong) = wrong {
                            p #e-password .msg { (icon("act")) " " (format::sentence(wrong)) }
                        }
                    }
                    div .formfoot {
                        button .btn type="submit" { "Close my account for good" }
                        a .btn.btn--quiet href=(urls::OWN_SITES) { "Keep it" }
                    }
                }
            }
        }))
    }
}

/// It is done.
pub(super) fn closed() -> Markup {
    html! {
        main #main .page tabindex="-1" {
            div .state {
                (layout::brand(None))
                h1 { "Your account is closed" }
                p { "Your name, address and password are gone, and you are signed out everywhere. Thank you for having been with us." }
            }
        }
    }
}
