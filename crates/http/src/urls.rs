//! Addresses of pages, in one place.

use std::fmt::Write as _;

use greengrid_app::chat::Window;
use greengrid_domain::chat::{PostId, Room};
use greengrid_domain::fleet::{RegionCode, SiteCode};
use greengrid_domain::identity::{Role, UserId};
use greengrid_domain::ingestion::CredentialId;
use greengrid_domain::messages::{DeliveryId, DeliveryState, LetterId, LetterState, WebhookId};
use greengrid_domain::monitoring::alert::{AlertRuleId, AlertSilenceId, InhibitionId};
use greengrid_domain::monitoring::{AnomalyId, MaintenanceId, QuietPatternId};
use jiff::civil::Date;
use uuid::Uuid;

use crate::query::Address;

/// Sends everyone to their own home.
pub(crate) const ROOT: &str = "/";
pub(crate) const LIVE: &str = "/live";
pub(crate) const SIGN_IN: &str = "/sign-in";
pub(crate) const SIGN_OUT: &str = "/sign-out";
/// The second step of signing in, for those with a second factor.
pub(crate) const SIGN_IN_CODE: &str = "/sign-in/code";
/// Where somebody asks for a new password.
pub(crate) const FORGOT: &str = "/forgot";
/// The page of one's own account.
pub(crate) const ACCOUNT: &str = "/account";
/// The second factor of one's own account.
pub(crate) const FACTOR: &str = "/account/factor";
/// Where links that work once lead, each followed by its secret.
pub(crate) const INVITATION: &str = "/invitation/";
pub(crate) const RESET: &str = "/reset/";
pub(crate) const ADDRESS: &str = "/address/";
/// How good a password is that somebody types.
pub(crate) const STRENGTH: &str = "/password/strength";
pub(crate) const THEME: &str = "/theme";
pub(crate) const OVERVIEW: &str = "/overview";
pub(crate) const SITES: &str = "/sites";
pub(crate) const ONBOARDING: &str = "/onboarding";
pub(crate) const NEW_CASE: &str = "/onboarding/new";
pub(crate) const FROM_VENDOR: &str = "/onboarding/vendor";
pub(crate) const MEASURES: &str = "/onboarding/measures";
/// Where a vendor sends somebody back who has approved.
pub(crate) const APPROVED: &str = "/onboarding/callback";
/// The page behind a customer’s link, before its secret.
pub(crate) const CONNECT: &str = "/connect/";
pub(crate) const OWN_SITES: &str = "/my";
pub(crate) const NOTICES: &str = "/account/notices";
pub(crate) const OWN_DATA: &str = "/account/data";
pub(crate) const CLOSE_ACCOUNT: &str = "/account/close";
pub(crate) const ADMIN: &str = "/admin";
pub(crate) const ADMIN_TOKENS: &str = "/admin/tokens";
pub(crate) const ADMIN_TRAIL: &str = "/admin/trail";
/// The audit trail as a file.
pub(crate) const ADMIN_TRAIL_CSV: &str = "/admin/trail.csv";
pub(crate) const ADMIN_REGIONS: &str = "/admin/regions";
pub(crate) const ADMIN_MAIL: &str = "/admin/mail";
pub(crate) const ADMIN_KEYS: &str = "/admin/keys";
pub(crate) const SCORECARD: &str = "/scorecard";
pub(crate) const IMPORT: &str = "/import";
pub(crate) const QUARANTINE: &str = "/quarantine";
pub(crate) const MAILBOX: &str = "/mailbox";
pub(crate) const REPORTS: &str = "/reports";
pub(crate) const HANDOVER: &str = "/handover";
pub(crate) const ALERTS: &str = "/alerts";
pub(crate) const NEW_ALERT: &str = "/alerts/new";
pub(crate) const WEBHOOKS: &str = "/webhooks";
pub(crate) const INHIBITIONS: &str = "/alerts/inhibitions";
pub(crate) const SILENCES: &str = "/alerts/silences";

/// Where a kind of letter is stopped, followed by whose and which, signed.
pub(crate) const UNSUBSCRIBE: &str = "/unsubscribe/";

/// Where devices send to addresses that hold a secret.
pub(crate) const INGEST: &str = "/ingest/";
pub(crate) const CONNECTIONS: &str = "/connections";
pub(crate) const SYSTEM: &str = "/system";
/// Where a post is sent to be followed, and where a reading is.
pub(crate) const FOLLOW: &str = "/system/follow";
pub(crate) const FOLLOW_READING: &str = "/system/follow/reading";
pub(crate) const CHAT: &str = "/chat";
pub(crate) const LOBBY: &str = "/chat/lobby";
pub(crate) const MODERATION: &str = "/chat/moderation";
pub(crate) const CHAT_SEARCH: &str = "/chat/search";
/// What a mention can become that somebody has begun.
pub(crate) const MENTIONS: &str = "/chat/mentions";

