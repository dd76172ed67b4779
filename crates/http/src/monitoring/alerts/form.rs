use greengrid_app::fleet::FleetSnapshot;
use greengrid_app::messages::webhooks::StoredWebhook;
use greengrid_domain::fleet::Brand;
use greengrid_domain::monitoring::AnomalyKind;
use greengrid_domain::monitoring::alert::{AlertRuleId, Preview, Severity};
use maud::{Markup, Render, html};
use strum::IntoEnumIterator;

use super::dto::{Errors, Typed};
use crate::components::select::option;
use crate::components::{format, icon};
use crate::urls;

/// The form of a rule with what was typed, what is wrong with it, and what it
/// would have sent.
pub(super) struct RuleForm<'a> {
    /// The rule; a new one without.
    pub(super) id: Option<AlertRuleId>,
    pub(super) typed: &'a Typed,
    pub(super) errors: &'a Errors,
    pub(super) preview: Option<Preview>,
    /// Whether saving was refused because it would flood its readers.
    pub(super) flooded: bool,
    pub(super) fleet: &'a FleetSnapshot,
    /// Programs that could be told.
    pub(super) webhooks: &'a [StoredWebhook],
}

pub(super) fn rule(form: &RuleForm<'_>) -> Markup {
    let action = form.id.map_or_else(|| urls::NEW_ALERT.to_owned(), urls::alert);
    let typed = form.typed;
    html! {
        div .lede {
            p .lede__date { a href=(urls::ALERTS) { "Alerts" } }
            div { h1 { strong { (if form.id.is_some() { "Change a rule" } else { "New rule" }) } } }
        }
        (problems(form))
        @if let Some(preview) = form.preview { (would(preview)) }
        form method="post" action=(action) {
            div .fields {
                (input(form, "name", "Name", "What its readers see first.", "text"))
                (choice(form, "severity", "Urgency", html! {
                    @for severity in Severity::iter() { (option(severity.into(), severity.name(), typed.get("severity") == <&str>::from(severity))) }
                }))
                (choice(form, "region", "Region", html! {
                    (option("", "All", typed.get("region").is_empty()))
                    @for region in form.fleet.regions() { (option(region.code.as_str(), &region.name, typed.get("region") == region.code.as_str())) }
                }))
                (choice(form, "brand", "Brand", html! {
                    (option("", "All", typed.get("brand").is_empty()))
                    @for brand in Brand::iter() { (option(brand.into(), brand.name(), typed.get("brand") == <&str>::from(brand))) }
                }))
                (input(form, "least", "Loss a day of at least", "In the currency of the site; 0 for any.", "text"))
                (input(form, "lasting", "Lasting at least, minutes", "What is over sooner is not told.", "number"))
                (input(form, "gather", "Gather for, minutes", "What comes meanwhile is one message. 0 sends each by itself.", "number"))
                div .field data-state=[state(form, "quiet_from")] {
                    label for="f-quiet_from" { "Quiet hours" }
                    p .hint { "Hours of the site’s day, such as 22 to 6. What falls into them is told when they end." }
                    div .pair {
                        input #f-quiet_from .input type="number" min="0" max="23" name="quiet_from" value=(typed.get("quiet_from")) aria-label="Quiet from";
                        " to "
                        input .input type="number" min="1" max="24" name="quiet_to" value=(typed.get("quiet_to")) aria-label="Quiet to";
                    }
                    (message(form.errors, "quiet_from"))
                }
                (area(form, "to", "Recipients", "One address a line; none if only webhooks are told."))
                (webhooks(form))
                fieldset .field .span {
                    legend { "Kinds" }
                    p .hint { "None chosen means any." }
                    div .choice {
                        @for kind in AnomalyKind::iter() {
                            label {
                                input type="checkbox" name="kind" value=(kind) checked[typed.all("kind").any(|it| it == <&str>::from(kind))];
                                (kind.name())
                            }
                        }
                    }
                }
                (input(form, "escalate_after", "Escalate after, minutes", "When nobody has said anything to it by then. Empty for never.", "number"))
                (area(form, "escalate_to", "Escalate to", "One address a line."))
                div .field .span {
                    label .check { input type="checkbox" name="tells_end" value="true" checked[typed.has("tells_end")]; "Tell also when it is over" }
                    label .check { input type="checkbox" name="enabled" value="true" checked[typed.has("enabled")]; "Switched on" }
                    @if form.flooded {
                        label .check { input type="checkbox" name="meant" value="true"; "Save although it would flood its readers" }
                    }
                }
            }
            p .ask {
                button .btn .btn--primary type="submit" name="do" value="save" { "Save" }
                button .btn type="submit" name="do" value="preview" { (icon("eye")) "What would it have sent?" }
                a .btn .btn--quiet href=(urls::ALERTS) { "Cancel" }
            }
        }
    }
}

