-- Derives the quarter hours of some runs, and the newest reading of the devices
-- in them, from the events. $1 to $4: site, first instant, end, and seconds
-- between two readings, for each run.
with run as (
    select *
    from unnest($1::int[], $2::timestamptz[], $3::timestamptz[], $4::int[]) with ordinality
        as r(site_id, from_at, to_at, cadence_s, run)
),
reading as materialized (
    -- The revision in force of each reading. Sums leave out what is
    -- inconsistent; energy counts as sent, power for the time of a reading. As
    -- floats, since sums of whole ones are exact and cheap.
    select
        r.run, r.site_id, r.cadence_s, e.measured_at, e.device_id, e.revision, e.quality,
        e.power_w, e.temperature_c, e.status_code,
        case when e.quality <> 'inconsistent' then
            coalesce(e.energy_wh * 3600.0::float8, e.power_w::float8 * r.cadence_s)
        end as joules,
        case when e.quality <> 'inconsistent' then
            coalesce(e.power_w::float8, trunc(e.energy_wh * 3600.0::float8 / r.cadence_s))
        end as watts
    from run r
    cross join lateral (
        select distinct on (measured_at, device_id)
            measured_at, device_id, revision, quality, power_w, energy_wh, temperature_c,
            status_code
        from reading_event
        where site_id = r.site_id
          -- A reading of an hour also speaks for the quarter hours after it.
          and measured_at >= r.from_at
              - case when r.cadence_s >= 1800 then r.cadence_s - 900 else 0 end
                  * interval '1 second'
          and measured_at < r.to_at
        -- The order of the primary key, backwards: no sorting.
        order by measured_at desc, device_id desc, revision desc
    ) e
),
moment as (
    select
        run, measured_at, min(site_id) as site_id, min(cadence_s) as cadence_s,
        sum(joules) filter (where device_id = 0) as whole_j,
        sum(joules) filter (where device_id <> 0) as parts_j,
        sum(watts) filter (where device_id = 0) as whole_w,
        sum(watts) filter (where device_id <> 0) as parts_w,
        (count(*) filter (where quality = 'valid'))::int as valid,
        (count(*) filter (where quality = 'incomplete'))::int as incomplete,
        (count(*) filter (where quality = 'inconsistent'))::int as inconsistent,
        -- Revisions count up from 0: the one in force is their number.
        sum(revision)::int as corrections
    from reading
    group by run, measured_at
),
piece as (
    select site_id, measured_at as at, least(cadence_s, 900) as seconds, whole_j, parts_j,
           whole_w, parts_w, valid, incomplete, inconsistent, corrections
    from moment
    where cadence_s < 1800
    union all
    -- A reading of half an hour or longer is spread; it is counted where it begins.
    select m.site_id, at, 900, trunc(whole_j / pieces), trunc(parts_j / pieces), whole_w, parts_w,
           case n when 0 then valid else 0 end, case n when 0 then incomplete else 0 end,
           case n when 0 then inconsistent else 0 end, case n when 0 then corrections else 0 end
    from moment m
    join run r using (run)
    cross join lateral (select m.cadence_s / 900 as pieces) p
    cross join lateral generate_series(0, pieces - 1) as n
    cross join lateral (select measured_at + n * interval '15 minutes' as at) a
    where m.cadence_s >= 1800 and at >= r.from_at and at < r.to_at
),
quarter as (
    -- Readings of the whole site go before the sum of its devices.
    select
        site_id, date_bin('15 minutes', at, 'epoch') as starts_at,
        coalesce(sum(whole_j), sum(parts_j), 0) as joules,
        coalesce(max(whole_w), max(parts_w), 0) as peak_w,
        coalesce(
            sum(seconds) filter (where whole_j is not null),
            sum(seconds) filter (where parts_j is not null), 0) as covered_s,
        sum(valid) as valid, sum(incomplete) as incomplete, sum(inconsistent) as inconsistent,
        sum(corrections) as corrections
    from piece
    group by 1, 2
),
newest as (
    select site_id, device_id, max(measured_at) as measured_at
    from reading
    group by site_id, device_id
),
now_written as (
    insert into device_now (
        site_id, device_id, measured_at, power_w, temperature_c, status_code, quality)
    select distinct
        site_id, device_id, measured_at, power_w, temperature_c, status_code, quality
    from newest
    join reading using (site_id, device_id, measured_at)
    on conflict (site_id, device_id) do update set
        measured_at = excluded.measured_at,
        power_w = excluded.power_w,
        temperature_c = excluded.temperature_c,
        status_code = excluded.status_code,
        quality = excluded.quality
    where excluded.measured_at >= device_now.measured_at
)
-- Sums beyond what the columns hold come from nonsense; they must not stop the
-- projection.
insert into site_interval (
    site_id, starts_at, energy_wh, peak_power_w, covered_s, valid, incomplete, inconsistent,
    corrections)
select
    site_id, starts_at,
    greatest(least(round(joules / 3600), 2147483647), -2147483648)::int,
    greatest(least(peak_w, 2147483647), -2147483648)::int,
    least(covered_s, 900)::smallint, least(valid, 32767)::smallint,
    least(incomplete, 32767)::smallint, least(inconsistent, 32767)::smallint,
    least(corrections, 32767)::smallint
from quarter
on conflict (site_id, starts_at) do update set
    energy_wh = excluded.energy_wh,
    peak_power_w = excluded.peak_power_w,
    covered_s = excluded.covered_s,
    valid = excluded.valid,
    incomplete = excluded.incomplete,
    inconsistent = excluded.inconsistent,
    corrections = excluded.corrections
