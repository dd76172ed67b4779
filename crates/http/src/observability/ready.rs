use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use greengrid_app::error::StoreError;
use greengrid_app::observability::DatabaseHealth;
use serde_json::json;
use tokio::time::timeout;

use crate::state::AppState;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether this instance can serve: its database answers, has all migrations,
/// and its projector keeps up. For balancers, so it names no inner parts.
pub(super) async fn show(State(state): State<AppState>) -> Response {
    let troubles = what_is_wrong(&state).await;
    if troubles.is_empty() {
        return "ready\n".into_response();
    }
    let told = Json(json!({ "troubles": troubles }));
    (StatusCode::SERVICE_UNAVAILABLE, told).into_response()
}

/// Whether it would say that it is ready.
pub(crate) async fn is_ready(state: &AppState) -> bool {
    what_is_wrong(state).await.is_empty()
}

async fn what_is_wrong(state: &AppState) -> Vec<String> {
    match timeout(PATIENCE, state.vitals.database()).await {
        Ok(asked) => troubles(asked),
        Err(_) => vec!["the database does not answer".to_owned()],
    }
}

fn troubles(asked: Result<DatabaseHealth, StoreError>) -> Vec<String> {
    match asked {
        Ok(health) => health.troubles(),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "not ready");
            vec!["the database cannot be asked".to_owned()]
        }
    }
}
