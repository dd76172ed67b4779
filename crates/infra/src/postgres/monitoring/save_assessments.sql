insert into overview_row as known (
    site_id, status, kind, since, raised_at, cause, next_step, lost_wh, lost_wh_per_day,
    money_per_day, currency, power_w, expected_power_w, energy_today_wh, expected_today_wh,
    last_reading_at, spark_from, spark_actual, spark_expected, daily_index, updated_at, version
)
select
    t.site_id, t.status, t.kind, t.since,
    -- At first sight a finding was raised when it began; later, when it is seen.
    t.since,
    t.cause, t.next_step, t.lost_wh, t.lost_wh_per_day, t.money_per_day, t.currency, t.power_w,
    t.expected_power_w, t.energy_today_wh, t.expected_today_wh, t.last_reading_at, t.spark_from,
    t.spark_actual::integer[], t.spark_expected::integer[], t.daily_index::smallint[], $1,
    $21::bigint
from unnest(
    $2::integer[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[],
    $8::bigint[], $9::bigint[], $10::numeric[], $11::text[], $12::bigint[], $13::bigint[],
    $14::bigint[], $15::bigint[], $16::timestamptz[], $17::timestamptz[], $18::text[],
    $19::text[], $20::text[]
) as t (
    site_id, status, kind, since, cause, next_step, lost_wh, lost_wh_per_day, money_per_day,
    currency, power_w, expected_power_w, energy_today_wh, expected_today_wh, last_reading_at,
    spark_from, spark_actual, spark_expected, daily_index
)
-- A site that was deleted meanwhile is left out.
join site on site.id = t.site_id
order by t.site_id
on conflict (site_id) do update set
    status = excluded.status,
    kind = excluded.kind,
    since = excluded.since,
    raised_at = case
        when excluded.kind is null then null
        when known.kind = excluded.kind then known.raised_at
        else excluded.updated_at
    end,
    cause = excluded.cause,
    next_step = excluded.next_step,
    lost_wh = excluded.lost_wh,
    lost_wh_per_day = excluded.lost_wh_per_day,
    money_per_day = excluded.money_per_day,
    currency = excluded.currency,
    power_w = excluded.power_w,
    expected_power_w = excluded.expected_power_w,
    energy_today_wh = excluded.energy_today_wh,
    expected_today_wh = excluded.expected_today_wh,
    last_reading_at = excluded.last_reading_at,
    spark_from = excluded.spark_from,
    spark_actual = excluded.spark_actual,
    spark_expected = excluded.spark_expected,
    daily_index = excluded.daily_index,
    updated_at = excluded.updated_at,
    version = excluded.version
