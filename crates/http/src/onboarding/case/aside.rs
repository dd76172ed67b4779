//! Who handles a case, for whom it waits, and its files.

use greengrid_domain::ingestion::Party;
use maud::{Markup, html};

use super::{Page, told};
use crate::components::{format, icon};
use crate::onboarding::answer::At;

/// Owner, waiting, stuck.
pub(super) fn handling(page: &Page<'_>) -> Markup {
    let (view, case) = (page.view, &page.view.case);
    html! {
        section #case-handling .section aria-labelledby="h-handling" {
            div .section__head { h2 #h-handling { "Handling" } }
            (told(page, At::Handling))
            dl .facts {
                div { dt { "Waits for" } dd { b { (view.waits.party.name()) } br; (format::sentence(&view.waits.what)) } }
                div { dt { "Due" } dd { @match case.due_on { Some(due) => (due.strftime("%a %-d %B").to_string()), None => "no day" } } }
                div { dt { "In this stage since" } dd { (format::since(case.stage_since, view.now, &view.zone)) } }
            }
            @if page.may_manage {
                form .rowform method="post" action=(page.to("owner")) data-on:submit__prevent=(page.post("owner")) {
                    label for="owner" { "Owner" }
                    select #owner .select name="to" {
                        option value="" selected[case.owner.is_none()] { "nobody" }
                        @for person in &view.colleagues {
                            option value=(person.id) selected[case.owner == Some(person.id)] { (person.name) }
                        }
                    }
                    button .btn .btn--small type="submit" { "Give" }
                }
            }
            @if page.is_open() {
                details .act #act-waits data-preserve-attr="open" {
                    summary { "Say for whom it waits" (icon("down")) }
                    form .form method="post" action=(page.to("waits")) data-on:submit__prevent=(page.post("waits")) {
                        div .field {
                            label for="party" { "For whom" }
                            select #party .select name="party" {
                                @for party in [Party::Customer, Party::Installer, Party::Vendor, Party::Admin, Party::Cs] {
                                    option value=(party) selected[case.waiting.as_ref().is_some_and(|it| it.party == party)] { (party.name()) }
                                }
                            }
                        }
                        div .field {
                            label for="waits-what" { "For what" }
                            p #h-waits .hint { "Such as: serial numbers promised for Monday. Empty lets it follow from the case." }
                            input #waits-what .input name="text" maxlength="200" aria-describedby="h-waits"
                                value=[case.waiting.as_ref().map(|it| it.what.as_str())];
                        }
                        div { button .btn .btn--small type="submit" { "Say so" } }
                    }
                }
                @if case.stuck.is_some() {
                    form .row method="post" action=(page.to("free")) data-on:submit__prevent=(page.post("free")) {
                        button .btn .btn--small type="submit" { (icon("play")) " It goes on" }
                    }
                } @else {
                    details .act #act-stuck data-preserve-attr="open" {
                        summary { "Call it stuck" (icon("down")) }
                        form .form method="post" action=(page.to("stuck")) data-on:submit__prevent=(page.post("stuck")) {
                            div .field {
                                label for="stuck-why" { "Why it does not go on" }
                                input #stuck-why .input name="text" maxlength="200";
                            }
                            div { button .btn .btn--small type="submit" { "It is stuck" } }
                        }
                    }
                }
            }
        }
    }
}

/// Files of the case.
pub(super) fn files(page: &Page<'_>) -> Markup {
    let view = page.view;
    html! {
        section #case-files .section aria-labelledby="h-files" {
            div .section__head { h2 #h-files { "Files" } span .dim { (view.files.len()) } }
            ul .notes {
                @for file in &view.files {
                    li {
                        span {
                            a href=(page.to(&format!("files/{}", file.id))) download { (file.name) }
                            small { (size(file.size)) ", " (view.name_of(file.by)) ", " (format::moment(file.at, view.now, &view.zone)) }
                        }
                        @if page.may_manage {
                            form method="post" action=(page.to(&format!("files/{}/remove", file.id))) {
                                button .btn .btn--small .btn--quiet type="submit" { "Remove" span .sr { " " (file.name) } }
                            }
                        }
                    }
                }
            }
            @if page.may_manage {
                form .form method="post" enctype="multipart/form-data" action=(page.to("files")) {
                    div .field data-state=[page.told_at(At::File).map(|_| "error")] {
                        label for="file" { "Attach a file" }
                        p #h-file .hint { "The contract, a photo of the roof or a label: PDF or picture, up to 10 MiB" }
                        input #file .input type="file" name="file" accept=".pdf,image/jpeg,image/png,image/webp,image/heic" aria-describedby="h-file";
                        (told(page, At::File))
                    }
                    div { button .btn .btn--small type="submit" { "Attach" } }
                }
            }
        }
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{} KiB", bytes / 1_024),
        _ => format!("{} MiB", bytes / 1_048_576),
    }
}
