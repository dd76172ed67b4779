-- Derives days from their quarter hours. $1 to $4: site, day, first instant and
-- end, for each day.
insert into site_day (
    site_id, day, energy_wh, peak_power_w, covered_s, valid, incomplete, inconsistent,
    corrections)
select
    d.site_id, d.day, i.energy_wh, i.peak_power_w, i.covered_s, i.valid, i.incomplete,
    i.inconsistent, i.corrections
from unnest($1::int[], $2::date[], $3::timestamptz[], $4::timestamptz[])
    as d(site_id, day, from_at, to_at)
cross join lateral (
    select
        sum(energy_wh) as energy_wh, max(peak_power_w) as peak_power_w,
        sum(covered_s) as covered_s, sum(valid) as valid, sum(incomplete) as incomplete,
        sum(inconsistent) as inconsistent, sum(corrections) as corrections
    from site_interval
    where site_id = d.site_id and starts_at >= d.from_at and starts_at < d.to_at
    having count(*) > 0
) i
on conflict (site_id, day) do update set
    energy_wh = excluded.energy_wh,
    peak_power_w = excluded.peak_power_w,
    covered_s = excluded.covered_s,
    valid = excluded.valid,
    incomplete = excluded.incomplete,
    inconsistent = excluded.inconsistent,
    corrections = excluded.corrections
