//! Beginning cases: one by hand, several from a file, or from what a vendor’s
//! account holds.

use axum::Form;
use axum::extract::{Multipart, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::onboarding::{NewCase, OnboardingError, RowReport, VendorList};
use greengrid_domain::fleet::Brand;
use greengrid_domain::onboarding::{FieldKey, Plain};
use maud::{Markup, html};

use crate::auth::Viewer;
use crate::components::layout::{self, Nav};
use crate::components::{format, icon, pill};
use crate::fault::Fault;
use crate::query::Asked;
use crate::state::AppState;
use crate::urls;

/// What the page shows.
#[derive(Default)]
struct Shown {
    /// What was typed into the form of one case.
    typed: Vec<(FieldKey, String)>,
    /// What was wrong with it.
    problem: Option<String>,
    /// What was wrong with a file.
    file_problem: Option<String>,
    /// What came of the rows of a file.
    reports: Option<Vec<RowReport>>,
    /// The sites of a vendor’s account, and its credential.
    list: Option<(uuid::Uuid, Result<VendorList, String>)>,
    /// Cases that were begun from it.
    begun: usize,
}

pub(super) async fn show(viewer: Viewer, State(state): State<AppState>) -> Result<Markup, Fault> {
    page(&viewer, &state, &Shown::default()).await
}

/// Begins one case, and goes on to it.
pub(super) async fn open(
    viewer: Viewer,
    State(state): State<AppState>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let fields: Vec<(FieldKey, String)> =
        pairs.iter().filter_map(|(name, text)| Some((name.parse().ok()?, text.clone()))).collect();
    let named = |plain: Plain| {
        fields.iter().any(|(key, text)| *key == plain.into() && !text.trim().is_empty())
    };
    if !named(Plain::Customer) && !named(Plain::SiteName) {
        let problem = Some("write at least the customer’s name or that of the site".to_owned());
        let shown = Shown { typed: fields, problem, ..Shown::default() };
        let page = page(&viewer, &state, &shown).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let new = NewCase { fields: fields.clone(), owner: None };
    match state.onboarding.open_case(&viewer.actor, new).await {
        Ok((id, _)) => Ok(Redirect::to(&urls::case(id.into())).into_response()),
        Err(error @ OnboardingError::Store(_)) => {
            let fault = Fault::from(error);
            fault.log();
            let problem = Some(format!("not begun: {fault}; what you typed stands here"));
            let shown = Shown { typed: fields, problem, ..Shown::default() };
            let page = page(&viewer, &state, &shown).await?;
            Ok((StatusCode::SERVICE_UNAVAILABLE, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Begins cases of the rows of a file, and tells what came of each.
pub(super) async fn rows(
    viewer: Viewer,
    State(state): State<AppState>,
    mut form: Multipart,
) -> Result<Response, Fault> {
    let mut bytes = Vec::new();
    while let Ok(Some(field)) = form.next_field().await {
        if field.name() == Some("file") {
            bytes = field.bytes().await.map(|bytes| bytes.to_vec()).unwrap_or_default();
        }
    }
    let (status, shown) = match read_rows(&bytes) {
        Err(words) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Shown { file_problem: Some(words), ..Shown::default() },
        ),
        Ok(rows) => {
            let reports = state.onboarding.open_rows(&viewer.actor, &rows).await?;
            (StatusCode::OK, Shown { reports: Some(reports), ..Shown::default() })
        }
    };
    Ok((status, page(&viewer, &state, &shown).await?).into_response())
}

/// A row of a file: pairs of a column’s name and its text.
type Row = Vec<(String, String)>;

/// The rows of a file, separated by commas or semicolons.
fn read_rows(bytes: &[u8]) -> Result<Vec<Row>, String> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| "the file is not in UTF-8; save it as “CSV UTF-8”".to_owned())?;
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let delimiter =
        if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| error.to_string())?.clone();
    if headers.iter().all(str::is_empty) {
        return Err("choose a file whose first line names the columns".to_owned());
    }
    let rows: Result<Vec<Row>, csv::Error> = reader
        .records()
        .map(|record| {
            let record = record?;
            Ok(headers
                .iter()
                .zip(record.iter())
                .map(|(name, text)| (name.to_owned(), text.to_owned()))
                .collect())
        })
        .collect();
    let rows =
        rows.map_err(|_| "a row of the file cannot be read; are its quotes closed".to_owned())?;
    if rows.is_empty() {
        Err("the file has no rows below its first line".to_owned())
    } else {
        Ok(rows)
    }
}

/// The sites of a vendor’s account that are not connected.
pub(super) async fn vendor(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Fault> {
    let asked = Asked::read(query.as_deref().unwrap_or_default());
    let credential: Option<uuid::Uuid> = asked.get("credential").and_then(|text| text.parse().ok());
    let mut shown = Shown {
        begun: asked.get("begun").and_then(|text| text.parse().ok()).unwrap_or(0),
        ..Shown::default()
    };
    if let Some(credential) = credential {
        let list = match state.onboarding.vendor_list(&viewer.actor, credential.into()).await {
            Ok(list) => Ok(list),
            Err(error @ OnboardingError::Vendor(_)) => Err(error.to_string()),
            Err(error) => return Err(error.into()),
        };
        shown.list = Some((credential, list));
    }
    page(&viewer, &state, &shown).await
}

pub(super) async fn open_from_vendor(
    viewer: Viewer,
    State(state): State<AppState>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Redirect, Fault> {
    let credential: uuid::Uuid = pairs
        .iter()
        .find(|(name, _)| name == "credential")
        .and_then(|(_, text)| text.parse().ok())
        .ok_or_else(|| Fault::BadRequest("the form names no account".to_owned()))?;
    let wanted: Vec<String> =
        pairs.iter().filter(|(name, _)| name == "site").map(|(_, id)| id.clone()).collect();
    let begun =
        state.onboarding.open_from_vendor(&viewer.actor, credential.into(), &wanted).await?;
    Ok(Redirect::to(&format!(
        "{}?credential={credential}&begun={}",
        urls::FROM_VENDOR,
        begun.len()
    )))
}

async fn page(viewer: &Viewer, state: &AppState, shown: &Shown) -> Result<Markup, Fault> {
    let credentials = state.onboarding.credentials(&viewer.actor).await?;
    let main = layout::main(html! {
        div .lede {
            p .lede__date { a href=(urls::ONBOARDING) { "Onboarding" } " / new" }
            div {
                h1 { strong { "Begin a case" } " by hand, from a file, or from a vendor’s account." }
                p .lede__sub { "Whatever is known already goes along; the rest is asked for step by step." }
            }
        }
        div .cols .cols--half {
            (by_hand(shown))
            div .stack { (from_file(shown)) (from_account(shown, &credentials)) }
        }
    });
    Ok(layout::page().viewer(viewer).title("New case").nav(Nav::Onboarding).main(main).render())
}

fn by_hand(shown: &Shown) -> Markup {
    let typed = |plain: Plain| {
        shown
            .typed
            .iter()
            .find(|(key, _)| *key == plain.into())
            .map_or("", |(_, text)| text.as_str())
    };
    let line = |plain: Plain, hint: &str| {
        html! {
            div .field {
                label for={ "new-" (plain) } { (plain.label()) }
                p id={ "hn-" (plain) } .hint { (hint) }
                input id={ "new-" (plain) } .input name=(plain) value=(typed(plain)) autocomplete="off" aria-describedby={ "hn-" (plain) };
            }
        }
    };
    html! {
        section .section aria-labelledby="h-hand" {
            div .section__head { h2 #h-hand { "One case" } }
            form .form method="post" action=(urls::ONBOARDING) {
                @if let Some(problem) = &shown.problem {
                    p .msg role="alert" { (icon("act")) span { (format::sentence(problem)) } }
                }
                div .fields {
                    (line(Plain::Customer, "As on the contract"))
                    (line(Plain::Email, "The invitation goes there"))
                    (line(Plain::SiteName, "What everybody will call it"))
                    (line(Plain::SignedOn, "Such as 12 June 2026"))
                    div .field {
                        label for="new-brand" { "Inverter brand" }
                        p #hn-brand .hint { "If it is known already" }
                        select #new-brand .select name="brand" aria-describedby="hn-brand" {
                            option value="" { "not known yet" }
                            @for brand in [Brand::SolarEdge, Brand::Fronius, Brand::Enphase] {
                                option value=(brand) selected[typed(Plain::Brand) == brand.to_string()] { (brand.name()) }
                            }
                        }
                    }
                }
                div .formfoot { button .btn .btn--primary type="submit" { "Begin" } }
            }
        }
    }
}

fn from_file(shown: &Shown) -> Markup {
    html! {
        section .section aria-labelledby="h-csv" {
            div .section__head { h2 #h-csv { "Several from a file" } }
            form .form method="post" enctype="multipart/form-data" action="/onboarding/csv" {
                div .field data-state=[shown.file_problem.as_ref().map(|_| "error")] {
                    label for="csv" { "CSV file" }
                    p #h-csvfile .hint {
                        "The first line names the columns: customer, email, site name, address, coordinates, kwp, tilt, direction, brand, serial … A row with mistakes begins its case all the same."
                    }
                    input #csv .input type="file" name="file" accept=".csv,text/csv" aria-describedby="h-csvfile";
                    @if let Some(problem) = &shown.file_problem {
                        p .msg role="alert" { (icon("act")) span { (format::sentence(problem)) } }
                    }
                }
                div { button .btn type="submit" { "Begin cases" } }
            }
            @if let Some(reports) = &shown.reports { (report(reports)) }
        }
    }
}

/// What came of each row.
fn report(reports: &[RowReport]) -> Markup {
    let opened = reports.iter().filter(|it| matches!(it, RowReport::Opened { .. })).count();
    html! {
        div role="status" {
            h3 { (format::counted(opened, "case", "cases")) " begun of " (format::counted(reports.len(), "row", "rows")) }
            div .scroll tabindex="0" role="region" aria-label="Report by row, table" {
                table .table {
                    thead { tr { th scope="col" .n { "Row" } th scope="col" { "What came of it" } th scope="col" { "To look at" } } }
                    tbody {
                        // The first line names the columns.
                        @for (row, report) in (2_usize..).zip(reports) {
                            tr {
                                th scope="row" .n { (row) }
                                @match report {
                                    RowReport::Opened { id, number, look_at } => {
                                        td { (pill::pill("ok", "Begun", false)) " " a href=(urls::case((*id).into())) { (number) } }
                                        td { @for (key, words) in look_at { small { b { (key.label()) } ": " (words) } } }
                                    },
                                    RowReport::Known(id, number) => {
                                        td { (pill::pill("watch", "There already", false)) " " a href=(urls::case((*id).into())) { (number) } }
                                        td {}
                                    },
                                    RowReport::Refused(why) => {
                                        td { (pill::pill("act", "Not begun", false)) }
                                        td { (why) }
                                    },
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn from_account(shown: &Shown, credentials: &[(uuid::Uuid, Brand, String)]) -> Markup {
    let chosen = shown.list.as_ref().map(|(id, _)| *id);
    html! {
        section .section aria-labelledby="h-vendor" {
            div .section__head { h2 #h-vendor { "From a vendor’s account" } }
            @if credentials.is_empty() {
                p .dim { "No key of an account is here yet. The first one comes in with a case." }
            } @else {
                form .rowform method="get" action=(urls::FROM_VENDOR) {
                    label for="account" { "Account" }
                    select #account .select name="credential" {
                        @for (id, brand, name) in credentials {
                            option value=(id) selected[chosen == Some(*id)] { (name) " (" (brand.name()) ")" }
                        }
                    }
                    button .btn .btn--small type="submit" { "List its sites" }
                }
            }
            @if shown.begun > 0 {
                p .msg .msg--ok role="status" { (icon("ok")) span { (format::counted(shown.begun, "case", "cases")) " begun." } }
            }
            @match &shown.list {
                Some((_, Err(words))) => p .msg role="alert" { (icon("act")) span { (format::sentence(words)) } },
                Some((id, Ok(list))) => (account_sites(*id, list)),
                None => {},
            }
        }
    }
}

fn account_sites(id: uuid::Uuid, list: &VendorList) -> Markup {
    html! {
        p .section__note {
            "“" (list.credential) "” opens " (format::counted(list.free.len() + list.taken, "site", "sites")) "; "
            (list.taken) " of them are connected or have a case."
        }
        @if !list.free.is_empty() {
            form .form method="post" action=(urls::FROM_VENDOR) {
                input type="hidden" name="credential" value=(id);
                fieldset .field .picklist {
                    legend { "Begin a case for" }
                    @for site in &list.free {
                        label .check { input type="checkbox" name="site" value=(site.id); (site.name) " " span .dim { (site.id) } }
                    }
                }
                div { button .btn type="submit" { "Begin cases" } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_with_either_separator() {
        let rows = read_rows("\u{feff}customer;kwp\nA;9,9\n".as_bytes()).unwrap();
        assert_eq!(
            rows,
            [[("customer".to_owned(), "A".to_owned()), ("kwp".to_owned(), "9,9".to_owned())]]
        );
        assert_eq!(read_rows(b"customer,kwp\nA,\"9,9\"\n").unwrap().len(), 1);
        assert!(read_rows(b"").is_err());
        assert!(read_rows(b"customer\n").is_err());
        assert!(read_rows(&[0xff, 0xfe, 0x00]).is_err());
    }
}
