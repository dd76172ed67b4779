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
where credential_id is not null and credential_id <> all($2) and not paused and next_run_at <= $1
order by next_run_at, id
limit 5000
