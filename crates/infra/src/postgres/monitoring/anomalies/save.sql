insert into anomaly as a
    (id, site_id, kind, since, until, raised_at, heard_at, lost_wh, lost_wh_per_day, money_per_day,
     currency, cause, next_step, confidence, rung, neighbours, facts, held_at, stage, stage_by,
     stage_at, snoozed_until, dismissal, words, assigned_to, reopened, recovered_at,
     recovered_wh_per_day, came_back_at, quiet_pattern_id)
select t.id, t.site_id, t.kind, t.since, t.until, t.raised_at, t.heard_at, t.lost_wh,
       t.lost_wh_per_day, t.money_per_day, t.currency, t.cause, t.next_step, t.confidence, t.rung,
       t.neighbours, t.facts, t.held_at, t.stage, t.stage_by, t.stage_at, t.snoozed_until,
       t.dismissal, t.words, t.assigned_to, t.reopened, t.recovered_at, t.recovered_wh_per_day,
       t.came_back_at, t.quiet_pattern_id
from jsonb_to_recordset($1) as t
    (id uuid, site_id integer, kind text, since timestamptz, until timestamptz,
     raised_at timestamptz, heard_at timestamptz, lost_wh bigint, lost_wh_per_day bigint,
     money_per_day numeric, currency text, cause text, next_step text, confidence text, rung text,
     neighbours smallint, facts jsonb, held_at double precision, stage text, stage_by uuid,
     stage_at timestamptz, snoozed_until timestamptz, dismissal text, words text, assigned_to uuid,
     reopened smallint, recovered_at timestamptz, recovered_wh_per_day bigint,
     came_back_at timestamptz, quiet_pattern_id uuid)
on conflict (id) do update set
    kind = excluded.kind, since = excluded.since, until = excluded.until,
    heard_at = excluded.heard_at, lost_wh = excluded.lost_wh,
    lost_wh_per_day = excluded.lost_wh_per_day, money_per_day = excluded.money_per_day,
    currency = excluded.currency, cause = excluded.cause, next_step = excluded.next_step,
    confidence = excluded.confidence, rung = excluded.rung, neighbours = excluded.neighbours,
    facts = excluded.facts, held_at = excluded.held_at, stage = excluded.stage,
    stage_by = excluded.stage_by, stage_at = excluded.stage_at,
    snoozed_until = excluded.snoozed_until, dismissal = excluded.dismissal,
    words = excluded.words, assigned_to = excluded.assigned_to, reopened = excluded.reopened,
    recovered_at = excluded.recovered_at, recovered_wh_per_day = excluded.recovered_wh_per_day,
    came_back_at = excluded.came_back_at, quiet_pattern_id = excluded.quiet_pattern_id
