-- The newest reading in force of the devices in some runs. $1 to $3: site, first
-- instant and end of each run.
insert into device_now (
    site_id, device_id, measured_at, power_w, temperature_c, status_code, quality)
select distinct on (r.site_id, device_id)
    r.site_id, device_id, measured_at, power_w, temperature_c, status_code, quality
from unnest($1::int[], $2::timestamptz[], $3::timestamptz[]) as r(site_id, from_at, to_at)
cross join lateral (
    select distinct on (device_id)
        device_id, measured_at, power_w, temperature_c, status_code, quality
    from reading_event
    where site_id = r.site_id and measured_at >= r.from_at and measured_at < r.to_at
    order by device_id, measured_at desc, revision desc
) of_run
order by r.site_id, device_id, measured_at desc
on conflict (site_id, device_id) do update set
    measured_at = excluded.measured_at,
    power_w = excluded.power_w,
    temperature_c = excluded.temperature_c,
    status_code = excluded.status_code,
    quality = excluded.quality
where excluded.measured_at >= device_now.measured_at
