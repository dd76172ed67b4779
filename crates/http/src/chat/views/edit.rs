use greengrid_domain::chat::{Post, PostId};
use maud::{Markup, html};

use super::mentions;
use crate::components::{self, icon};
use crate::urls;

/// Where in a post its form appears. Live patches leave it alone, so nobody
/// loses what they are writing when the room changes around them.
pub(super) fn place(post: PostId) -> Markup {
    html! { div id=(place_id(post)) data-ignore-morph {} }
}

/// Opens the form, in the browser of whoever wrote the post.
pub(super) fn button(post: &Post) -> Markup {
    html! {
        button .iconbtn.post__change type="button" hidden
            data-attr:hidden={ "$_me !== '" (post.author) "'" }
            data-on:click=(get(&urls::post_act(post.id, "edit"))) {
            (icon("edit")) span .sr { "Change this post of yours" }
        }
    }
}

/// A post as a form in its own place, with what was wrong with what was typed.
pub(in crate::chat) fn edit_form(post: &Post, wrong: Option<(&str, &str)>) -> Markup {
    let id = post.id;
    let (field, said) = (format!("edit-text-{id}"), format!("edit-wrong-{id}"));
    let text = wrong.map_or(post.body.as_str(), |(_, typed)| typed);
    let (edit, take_back) = (urls::post_act(id, "edit"), urls::post_act(id, "take-back"));
    let cancel = get(&urls::post(id));
    html! {
        div id=(place_id(id)) data-ignore-morph {
            form .postform method="post" action=(edit) data-on:submit=(components::post(&edit))
                data-on:keydown={ "evt.key === 'Escape' && !evt.defaultPrevented && " (cancel) } {
                label .sr for=(field) { "What your post says" }
                textarea .textarea id=(field) name="text" rows="2" data-enter data-mentions
                    aria-autocomplete="list" data-on:mention=(mentions::asks())
                    aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| &said)]
                    data-init="el.focus(); el.setSelectionRange(el.value.length, el.value.length)" { (text) }
                @if let Some((message, _)) = wrong {
                    p .error id=(said) { (icon("act")) " " (message) "." }
                }
                div .row {
                    button .btn.btn--small.btn--primary type="submit" { "Save" }
                    button .btn.btn--small type="button" data-on:click=(cancel) { "Cancel" }
                    button .btn.btn--small type="button" data-on:click=(components::post(&take_back)) {
                        (icon("x")) " Take it back"
                    }
                }
            }
        }
    }
}

fn place_id(post: PostId) -> String {
    format!("edit-{post}")
}

fn get(address: &str) -> String {
    format!("@get('{address}', {{payload: {{}}}})")
}
