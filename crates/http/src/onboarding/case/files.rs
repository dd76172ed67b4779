//! Files of a case: attached, downloaded, taken away.

use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use greengrid_app::onboarding::{LARGEST_FILE, OnboardingError};
use greengrid_domain::onboarding::Problem;
use uuid::Uuid;

use crate::auth::{Caller, Viewer};
use crate::fault::Fault;
use crate::onboarding::answer::{At, answer};
use crate::state::AppState;

pub(in crate::onboarding) async fn attach(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
    mut form: Multipart,
) -> Result<Response, Fault> {
    let problem = |message: &str| {
        OnboardingError::Field(Problem { message: message.to_owned(), suggestion: None })
    };
    let mut done = Err(problem("choose a file first"));
    loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(error) => {
                done = Err(problem(refused(&error)));
                break;
            }
        };
        let name = field.file_name().unwrap_or_default().to_owned();
        if field.name() != Some("file") || name.is_empty() {
            continue;
        }
        done = match field.bytes().await {
            Ok(bytes) => {
                state.onboarding.attach(&viewer.actor, case.into(), &name, bytes.to_vec()).await
            }
            Err(error) => Err(problem(refused(&error))),
        };
        break;
    }
    answer(&viewer, caller, &state, case, At::File, "", done).await
}

fn refused(error: &axum::extract::multipart::MultipartError) -> &'static str {
    const _: () = assert!(LARGEST_FILE == 10 << 20);
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => "a file has at most 10 MiB",
        _ => "the file did not arrive whole; send it again",
    }
}

/// A file, always to be saved and never to be shown as a page of ours.
pub(in crate::onboarding) async fn download(
    viewer: Viewer,
    State(state): State<AppState>,
    Path((case, file)): Path<(Uuid, Uuid)>,
) -> Result<Response, Fault> {
    let file = state.onboarding.file(&viewer.actor, case.into(), file).await?;
    let kind = HeaderValue::from_str(&file.entry.media_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let disposition = HeaderValue::from_str(&disposition(&file.entry.name))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, file.bytes).into_response())
}

/// The name in plain letters, and whole for browsers that know RFC 6266.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || " ._-".contains(c) { c } else { '_' })
        .collect();
    let whole: String = name.bytes().fold(String::new(), |mut out, byte| {
        use std::fmt::Write as _;
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            out.push(byte.into());
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    });
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

pub(in crate::onboarding) async fn remove(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path((case, file)): Path<(Uuid, Uuid)>,
) -> Result<Response, Fault> {
    let done = state.onboarding.detach(&viewer.actor, case.into(), file).await;
    answer(&viewer, caller, &state, case, At::File, "", done).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_end_no_header() {
        assert_eq!(
            disposition("Dach\u{e4}ch \"x\".pdf"),
            "attachment; filename=\"Dach_ch _x_.pdf\"; filename*=UTF-8''Dach%C3%A4ch%20%22x%22.pdf"
        );
    }
}