/// Programs that could be told, beside people or in their place.
fn webhooks(form: &RuleForm<'_>) -> Markup {
    let chosen = |id: String| form.typed.all("webhook").any(|it| it == id);
    html! {
        fieldset .field .span {
            legend { "Webhooks" }
            @if form.webhooks.is_empty() {
                p .hint { "Programs can be told too: " a href=(urls::WEBHOOKS) { "make a webhook" } " first." }
            } @else {
                p .hint { "Programs that are told of everything this rule tells. " a href=(urls::WEBHOOKS) { "All webhooks" } }
                div .choice {
                    @for stored in form.webhooks {
                        label {
                            input type="checkbox" name="webhook" value=(stored.webhook.id) checked[chosen(stored.webhook.id.to_string())];
                            (stored.webhook.name) @if !stored.webhook.enabled { " (paused)" }
                        }
                    }
                }
            }
        }
    }
}

/// What is wrong, with a link to each field.
fn problems(form: &RuleForm<'_>) -> Markup {
    html! {
        @if !form.errors.is_empty() {
            div .errors role="alert" {
                h2 { (icon("act")) "The rule is not saved" }
                ul { @for (field, words) in form.errors { li { a href={ "#f-" (field) } { (words) } } } }
            }
        }
    }
}

/// What a rule would have sent in the last 30 days.
fn would(preview: Preview) -> Markup {
    let anomalies = format::counted(preview.anomalies, "anomaly", "anomalies");
    let messages = format::counted(preview.messages, "message", "messages");
    html! {
        section #preview .section.section--apart aria-labelledby="h-preview" role="status" {
            div .section__head { h2 #h-preview { "In the last 30 days" } }
            p {
                @if preview.anomalies == 0 { "It would have told of nothing." }
                @else { "It would have told of " b { (anomalies) } " in " b { (messages) } " to each recipient, at most " (preview.busiest_hour) " in an hour." }
            }
            @if preview.inhibited > 0 {
                p { (format::counted(preview.inhibited, "anomaly was", "anomalies were")) " kept quiet by others when due, and not counted." }
            }
            @if preview.floods() {
                p .past { (icon("act")) "That is a flood: people stop reading. Gather for longer, or ask for more loss." }
            }
        }
    }
}

fn state(form: &RuleForm<'_>, field: &str) -> Option<&'static str> {
    form.errors.contains_key(field).then_some("error")
}

/// What is wrong with a field, beside it.
pub(super) fn message(errors: &Errors, field: &str) -> Markup {
    html! {
        @if let Some(words) = errors.get(field) {
            p .msg id={ "m-" (field) } { (icon("act")) span { (format::sentence(words)) } }
        }
    }
}

fn described(form: &RuleForm<'_>, field: &str) -> Option<String> {
    form.errors.contains_key(field).then(|| format!("m-{field}"))
}

fn input(form: &RuleForm<'_>, field: &str, label: &str, hint: &str, kind: &str) -> Markup {
    html! {
        div .field data-state=[state(form, field)] {
            label for={ "f-" (field) } { (label) }
            p .hint { (hint) }
            input .input id={ "f-" (field) } type=(kind) name=(field) value=(form.typed.get(field))
                aria-invalid=[state(form, field).map(|_| "true")] aria-describedby=[described(form, field)];
            (message(form.errors, field))
        }
    }
}

fn area(form: &RuleForm<'_>, field: &str, label: &str, hint: &str) -> Markup {
    html! {
        div .field data-state=[state(form, field)] {
            label for={ "f-" (field) } { (label) }
            p .hint { (hint) }
            textarea .textarea id={ "f-" (field) } name=(field) rows="3"
                aria-invalid=[state(form, field).map(|_| "true")] aria-describedby=[described(form, field)] { (form.typed.get(field)) }
            (message(form.errors, field))
        }
    }
}

fn choice(form: &RuleForm<'_>, field: &str, label: &str, options: impl Render) -> Markup {
    html! {
        div .field data-state=[state(form, field)] {
            label for={ "f-" (field) } { (label) }
            select .select id={ "f-" (field) } name=(field) aria-describedby=[described(form, field)] { (options) }
            (message(form.errors, field))
        }
    }
}
