use axum::http::Method;
use greengrid_app::actor::Permission;
use greengrid_domain::identity::Scope;

/// What a route asks of whoever calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing, and nobody looks who asks: static files, health.
    Open,
    /// Nothing, but it matters who asks.
    Public,
    /// To be signed in.
    SignedIn,
    /// To be signed in with a role that holds this permission.
    Allowed(Permission),
    /// A bearer token with this scope.
    Token(Scope),
    /// A bearer token with this scope, or to ask from the machine itself.
    TokenOrLoopback(Scope),
    /// A secret in the address itself, which the handler knows or does not:
    /// for devices that cannot send headers.
    SecretAddress,
}

/// Every route with what it asks. A route that is not here cannot be added to
/// the router.
pub const TABLE: &[(Method, &str, Access)] = &[
    (Method::GET, "/healthz", Access::Open),
    (Method::GET, "/readyz", Access::Open),
    (Method::GET, "/metrics", Access::TokenOrLoopback(Scope::MetricsRead)),
    (Method::GET, "/", Access::Public),
    (Method::GET, "/sign-in", Access::Public),
    (Method::POST, "/sign-in", Access::Public),
    (Method::POST, "/sign-out", Access::Public),
    (Method::GET, "/invitation/{secret}", Access::Public),
    (Method::POST, "/invitation/{secret}", Access::Public),
    (Method::POST, "/password/strength", Access::Public),
    (Method::POST, "/theme", Access::Public),
    // Asks for a session itself: a tab that lost its own has to be told so in a
    // way that makes it stop asking.
    (Method::GET, "/live", Access::SignedIn),
    (Method::GET, "/overview", Access::Allowed(Permission::ViewOverview)),
    (Method::POST, "/overview/{site}/take", Access::Allowed(Permission::TakeAction)),
    (Method::GET, "/sites", Access::Allowed(Permission::ViewSites)),
    (Method::GET, "/sites/{site}", Access::Allowed(Permission::ViewSites)),
    (Method::GET, "/sites/{site}/curve", Access::Allowed(Permission::ViewSites)),
    (Method::GET, "/sites/{site}/readings.csv", Access::Allowed(Permission::ViewSites)),
    (Method::GET, "/sites/{site}/anomalies/{anomaly}", Access::Allowed(Permission::ViewSites)),
    (
        Method::POST,
        "/sites/{site}/anomalies/{anomaly}/acknowledge",
        Access::Allowed(Permission::HandleAnomalies),
    ),
    (
        Method::POST,
        "/sites/{site}/anomalies/{anomaly}/assign",
        Access::Allowed(Permission::HandleAnomalies),
    ),
    (
        Method::POST,
        "/sites/{site}/anomalies/{anomaly}/snooze",
        Access::Allowed(Permission::HandleAnomalies),
    ),
    (
        Method::POST,
        "/sites/{site}/anomalies/{anomaly}/resolve",
        Access::Allowed(Permission::HandleAnomalies),
    ),
    (
        Method::POST,
        "/sites/{site}/anomalies/{anomaly}/dismiss",
        Access::Allowed(Permission::HandleAnomalies),
    ),
    (
        Method::POST,
        "/sites/{site}/anomalies/{anomaly}/reopen",
        Access::Allowed(Permission::HandleAnomalies),
    ),
    (
        Method::POST,
        "/sites/{site}/anomalies/{anomaly}/note",
        Access::Allowed(Permission::WriteNotes),
    ),
    (
        Method::POST,
        "/sites/{site}/patterns/{pattern}/forget",
        Access::Allowed(Permission::HandleAnomalies),
    ),
    (Method::POST, "/sites/{site}/maintenance", Access::Allowed(Permission::PlanMaintenance)),
    (
        Method::POST,
        "/sites/{site}/maintenance/{window}/cancel",
        Access::Allowed(Permission::PlanMaintenance),
    ),
    (Method::GET, "/scorecard", Access::Allowed(Permission::ViewScorecard)),
    (Method::GET, "/onboarding", Access::Allowed(Permission::ViewOnboarding)),
    (Method::GET, "/my", Access::Allowed(Permission::ViewOwnSites)),
    (Method::GET, "/my/{site}", Access::Allowed(Permission::ViewOwnSites)),
    (Method::GET, "/my/{site}/curve", Access::Allowed(Permission::ViewOwnSites)),
    (Method::GET, "/my/{site}/history.csv", Access::Allowed(Permission::ViewOwnSites)),
    (Method::POST, "/my/{site}/worth", Access::Allowed(Permission::ShareOwnSites)),
    (Method::GET, "/admin", Access::Allowed(Permission::Administer)),
    (Method::POST, "/admin/users/{user}/role", Access::Allowed(Permission::Administer)),
    (Method::POST, "/admin/users/{user}/active", Access::Allowed(Permission::Administer)),
    (Method::POST, "/admin/tokens", Access::Allowed(Permission::Administer)),
    (Method::POST, "/admin/tokens/{token}/revoke", Access::Allowed(Permission::Administer)),
    (Method::GET, "/import", Access::Allowed(Permission::ImportFiles)),
    (Method::POST, "/import", Access::Allowed(Permission::ImportFiles)),
    (Method::GET, "/import/{job}", Access::Allowed(Permission::ImportFiles)),
    (Method::GET, "/import/{job}/rejected.csv", Access::Allowed(Permission::ImportFiles)),
    (Method::GET, "/quarantine", Access::Allowed(Permission::HandleQuarantine)),
    (Method::GET, "/quarantine/{entry}", Access::Allowed(Permission::HandleQuarantine)),
    (Method::GET, "/quarantine/{entry}/payload", Access::Allowed(Permission::HandleQuarantine)),
    (Method::POST, "/quarantine/{entry}/replay", Access::Allowed(Permission::HandleQuarantine)),
    (Method::GET, "/connections", Access::Allowed(Permission::ViewConnections)),
    (
        Method::POST,
        "/connections/{connection}/test",
        Access::Allowed(Permission::ManageConnections),
    ),
    (
        Method::POST,
        "/connections/{connection}/pause",
        Access::Allowed(Permission::ManageConnections),
    ),
    (
        Method::POST,
        "/connections/{connection}/back-fill",
        Access::Allowed(Permission::ManageConnections),
    ),
    (Method::GET, "/chat", Access::Allowed(Permission::Chat)),
    (Method::GET, "/chat/search", Access::Allowed(Permission::Chat)),
    (Method::GET, "/chat/moderation", Access::Allowed(Permission::ModerateChat)),
    (Method::GET, "/chat/people/{user}", Access::Allowed(Permission::Chat)),
    (Method::GET, "/chat/people/{user}/card", Access::Allowed(Permission::Chat)),
    (Method::GET, "/chat/sites/{site}/card", Access::Allowed(Permission::ViewSites)),
    (Method::GET, "/chat/anomalies/{anomaly}", Access::Allowed(Permission::ViewSites)),
    (Method::GET, "/chat/anomalies/{anomaly}/card", Access::Allowed(Permission::ViewSites)),
    (Method::GET, "/chat/posts/{post}", Access::Allowed(Permission::Chat)),
    (Method::POST, "/chat/posts/{post}/edit", Access::Allowed(Permission::Chat)),
    (Method::POST, "/chat/posts/{post}/take-back", Access::Allowed(Permission::Chat)),
    (Method::POST, "/chat/posts/{post}/approve", Access::Allowed(Permission::ModerateChat)),
    (Method::POST, "/chat/posts/{post}/remove", Access::Allowed(Permission::ModerateChat)),
    (Method::GET, "/chat/{room}", Access::Allowed(Permission::Chat)),
    (Method::POST, "/chat/{room}", Access::Allowed(Permission::Chat)),
    (Method::POST, "/chat/{room}/read", Access::Allowed(Permission::Chat)),
    (Method::GET, "/mailbox", Access::Allowed(Permission::ViewLetters)),
    (Method::GET, "/mailbox/{letter}", Access::Allowed(Permission::ViewLetters)),
    (Method::GET, "/mailbox/{letter}/html", Access::Allowed(Permission::ViewLetters)),
    (Method::POST, "/mailbox/{letter}/resend", Access::Allowed(Permission::SendLetters)),
    (Method::GET, "/system", Access::Allowed(Permission::ViewSystem)),
    (Method::GET, "/system/traces/{trace}", Access::Allowed(Permission::ViewSystem)),
    (Method::POST, "/system/follow", Access::Allowed(Permission::ViewSystem)),
    (Method::GET, "/system/burst/cheap", Access::Allowed(Permission::ViewSystem)),
    (Method::GET, "/system/burst/database", Access::Allowed(Permission::ViewSystem)),
    (Method::POST, "/api/v1/readings", Access::Token(Scope::ReadingsWrite)),
    (Method::POST, "/ingest/fronius/{secret}", Access::SecretAddress),
];

/// What a route asks, if it is listed.
pub(crate) fn access(method: &Method, path: &str) -> Option<Access> {
    TABLE.iter().find(|(m, p, _)| m == method && *p == path).map(|(_, _, access)| *access)
}
