select
    id, site_id, brand, credential_id, external_id, cadence_s, paused, failures,
    failing_since as "failing_since: jiff_sqlx::Timestamp", cause, said,
    last_success_at as "last_success_at: jiff_sqlx::Timestamp",
    last_attempt_at as "last_attempt_at: jiff_sqlx::Timestamp",
    next_run_at as "next_run_at: jiff_sqlx::Timestamp",
    checkpoint as "checkpoint: jiff_sqlx::Timestamp",
    ahead_from as "ahead_from: jiff_sqlx::Timestamp",
    ahead_to as "ahead_to: jiff_sqlx::Timestamp", newest_at as "newest_at: jiff_sqlx::Timestamp",
    reread_to as "reread_to: jiff_sqlx::Timestamp", reread_at as "reread_at: jiff_sqlx::Timestamp"
from connection
where credential_id is null and not paused and cause is null
    and last_attempt_at < $1::timestamptz - make_interval(secs => cadence_s * $2::float8)
order by last_attempt_at, id
limit 1000
