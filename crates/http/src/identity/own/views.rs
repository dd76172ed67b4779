use greengrid_app::identity::factors::FactorState;
use greengrid_app::identity::{OwnError, SessionSummary};
use maud::{Markup, html};

use super::sessions::Devices;
use crate::auth::{Theme, Viewer, device_words};
use crate::components::{format, icon, layout, pill};
use crate::identity::factor;
use crate::identity::password::new_password;
use crate::urls;

/// What was just done, said once on top of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Done {
    Name,
    Password,
    Email,
    Sessions,
}

impl Done {
    const fn words(self) -> &'static str {
        match self {
            Self::Name => "You are called something else from now on.",
            Self::Password => "Your password is changed. Everywhere else you are signed out.",
            Self::Email => {
                "A letter is on its way to the new address. Until you follow the link in it, \
                 nothing changes."
            }
            Self::Sessions => "You are signed out there.",
        }
    }
}

/// Which form something is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Name,
    Password,
    Email,
}

/// What the forms hold, and what came of them.
#[derive(Default)]
pub(super) struct Forms {
    pub(super) done: Option<Done>,
    pub(super) refused: Option<(Part, OwnError)>,
    /// What was typed into the form that was refused; never a password.
    pub(super) typed: Option<String>,
}

impl Forms {
    /// What is wrong with the password that shows who asks.
    fn present_error(&self, part: Part) -> Option<String> {
        self.error(part).filter(|error| error.is_about_present_password()).map(words)
    }

    /// What is wrong with what is new.
    fn new_error(&self, part: Part) -> Option<String> {
        self.error(part).filter(|error| !error.is_about_present_password()).map(words)
    }

    fn error(&self, part: Part) -> Option<&OwnError> {
        self.refused.as_ref().filter(|(refused, _)| *refused == part).map(|(_, error)| error)
    }

    fn typed(&self, part: Part) -> Option<&str> {
        self.error(part).and(self.typed.as_deref())
    }
}

fn words(error: &OwnError) -> String {
    match error {
        OwnError::TooMany { retry_after } => {
            format!("too many attempts; wait {} before the next", format::wait(*retry_after))
        }
        other => other.to_string(),
    }
}

/// The page.
pub(super) fn page(
    viewer: &Viewer,
    devices: &Devices,
    factor: &FactorState,
    forms: &Forms,
) -> Markup {
    let main = layout::main(html! {
        div .lede {
            div {
                h1 { strong { (viewer.user.name) } }
                p .lede__sub { (viewer.user.role.name()) ", signed in as " (viewer.user.email) "." }
            }
        }
        @if let Some(done) = forms.done {
            p .section__note role="status" { (icon("ok")) " " (done.words()) }
        }
        (sessions(devices))
        (factor::section(factor))
        (password(viewer, forms))
        (email(viewer, forms))
        (name(viewer, forms))
        (theme(viewer.theme))
    });
    layout::page().viewer(viewer).title("Your account").main(main).render()
}

fn sessions(devices: &Devices) -> Markup {
    let others = devices.list.iter().filter(|(_, own)| !own).count();
    html! {
        section #sessions .section .section--apart aria-labelledby="h-sessions" {
            div .section__head {
                h2 #h-sessions { "Where you are signed in" }
                @if others > 0 {
                    form method="post" action="/account/sessions/end-others" {
                        button .btn .btn--small type="submit" { "Sign out everywhere else" }
                    }
                }
            }
            div .scroll tabindex="0" role="region" aria-label="Sessions, table" {
                table .table.table--rows {
                    thead { tr {
                        th scope="col" { "Device" } th scope="col" { "Address" }
                        th scope="col" .n { "Since" } th scope="col" .n { "Last seen" }
                        th scope="col" { span .sr { "Action" } }
                    } }
                    tbody { @for (session, own) in &devices.list { (session_row(session, *own, devices)) } }
                }
            }
        }
    }
}

