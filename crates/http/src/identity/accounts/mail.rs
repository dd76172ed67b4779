//! Whether letters arrive.

use axum::extract::State;
use axum::response::Redirect;
use greengrid_app::messages::LetterSummary;
use greengrid_domain::messages::{Letter, LetterKind, LetterState};
use jiff::Timestamp;
use maud::{Markup, html};
use uuid::Uuid;

use super::frame::{Place, frame, lede};
use crate::auth::Viewer;
use crate::components::{PageClock, format, icon, pill};
use crate::fault::Fault;
use crate::settings::MailServer;
use crate::state::AppState;
use crate::urls;

/// Among how many of the latest letters test letters are looked for.
const LOOKED_AT: i64 = 200;
/// How many test letters are shown.
const SHOWN: usize = 5;

pub(super) async fn show(viewer: Viewer, State(state): State<AppState>) -> Result<Markup, Fault> {
    let (letters, _) = state.messages.list(&viewer.actor, None, None, LOOKED_AT).await?;
    let tests: Vec<LetterSummary> = letters
        .into_iter()
        .filter(|letter| letter.kind == LetterKind::Test && letter.to == viewer.user.email)
        .take(SHOWN)
        .collect();
    let clock = PageClock::of_fleet(&*state.clock, &state.directory.snapshot());
    Ok(view(&viewer, state.settings.mail.as_ref(), &tests, &clock))
}

pub(super) async fn send(viewer: Viewer, State(state): State<AppState>) -> Result<Redirect, Fault> {
    let letter = Letter::builder()
        .key(format!("test:{}", Uuid::now_v7()))
        .to(viewer.user.email.clone())
        .kind(LetterKind::Test)
        .subject("GreenGrid can reach you")
        .text(format!(
            "Hello {},\n\nthis letter shows that GreenGrid's letters arrive. You asked for it at \
             {}.\n\nGreenGrid\n",
            viewer.user.name.first(),
            state.links.to(urls::ADMIN_MAIL)
        ))
        .build();
    state.messages.enqueue(&[letter]).await?;
    Ok(Redirect::to(urls::ADMIN_MAIL))
}

fn view(
    viewer: &Viewer,
    server: Option<&MailServer>,
    tests: &[LetterSummary],
    clock: &PageClock,
) -> Markup {
    let lede = lede(
        "mail-lede",
        &match server {
            Some(_) => html! { strong { "Letters are sent." } },
            None => {
                html! { strong { "No mail server is set up." } " Letters are kept and not sent." }
            }
        },
        &html! {
            @match server {
                Some(server) => { "They are from " (server.from) "." },
                None => { "Set " code { "GREENGRID_SMTP_URL" } " and " code { "GREENGRID_MAIL_FROM" } " and start again." },
            }
            " Every letter is in the " a href=(urls::MAILBOX) { "mailbox" } "."
        },
    );
    let content = html! {
        section #test .section aria-labelledby="h-test" {
            div .section__head {
                h2 #h-test { "Does it arrive?" }
                @if !tests.is_empty() { a .btn .btn--small href=(urls::ADMIN_MAIL) { (icon("refresh")) "Look again" } }
            }
            form method="post" action=(urls::ADMIN_MAIL) .section__note {
                button .btn .btn--primary type="submit" { "Send a test letter to me" }
                " " span .dim { (viewer.user.email) }
            }
            @if !tests.is_empty() { ul .feed { @for test in tests { (row(test, clock)) } } }
        }
    };
    frame(viewer, Place::Mail, None, &lede, &content)
}

fn row(test: &LetterSummary, clock: &PageClock) -> Markup {
    let now = Timestamp::now();
    html! {
        li {
            time datetime=(format::iso(test.written_at)) { (format::since(test.written_at, now, &clock.zone)) }
            (icon("mail"))
            span {
                (state(test.state))
                @if let Some(settled) = test.settled_at { " " span .dim { (format::since(settled, now, &clock.zone)) } }
                @if let Some(error) = &test.last_error { br; span .dim { (error) } }
            }
        }
    }
}

fn state(state: LetterState) -> Markup {
    match state {
        LetterState::Waiting => pill::pill("busy", "Waits to be sent", false),
        LetterState::Sent => pill::pill("ok", "The mail server took it", false),
        LetterState::Kept => pill::pill("none", "Kept, not sent", false),
        LetterState::Dead => pill::pill("act", "Refused", false),
    }
}