/// The page to sign in on, from which one goes on to the page asked for.
pub(crate) fn sign_in(next: &str) -> String {
    if next == "/" { SIGN_IN.to_owned() } else { format!("{SIGN_IN}?next={}", encoded(next)) }
}

/// Text as a value in the query of an address.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(byte.into());
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// The page of what opens a vendor’s interface.
pub(crate) fn admin_key(key: CredentialId) -> String {
    format!("{ADMIN_KEYS}/{key}")
}

/// The page of a site. Codes hold only characters that need no escaping.
pub(crate) fn site(code: &SiteCode) -> String {
    format!("/sites/{code}")
}

/// One anomaly on the page of its site.
pub(crate) fn anomaly(code: &SiteCode, anomaly: AnomalyId) -> String {
    format!("/sites/{code}?anomaly={anomaly}#case")
}

/// The evidence of an anomaly, for a drawer.
pub(crate) fn evidence(code: &SiteCode, anomaly: AnomalyId) -> String {
    format!("/sites/{code}/anomalies/{anomaly}")
}

/// Where something is done with an anomaly: the action in the words of the
/// permission table.
pub(crate) fn act(code: &SiteCode, anomaly: AnomalyId, action: &str) -> String {
    format!("/sites/{code}/anomalies/{anomaly}/{action}")
}

/// Where a quiet pattern is ended.
pub(crate) fn forget(code: &SiteCode, pattern: QuietPatternId) -> String {
    format!("/sites/{code}/patterns/{pattern}/forget")
}

/// Where work is planned.
pub(crate) fn maintenance(code: &SiteCode) -> String {
    format!("/sites/{code}/maintenance")
}

/// Where planned work is taken back.
pub(crate) fn cancel(code: &SiteCode, window: MaintenanceId) -> String {
    format!("/sites/{code}/maintenance/{window}/cancel")
}

/// The page of a case.
pub(crate) fn case(id: Uuid) -> String {
    format!("{ONBOARDING}/{id}")
}

/// Where a person lands after signing in.
pub(crate) const fn home(role: Role) -> &'static str {
    match role {
        Role::Ops => OVERVIEW,
        Role::Cs => ONBOARDING,
        Role::Customer => OWN_SITES,
        Role::Admin => ADMIN,
    }
}

/// Where a site is taken, or handed back.
pub(crate) fn take(code: &SiteCode) -> String {
    format!("/overview/{code}/take")
}

/// A site's power against expected, for scripts.
pub(crate) fn curve(code: &SiteCode) -> String {
    format!("/sites/{code}/curve")
}

/// The page of one's own site.
pub(crate) fn own_site(code: &SiteCode) -> String {
    format!("{OWN_SITES}/{code}")
}

/// What belongs to one's own site: a file, a form's target.
pub(crate) fn of_own_site(code: &SiteCode, part: &str) -> String {
    format!("{OWN_SITES}/{code}/{part}")
}

/// Where a kind of letter is stopped.
pub(crate) fn unsubscribe(token: &str) -> String {
    format!("{UNSUBSCRIBE}{token}")
}

/// A file of a person's data.
pub(crate) fn takeout(id: Uuid) -> String {
    format!("{OWN_DATA}/{id}/download")
}

/// A site's readings as a file.
pub(crate) fn readings_csv(code: &SiteCode) -> String {
    format!("/sites/{code}/readings.csv")
}

/// How an import of files stands.
pub(crate) fn import(job: Uuid) -> String {
    format!("{IMPORT}/{job}")
}

/// The rows that an import did not take, as a file.
pub(crate) fn import_report(job: Uuid) -> String {
    format!("{IMPORT}/{job}/rejected.csv")
}

/// Where something is done about a connection.
pub(crate) fn connection(id: Uuid, action: &str) -> String {
    format!("{CONNECTIONS}/{id}/{action}")
}

/// What waits in quarantine, older than this entry.
pub(crate) fn quarantine_before(entry: Uuid) -> String {
    format!("{QUARANTINE}?before={entry}")
}

/// One entry of quarantine.
pub(crate) fn quarantined(entry: Uuid) -> String {
    format!("{QUARANTINE}/{entry}")
}

/// What came in with an entry of quarantine, as a file.
pub(crate) fn quarantined_payload(entry: Uuid) -> String {
    format!("{QUARANTINE}/{entry}/payload")
}

/// Where an entry of quarantine is tried once more.
pub(crate) fn replay(entry: Uuid) -> String {
    format!("{QUARANTINE}/{entry}/replay")
}

/// A room. Its text form holds only characters that need no escaping.
pub(crate) fn room(room: &Room) -> String {
    format!("{CHAT}/{room}")
}

/// A room at its newest post.
pub(crate) fn room_end(room: &Room) -> String {
    format!("{CHAT}/{room}#end")
}

