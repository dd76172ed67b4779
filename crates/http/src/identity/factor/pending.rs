//! Between the two steps of signing in: a session that is nobody's yet and
//! remembers whose password was right.

use greengrid_app::identity::Member;
use greengrid_domain::identity::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tower_sessions::Session;
use uuid::Uuid;

use crate::fault::Fault;

const KEY: &str = "second_step";

/// How long the second step may take, in seconds.
const PATIENCE_S: i64 = 600;

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    user: Uuid,
    auth_version: i32,
    /// Seconds since 1970.
    since_s: i64,
}

/// Whose password was right, and the version of their account at that moment.
pub(super) struct Pending {
    pub(super) user: UserId,
    pub(super) auth_version: i32,
}

/// Remembers whose password was right.
pub(in crate::identity) async fn begin(session: &Session, member: &Member) -> Result<(), Fault> {
    let kept = Kept {
        user: member.user.id.into(),
        auth_version: member.auth_version,
        since_s: Timestamp::now().as_second(),
    };
    session.insert(KEY, kept).await.map_err(|_| Fault::SessionsAway)
}

/// Whose password was right, unless that is too long ago.
pub(super) async fn pending(session: &Session) -> Result<Option<Pending>, Fault> {
    let kept: Option<Kept> = session.get(KEY).await.map_err(|_| Fault::SessionsAway)?;
    Ok(kept
        .filter(|kept| (0..PATIENCE_S).contains(&(Timestamp::now().as_second() - kept.since_s)))
        .map(|kept| Pending { user: kept.user.into(), auth_version: kept.auth_version }))
}
