-- Derives days from their quarter hours. $1 to $4: site, day, first instant and
-- end, for each day. What meters counted into the grid is added up from their
-- readings in force.
insert into site_day (
    site_id, day, energy_wh, peak_power_w, covered_s, valid, incomplete, inconsistent,
    corrections, fed_in_wh)
select
    d.site_id, d.day, i.energy_wh, i.peak_power_w, i.covered_s, i.valid, i.incomplete,
    i.inconsistent, i.corrections, m.fed_in_wh
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
left join lateral (
    select round(sum(joules) / 3600)::bigint as fed_in_wh
    from (
        select distinct on (measured_at, device_id)
            case when quality <> 'inconsistent' then
                coalesce(energy_wh * 3600.0::float8, greatest(power_w, 0) * site.cadence_s::float8)
            end as joules
        from site
        join device on device.site_id = site.id and device.kind = 'meter'
        join reading_event e on e.site_id = site.id and e.device_id = device.id
        where site.id = d.site_id and measured_at >= d.from_at and measured_at < d.to_at
        order by measured_at desc, device_id desc, revision desc
    ) in_force
) m on true
on conflict (site_id, day) do update set
    energy_wh = excluded.energy_wh,
    peak_power_w = excluded.peak_power_w,
    covered_s = excluded.covered_s,
    valid = excluded.valid,
    incomplete = excluded.incomplete,
    inconsistent = excluded.inconsistent,
    corrections = excluded.corrections,
    fed_in_wh = excluded.fed_in_wh