fn session_row(session: &SessionSummary, own: bool, devices: &Devices) -> Markup {
    let told = |at| format::since(at, devices.now, &devices.zone);
    let device = session.agent.as_deref().and_then(device_words);
    let device = device.as_deref().unwrap_or("An unknown device");
    html! {
        tr {
            th scope="row" { (device) }
            td data-label="Address" { @match session.address { Some(address) => (address), None => "unknown" } }
            td .n data-label="Since" { (told(session.created_at)) }
            td .n data-label="Last seen" { (told(session.last_seen_at)) }
            td .n.table__do {
                @if own { (pill::pill("ok", "This one", false)) } @else {
                    form method="post" action={ "/account/sessions/" (session.key) "/end" } {
                        button .btn .btn--small type="submit" { "Sign out" span .sr { ": " (device) } }
                    }
                }
            }
        }
    }
}

fn password(viewer: &Viewer, forms: &Forms) -> Markup {
    html! {
        section #password .section .section--apart aria-labelledby="h-password" {
            div .section__head { h2 #h-password { "Password" } }
            form .form .form--narrow method="post" action="/account/password" novalidate {
                input type="email" name="email" value=(viewer.user.email.as_str()) autocomplete="username" hidden readonly;
                input type="hidden" name="name" value=(viewer.user.name);
                (present("password-present", forms.present_error(Part::Password).as_deref()))
                (new_password("New password", forms.new_error(Part::Password).as_deref()))
                div .formfoot { button .btn .btn--primary type="submit" { "Change password" } }
            }
        }
    }
}

fn email(viewer: &Viewer, forms: &Forms) -> Markup {
    let error = forms.new_error(Part::Email);
    html! {
        section #email .section .section--apart aria-labelledby="h-email" {
            div .section__head { h2 #h-email { "E-mail address" } }
            form .form .form--narrow method="post" action="/account/email" novalidate {
                (field("new-email", "New address", error.as_deref(), &html! {
                    p #new-email-hint .hint { "Now it is " (viewer.user.email) ". We send a link to the new one and word to this one." }
                    input #new-email .input name="email" type="email" inputmode="email" autocapitalize="none"
                        spellcheck="false" autocomplete="email" required maxlength="254"
                        value=[forms.typed(Part::Email)]
                        aria-invalid=[error.as_ref().map(|_| "true")]
                        aria-describedby={ "new-email-hint" @if error.is_some() { " new-email-error" } };
                }))
                (present("email-present", forms.present_error(Part::Email).as_deref()))
                div .formfoot { button .btn type="submit" { "Send the link" } }
            }
        }
    }
}

fn name(viewer: &Viewer, forms: &Forms) -> Markup {
    let error = forms.new_error(Part::Name);
    html! {
        section #name .section .section--apart aria-labelledby="h-name" {
            div .section__head { h2 #h-name { "Name" } }
            form .form .form--narrow method="post" action="/account/name" novalidate {
                (field("new-name", "Name", error.as_deref(), &html! {
                    input #new-name .input name="name" autocomplete="name" required maxlength="80"
                        value=(forms.typed(Part::Name).unwrap_or(viewer.user.name.as_str()))
                        aria-invalid=[error.as_ref().map(|_| "true")]
                        aria-describedby=[error.as_ref().map(|_| "new-name-error")];
                }))
                div .formfoot { button .btn type="submit" { "Change name" } }
            }
        }
    }
}

fn theme(current: Theme) -> Markup {
    html! {
        section #theme .section .section--apart aria-labelledby="h-theme" {
            div .section__head { h2 #h-theme { "Colours" } }
            form method="post" action=(urls::THEME) {
                div .seg role="group" aria-labelledby="h-theme" {
                    @for (theme, words) in [(Theme::Auto, "As the system"), (Theme::Light, "Light"), (Theme::Dark, "Dark")] {
                        button name="theme" value=(<&str>::from(theme)) type="submit"
                            aria-pressed=(theme == current) { (words) }
                    }
                }
            }
        }
    }
}

/// The password that shows who asks.
fn present(id: &str, error: Option<&str>) -> Markup {
    field(
        id,
        "Present password",
        error,
        &html! {
            input id=(id) .input name="present" type="password" autocomplete="current-password" required
                aria-invalid=[error.map(|_| "true")]
                aria-describedby=[error.map(|_| format!("{id}-error"))];
        },
    )
}

fn field(id: &str, label: &str, error: Option<&str>, input: &Markup) -> Markup {
    html! {
        div .field data-state=[error.map(|_| "error")] {
            label for=(id) { (label) }
            (input)
            @if let Some(error) = error {
                p id={ (id) "-error" } .msg role="alert" { (icon("act")) span { (error) "." } }
            }
        }
    }
}
