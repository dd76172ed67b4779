-- The reading in force under each of these keys, looked up one by one along the
-- primary key, so that no plan reads whole partitions.
select
    k.position as "position!", e.revision as "revision!", e.power_w as "power_w?",
    e.energy_wh as "energy_wh?", e.energy_total_wh as "energy_total_wh?",
    e.irradiance_wm2 as "irradiance_wm2?", e.temperature_c as "temperature_c?",
    e.voltage_v as "voltage_v?", e.status_code as "status_code?"
from unnest($1::int[], $2::timestamptz[], $3::int[]) with ordinality
    as k(site_id, measured_at, device_id, position)
cross join lateral (
    select revision, power_w, energy_wh, energy_total_wh, irradiance_wm2, temperature_c,
           voltage_v, status_code
    from reading_event e
    where e.site_id = k.site_id and e.measured_at = k.measured_at and e.device_id = k.device_id
    order by e.revision desc
    limit 1
) e