/// A part of a room.
pub(crate) fn room_part(room: &Room, window: Window) -> String {
    let until = window.until.map(|until| format!("&until={until}")).unwrap_or_default();
    format!("{CHAT}/{room}?from={}{until}", window.from)
}

/// A room at the post with this place, of which `id` is the element.
pub(crate) fn room_at(room: &Room, seq: i64, id: &str) -> String {
    format!("{CHAT}/{room}?at={seq}#{id}")
}

/// A room, with a post begun.
pub(crate) fn room_saying(room: &Room, text: &str) -> String {
    format!("{CHAT}/{room}?say={}#chat-text", encoded(text))
}

/// Posts with these words, older than one of them if it is given.
pub(crate) fn chat_search(words: &str, before: Option<PostId>) -> String {
    Address::new(CHAT_SEARCH).with("q", Some(words)).with("before", before).finish()
}

/// Where somebody notes how far they have read in a room.
pub(crate) fn room_read(room: &Room) -> String {
    format!("{CHAT}/{room}/read")
}

/// One post.
pub(crate) fn post(id: PostId) -> String {
    format!("{CHAT}/posts/{id}")
}

/// Where something is done with a post: the action in the words of the
/// permission table.
pub(crate) fn post_act(id: PostId, action: &str) -> String {
    format!("{CHAT}/posts/{id}/{action}")
}

/// One of the team.
pub(crate) fn person(id: UserId) -> String {
    format!("{CHAT}/people/{id}")
}

/// An anomaly of which only the key is known.
pub(crate) fn any_anomaly(id: AnomalyId) -> String {
    format!("{CHAT}/anomalies/{id}")
}

/// What is shown of a site when one points at it.
pub(crate) fn site_card(code: &SiteCode) -> String {
    format!("{CHAT}/sites/{code}/card")
}

/// Letters of a state, older than one of them.
pub(crate) fn letters(of: Option<LetterState>, before: Option<LetterId>) -> String {
    Address::new(MAILBOX).with("state", of).with("before", before).finish()
}

/// One letter.
pub(crate) fn letter(id: LetterId) -> String {
    format!("{MAILBOX}/{id}")
}

/// The markup of a letter, for a frame.
pub(crate) fn letter_html(id: LetterId) -> String {
    format!("{MAILBOX}/{id}/html")
}

/// Where a letter is sent once more.
pub(crate) fn resend_letter(id: LetterId) -> String {
    format!("{MAILBOX}/{id}/resend")
}

/// The morning report of a region for a day.
pub(crate) fn report(region: &RegionCode, day: Date) -> String {
    format!("{REPORTS}/{region}/{day}")
}

/// Reports of days before one.
pub(crate) fn reports_before(day: Date) -> String {
    format!("{REPORTS}?before={day}")
}

/// The shift handover of one region.
pub(crate) fn handover(region: &RegionCode) -> String {
    Address::new(HANDOVER).with("region", Some(region)).finish()
}

/// Where an inhibition is changed.
pub(crate) fn inhibition(id: InhibitionId) -> String {
    format!("{INHIBITIONS}/{id}")
}

/// Where an inhibition is taken away.
pub(crate) fn end_inhibition(id: InhibitionId) -> String {
    format!("{INHIBITIONS}/{id}/end")
}

/// A webhook.
pub(crate) fn webhook(id: WebhookId) -> String {
    format!("{WEBHOOKS}/{id}")
}

/// Where something is done with a webhook: the action in the words of the
/// permission table.
pub(crate) fn webhook_action(id: WebhookId, action: &str) -> String {
    format!("{WEBHOOKS}/{id}/{action}")
}

/// Messages to a webhook of a state, older than one of them.
pub(crate) fn deliveries(
    of: WebhookId,
    state: Option<DeliveryState>,
    before: Option<DeliveryId>,
) -> String {
    Address::new(webhook(of)).with("state", state).with("before", before).finish()
}

/// A message to a webhook.
pub(crate) fn delivery(of: WebhookId, id: DeliveryId) -> String {
    format!("{WEBHOOKS}/{of}/{id}")
}

/// Where a message to a webhook is posted once more.
pub(crate) fn resend_delivery(of: WebhookId, id: DeliveryId) -> String {
    format!("{WEBHOOKS}/{of}/{id}/resend")
}

/// An alert rule.
pub(crate) fn alert(rule: AlertRuleId) -> String {
    format!("{ALERTS}/{rule}")
}

/// Where an alert rule is taken away.
pub(crate) fn remove_alert(rule: AlertRuleId) -> String {
    format!("{ALERTS}/{rule}/remove")
}

/// Where a silence is ended.
pub(crate) fn end_silence(silence: AlertSilenceId) -> String {
    format!("{SILENCES}/{silence}/end")
}

/// The way of a request.
pub(crate) fn trace(id: &str) -> String {
    format!("{SYSTEM}/traces/{id}")
}
