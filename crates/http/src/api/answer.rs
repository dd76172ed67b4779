use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use greengrid_app::ingestion::{Receipt, Rejection};
use serde::Serialize;

/// Rows not taken that an answer lists.
const LISTED: usize = 1_000;

/// What became of the rows of a request.
#[derive(Debug, Serialize)]
struct Answer {
    accepted: u32,
    duplicate: u32,
    correction: u32,
    quarantined: usize,
    rows: Vec<NotTaken>,
    /// Rows not taken beyond those listed.
    #[serde(skip_serializing_if = "is_zero")]
    rows_omitted: usize,
}

#[derive(Debug, Serialize)]
struct NotTaken {
    row: Option<u32>,
    field: Option<&'static str>,
    code: &'static str,
    message: String,
}

impl From<Rejection> for NotTaken {
    fn from(rejection: Rejection) -> Self {
        let Rejection { row, field, code, message, .. } = rejection;
        Self { row, field, code: code.into(), message }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// 200 when at least one row was taken or there was none, 422 when no row was.
pub(super) fn answer(receipt: Receipt) -> Response {
    let taken = receipt.accepted + receipt.duplicates + receipt.corrections;
    let quarantined = receipt.rejected.len();
    let status = if taken == 0 && quarantined > 0 {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let answer = Answer {
        accepted: receipt.accepted,
        duplicate: receipt.duplicates,
        correction: receipt.corrections,
        quarantined,
        rows: receipt.rejected.into_iter().take(LISTED).map(NotTaken::from).collect(),
        rows_omitted: quarantined.saturating_sub(LISTED),
    };
    (status, Json(answer)).into_response()
}
