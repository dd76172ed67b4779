use greengrid_app::live::Notice;
use greengrid_domain::observability::signal;
use sqlx::PgConnection;

/// The channel on which every instance listens.
pub(crate) const CHANNEL: &str = "greengrid";

/// Postgres refuses payloads of 8,000 bytes and more.
const PAYLOAD_LIMIT: usize = 7_500;

/// Tells every instance, once the transaction of this connection commits; at
/// once outside of one. All notices go in as few messages as they fit, a line
/// each: a commit with notifications takes a lock of the whole server.
pub(crate) async fn notify(
    connection: &mut PgConnection,
    notices: &[Notice],
) -> Result<(), sqlx::Error> {
    let payloads = payloads(notices);
    if payloads.is_empty() {
        return Ok(());
    }
    tracing::debug!(target: signal::NOTICE, topics = payloads.join("\n"));
    sqlx::query!(
        r#"select pg_notify($1, payload) as "told: ()" from unnest($2::text[]) as t(payload)"#,
        CHANNEL,
        &payloads
    )
    .fetch_all(connection)
    .await?;
    Ok(())
}

fn payloads(notices: &[Notice]) -> Vec<String> {
    let mut payloads: Vec<String> = Vec::new();
    for line in notices.iter().map(Notice::to_string) {
        match payloads.last_mut() {
            Some(last) if last.len() + 1 + line.len() <= PAYLOAD_LIMIT => {
                last.push('\n');
                last.push_str(&line);
            }
            _ => payloads.push(line),
        }
    }
    payloads
}

#[cfg(test)]
mod tests {
    use super::*;
    use greengrid_app::live::Topic;

    #[test]
    fn many_notices_are_split_below_the_limit_and_none_is_lost() {
        let notices: Vec<Notice> =
            (0..2_000).map(|id| Notice::Changed(Topic::Site(id.into()))).collect();

        let payloads = payloads(&notices);

        assert!(payloads.iter().all(|payload| payload.len() <= PAYLOAD_LIMIT));
        let heard: Vec<Notice> =
            payloads.iter().flat_map(|p| p.lines()).map(|line| line.parse().unwrap()).collect();
        assert_eq!(heard, notices);
    }
}
