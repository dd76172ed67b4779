use greengrid_app::messages::Links;
use greengrid_app::messages::webhooks::{Post, PostKind};
use greengrid_app::monitoring::alerts::{AlertLine, AlertMessage};
use greengrid_domain::monitoring::alert::AlertEvent;
use serde_json::{Value, json};

use super::letter::{NAMED, case, headline};
use crate::urls;

/// What webhooks are told of a message: the same lines as a letter has.
pub(super) fn post(message: &AlertMessage, links: &Links) -> Post {
    let kind = match message.event {
        AlertEvent::Raised => PostKind::AlertRaised,
        AlertEvent::Escalated => PostKind::AlertEscalated,
        AlertEvent::Ended => PostKind::AlertEnded,
    };
    let anomalies: Vec<Value> =
        message.lines.iter().take(NAMED).map(|line| anomaly(line, links)).collect();
    let body = json!({
        "type": kind.to_string(),
        "timestamp": message.at.to_string(),
        "data": {
            "headline": headline(message),
            "rule": {
                "id": message.rule.id.to_string(),
                "name": message.rule.name.as_str(),
                "url": links.to(&urls::alert(message.rule.id)),
            },
            "anomalies": anomalies,
            "more": message.lines.len().saturating_sub(NAMED),
        },
    });
    let key = format!("alert:{}:{}:{}", message.rule.id, message.event, message.first);
    Post { key: key.into(), kind, body: body.to_string() }
}

fn anomaly(line: &AlertLine, links: &Links) -> Value {
    let record = &line.record;
    json!({
        "id": record.id.to_string(),
        "site": { "code": line.site.0.as_str(), "name": line.site.1 },
        "region": line.fact.region.as_str(),
        "brand": line.fact.brand.to_string(),
        "kind": record.kind.to_string(),
        "severity": line.fact.severity.to_string(),
        "since": record.since.to_string(),
        "until": record.until.map(|until| until.to_string()),
        "cause": record.cause,
        "next_step": record.next_step.to_string(),
        "lost_wh_per_day": record.lost_per_day.wh(),
        "money_per_day": {
            "amount": record.money_per_day.amount.to_string(),
            "currency": record.money_per_day.currency.to_string(),
        },
        "others_with_the_same_cause": line.others,
        "url": case(line, links),
    })
}
