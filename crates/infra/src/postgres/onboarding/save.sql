update onboarding_case set
    version = version + 1, owner_id = $3, stage = $4, stage_since = $5, due_on = $6,
    stuck_reason = $7, stuck_since = $8, stuck_by_limit = $9, waits_party = $10, waits_what = $11,
    credential_id = $12, access_brand = $13, access_at = $14, test_outcome = $15, test_cause = $16,
    tested_at = $17, test_at = $18, verification = $19, verify_at = $20, accepted = $21,
    accepted_kind = $22, accepted_by = $23, site_id = $24, live_at = $25,
    faces = $26, inverters = $27
where id = $1 and version = $2
