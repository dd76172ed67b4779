select
    id, number, version, owner_id, opened_at as "opened_at: jiff_sqlx::Timestamp", stage,
    stage_since as "stage_since: jiff_sqlx::Timestamp", due_on as "due_on: jiff_sqlx::Date",
    stuck_reason, stuck_since as "stuck_since: jiff_sqlx::Timestamp", stuck_by_limit,
    waits_party, waits_what, credential_id, access_brand,
    access_at as "access_at: jiff_sqlx::Timestamp", test_outcome, test_cause,
    tested_at as "tested_at: jiff_sqlx::Timestamp", test_at as "test_at: jiff_sqlx::Timestamp",
    verification, verify_at as "verify_at: jiff_sqlx::Timestamp", accepted, accepted_kind,
    accepted_by, faces, inverters, site_id, live_at as "live_at: jiff_sqlx::Timestamp",
    (select max(good_until) from onboarding_link l
     where l.case_id = c.id and l.used_at is null)
        as "link_until: jiff_sqlx::Timestamp"
from onboarding_case c
where id = $1
