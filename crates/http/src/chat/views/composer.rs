use greengrid_domain::chat::{HeldFor, PostId};
use maud::{Markup, html};

use super::{RoomPage, mentions};
use crate::components::{format, icon, post};
use crate::urls;

/// What became of what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::chat) enum Said {
    /// It is there.
    Posted,
    /// It waits, and why.
    Held(HeldFor),
    /// It is no post, and why.
    Refused(String),
    /// Too much at once; so many seconds until the next.
    TooFast(u64),
}

impl Said {
    const fn is_done(&self) -> bool {
        matches!(self, Self::Posted | Self::Held(_))
    }
}

/// The form to write in. What was typed stays until it was taken.
pub(super) fn composer(page: &RoomPage<'_>) -> Markup {
    let to = urls::room(&page.thread.room);
    let title = &page.thread.title;
    // What is typed while the answer is on its way is not cleared with what was sent.
    let send = format!("el.dataset.sent = el.elements.text.value; {}", post(&to));
    let refused = page.said.is_some_and(|said| !said.is_done());
    html! {
        form #composer .composer method="post" action=(to) data-on:submit=(send) {
            (key(page.id))
            label .sr for="chat-text" { "Post to " (title) }
            textarea #chat-text .textarea name="text" rows="2" placeholder={ "Write to " (title) }
                data-enter data-mentions aria-autocomplete="list" data-on:mention=(mentions::asks())
                aria-describedby="composer-said" aria-invalid=[refused.then_some("true")] { (page.typed) }
            button .btn.btn--primary type="submit" { (icon("send")) " Send" }
            (said(page.said, false))
        }
        noscript {
            form method="post" action=(urls::room_read(&page.thread.room)) {
                input type="hidden" name="seq" value=(page.thread.last_seq);
                button .btn.btn--small type="submit" { "Mark all as read" }
            }
        }
    }
}

/// What is replaced when something was sent: the key of the next post, and
/// what became of this one.
pub(in crate::chat) fn answered(next: PostId, what: &Said) -> Markup {
    html! {
        // The same post is tried again under the same key.
        @if what.is_done() { (key(next)) }
        (said(Some(what), true))
    }
}

fn key(id: PostId) -> Markup {
    html! { input #composer-key type="hidden" name="id" value=(id); }
}

fn said(what: Option<&Said>, clear: bool) -> Markup {
    const CLEAR: &str = "const text = document.getElementById('chat-text'); \
         if (text.value === text.form.dataset.sent) text.value = ''";
    let done = what.is_some_and(Said::is_done);
    let refused = what.is_some_and(|said| !said.is_done());
    html! {
        p #composer-said .composer__said.composer__said--no[refused] role="status"
            data-init=[(clear && done).then_some(CLEAR)] {
            @match what {
                None | Some(Said::Posted) => "Enter sends, Shift and Enter begins a new line.",
                Some(Said::Held(why)) => {
                    (icon("clock")) " It waits until somebody has read it: " (why.words()) "."
                },
                Some(Said::Refused(why)) => {
                    (icon("act")) " That was not sent: " (why) "."
                },
                Some(Said::TooFast(seconds)) => {
                    (icon("clock")) " That was a lot at once. Send it again in "
                    (format::counted(usize::try_from(*seconds).unwrap_or(usize::MAX), "second", "seconds"))
                    "; your text is kept."
                },
            }
        }
    }
}
