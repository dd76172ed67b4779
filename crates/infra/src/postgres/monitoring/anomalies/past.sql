-- Anomalies as they were at a moment: of those that were not over for good
-- before it, the version that held then.
select a.id as "id!", a.site_id as "site_id!", a.kind as "kind!", a.since as "since!: _",
       a.until as "until: _", a.raised_at as "raised_at!: _", a.heard_at as "heard_at!: _",
       a.lost_wh as "lost_wh!", a.lost_wh_per_day as "lost_wh_per_day!",
       a.money_per_day as "money_per_day!", a.currency as "currency!", a.cause as "cause!",
       a.next_step as "next_step!", a.confidence as "confidence!", a.rung as "rung!",
       a.neighbours as "neighbours!", a.facts as "facts!: _", a.held_at, a.stage as "stage!",
       a.stage_by, a.stage_at as "stage_at: _", a.snoozed_until as "snoozed_until: _",
       a.dismissal, a.words, a.assigned_to, u.name as "assigned_name?",
       a.reopened as "reopened!", a.recovered_at as "recovered_at: _", a.recovered_wh_per_day,
       a.came_back_at as "came_back_at: _", a.quiet_pattern_id, a.incident_id
from anomaly known
cross join lateral (
    select row from anomaly_past
    where anomaly_id = known.id and at <= $1 order by at desc limit 1
) version
cross join lateral jsonb_populate_record(null::anomaly, version.row) a
left join app_user u on u.id = a.assigned_to
where known.raised_at <= $1
  and (known.until is null or known.heard_at > $1 or known.stage_at > $1
       or known.stage in ('open', 'acknowledged', 'snoozed'))
  and (a.until is null or a.stage in ('open', 'acknowledged', 'snoozed'))
  and a.stage <> 'withdrawn'
order by a.id
