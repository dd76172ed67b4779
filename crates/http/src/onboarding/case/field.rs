use greengrid_app::onboarding::TypedField;
use greengrid_domain::onboarding::{FieldKey, Judgement};
use maud::{Markup, Render, html};

use super::Page;
use crate::components::{format, icon};

/// The id of the control of a field.
pub(in crate::onboarding) fn control_id(key: FieldKey) -> String {
    format!("f-{}", field_key_id(key))
}

/// A field’s key as a part of ids.
pub(in crate::onboarding) fn field_key_id(key: FieldKey) -> String {
    key.to_string().replace('.', "-")
}

/// How a field is typed into.
pub(super) enum Control<'a> {
    /// A line of text, with what the keyboard of a phone should be.
    Line(&'a str),
    /// A choice: value and words.
    Choice(Vec<(String, String)>),
}

/// One field: label, hint, control, and what it came to. The control is left
/// alone by streams, so that nobody loses what they type; the page’s script
/// takes changes of others from the hidden data beside it.
#[bon::builder(finish_fn = render)]
pub(super) fn field(
    page: &Page<'_>,
    key: FieldKey,
    label: &str,
    hint: impl Render,
    #[builder(default = &Control::Line("text"))] control: &Control<'_>,
    #[builder(default)] wide: bool,
    placeholder: Option<&str>,
) -> Markup {
    let id = field_key_id(key);
    let bad = is_bad(page, key);
    html! {
        div id={ "fld-" (id) } .field .span[wide] data-state=[bad.then_some("error")] {
            label for={ "f-" (id) } { (label) }
            p id={ "h-" (id) } .hint { (hint) }
            (input(page, key, control, placeholder))
            (now(page, key))
        }
    }
}

fn is_bad(page: &Page<'_>, key: FieldKey) -> bool {
    matches!(page.view.judgement(key), Judgement::Bad(_))
        || page.conflicts.iter().any(|conflict| conflict.key == key)
}

fn input(
    page: &Page<'_>,
    key: FieldKey,
    control: &Control<'_>,
    placeholder: Option<&str>,
) -> Markup {
    let (view, id) = (page.view, field_key_id(key));
    let conflict = page.conflicts.iter().find(|conflict| conflict.key == key);
    let unsaved = not_saved(page, key);
    let text = conflict.map(|it| it.mine.as_str()).or(unsaved.map(|it| it.text.as_str()));
    let text = text.unwrap_or_else(|| view.case.fields.text(key));
    // What was typed over an older text is still compared with that.
    let version = unsaved.and_then(|it| it.seen).unwrap_or_else(|| view.case.fields.version(key));
    let invalid = is_bad(page, key).then_some("true");
    let described = format!("h-{id} m-{id} u-{id}");
    let closed = !page.is_open();
    html! {
        div id={ "c-" (id) } .control data-ignore-morph {
            @match control {
                Control::Line(mode) => { input id={ "f-" (id) } .input name=(key) value=(text) data-key
                    inputmode=(mode) autocomplete="off" aria-describedby=(described) placeholder=[placeholder]
                    aria-invalid=[invalid] disabled[closed] spellcheck="false"; },
                Control::Choice(options) => { select id={ "f-" (id) } .select name=(key) data-key
                    aria-describedby=(described) aria-invalid=[invalid] disabled[closed] {
                    @if !options.iter().any(|(value, _)| value == text) {
                        option value=(text) selected { (if text.is_empty() { "choose" } else { text }) }
                    }
                    @for (value, words) in options {
                        option value=(value) selected[value == text] { (words) }
                    }
                } },
            }
            input type="hidden" id={ "v-" (id) } name={ "v:" (key) } value=(version);
            @if unsaved.is_some() { (not_saved_yet(Some(&id), "Not saved yet.")) }
        }
    }
}

/// What was typed into a field and could not be kept, where it differs from what
/// is kept.
fn not_saved<'a>(page: &'a Page<'_>, key: FieldKey) -> Option<&'a TypedField> {
    let typed = page.unsaved.iter().find(|typed| typed.key == key)?;
    (typed.text != page.view.case.fields.text(key)).then_some(typed)
}

/// Says beside a field that it is not saved.
pub(super) fn not_saved_yet(of: Option<&str>, words: &str) -> Markup {
    html! { p id=[of.map(|id| format!("u-{id}"))] .msg .unsaved { (icon("act")) span { (words) } } }
}

/// What a field came to, and what stands in it now: the part that streams
/// replace.
pub(super) fn now(page: &Page<'_>, key: FieldKey) -> Markup {
    let (view, id) = (page.view, field_key_id(key));
    let text = view.case.fields.text(key);
    let taken = page.taken.contains(&key);
    let bad = is_bad(page, key);
    html! {
        div id={ "m-" (id) } .fieldnow data-conflict[page.conflicts.iter().any(|it| it.key == key)] {
            (message(page, key))
            data id={ "n-" (id) } hidden value=(text) data-version=(view.case.fields.version(key))
                data-bad[bad] data-take[taken] {}
        }
    }
}

fn message(page: &Page<'_>, key: FieldKey) -> Markup {
    if let Some(conflict) = page.conflicts.iter().find(|conflict| conflict.key == key) {
        let view = page.view;
        let theirs = &conflict.theirs;
        let who = view.name_of(theirs.by);
        return html! {
            div .conflict role="alert" {
                p .msg { (icon("swap")) span {
                    (who) " changed this at " (format::moment(theirs.at, view.now, &view.zone)) " while you typed."
                } }
                dl .facts {
                    div { dt { (who) " wrote" } dd { (shown(&theirs.text)) } }
                    div { dt { "You typed" } dd { (shown(&conflict.mine)) } }
                }
                p .row {
                    button .btn .btn--small type="submit" name="keep" value=(key) { "Keep mine" }
                    button .btn .btn--small type="submit" name="take" value=(key) { "Take theirs" }
                }
            }
        };
    }
    match page.view.judgement(key) {
        Judgement::Empty | Judgement::Good(None) => html! {},
        Judgement::Good(Some(read)) => {
            html! { p .msg .msg--ok { (icon("ok")) span { (read) } } }
        }
        Judgement::Bad(problem) => html! {
            p .msg { (icon("act")) span { (format::sentence(&problem.message)) } }
            @if let Some(suggestion) = &problem.suggestion {
                @if page.is_open() {
                    p { button .btn .btn--small type="submit" name="use" value={ (key) "=" (suggestion) } {
                        "Use " (suggestion)
                    } }
                }
            }
        },
    }
}

fn shown(text: &str) -> Markup {
    html! { @if text.is_empty() { span .dim { "nothing" } } @else { b { (text) } } }
}
