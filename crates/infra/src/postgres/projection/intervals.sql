-- Derives the quarter hours of some runs from the events. $1 to $4: site, first
-- instant, end, and seconds between two readings, for each run. $5 to $7: the
-- bits of the reasons by which a value says nothing, of a counter reset, and of
-- a fault; $8: that of a counter that says nothing.
--
-- Run by run, in the order of the primary key: some ten readings at a time are
-- added up where they were found, where hundreds of thousands would be stored
-- and hashed.
insert into site_interval (
    site_id, starts_at, energy_wh, peak_power_w, covered_s, valid, incomplete, inconsistent,
    corrections, low_power_w, mean_power_w, high_power_w, register_wh, counter_resets, repeats,
    faults)
-- Sums beyond what the columns hold come from nonsense; they must not stop the
-- projection.
select
    r.site_id, starts_at,
    greatest(least(round(joules / 3600), 2147483647), -2147483648)::int,
    greatest(least(peak_w, 2147483647), -2147483648)::int,
    least(covered_s, 900)::smallint, least(valid, 32767)::smallint,
    least(incomplete, 32767)::smallint, least(inconsistent, 32767)::smallint,
    least(corrections, 32767)::smallint,
    case when low_w >= -2147483648 and high_w <= 2147483647 then low_w::int end,
    case when low_w >= -2147483648 and high_w <= 2147483647 then round(mean_w)::int end,
    case when low_w >= -2147483648 and high_w <= 2147483647 then high_w::int end,
    case when counter_wh < 9223372036854775807 then counter_wh::bigint end,
    least(counter_resets, 32767)::smallint,
    least(coalesce(repeats, 0) + corrections, 32767)::smallint, least(faults, 32767)::smallint
from (
    select *, least(cadence_s, 900) as piece_s, greatest(cadence_s / 900, 1) as pieces,
           -- What a meter counts goes into the grid and is no production.
           array(select id from device where device.site_id = r.site_id and kind = 'meter')
               as meters
    from unnest($1::int[], $2::timestamptz[], $3::timestamptz[], $4::int[])
        as r(site_id, from_at, to_at, cadence_s)
) r
cross join lateral (
    with reading as materialized (
        -- The revision in force of each reading. Sums leave out what is
        -- inconsistent; energy counts as sent, power for the time of a reading.
        -- As floats, since sums of whole ones are exact and cheap. What a
        -- reading says is kept apart from what counts.
        select
            measured_at, date_bin('15 minutes', measured_at, 'epoch') as starts_at, device_id,
            revision, quality, reasons,
            case when quality <> 'inconsistent' then
                coalesce(energy_wh * 3600.0::float8, power_w::float8 * r.cadence_s)
            end as joules,
            case when quality <> 'inconsistent' then
                coalesce(power_w::float8, trunc(energy_wh * 3600.0::float8 / r.cadence_s))
            end as watts,
            case when reasons & $5 = 0 then
                coalesce(power_w::float8, trunc(energy_wh * 3600.0::float8 / r.cadence_s))
            end as said_w,
            case when reasons & ($5 | $8) = 0 then energy_total_wh::float8 end as counter_wh,
            -- A device that gives nothing but light and warmth produces nothing.
            device_id <> 0 and (
                irradiance_wm2 is null
                or num_nonnulls(power_w, energy_wh, energy_total_wh, voltage_v) > 0
            ) as is_part
        from (
            select distinct on (measured_at, device_id)
                measured_at, device_id, revision, quality, reasons, power_w, energy_wh,
                energy_total_wh, irradiance_wm2, voltage_v
            from reading_event
            where site_id = r.site_id
              -- A reading of an hour also speaks for the quarter hours after it.
              and measured_at >= r.from_at - (r.pieces - 1) * interval '15 minutes'
              and measured_at < r.to_at
              and device_id <> all(r.meters)
            -- The order of the primary key, backwards: no sorting.
            order by measured_at desc, device_id desc, revision desc
        ) in_force
    ),
    moment as (
        -- A part without a value that counts is unknown, not zero: the sum of
        -- the others stands for their share of the time, and says nothing of
        -- power.
        select
            measured_at,
            sum(joules) filter (where device_id = 0) as whole_j,
            sum(joules) filter (where device_id <> 0) as parts_j,
            sum(watts) filter (where device_id = 0) as whole_w,
            sum(watts) filter (where device_id <> 0) as parts_w,
            sum(said_w) filter (where device_id = 0) as said_whole_w,
            case when bool_and(said_w is not null) filter (where is_part) then
                sum(said_w) filter (where is_part)
            end as said_parts_w,
            round(r.piece_s * (count(joules) filter (where is_part))::float8
                / nullif(count(*) filter (where is_part), 0)) as parts_s,
            count(*) filter (where quality = 'valid') as valid,
            count(*) filter (where quality = 'incomplete') as incomplete,
            count(*) filter (where quality = 'inconsistent') as inconsistent,
            -- Revisions count up from 0: the one in force is their number.
            sum(revision) as corrections,
            count(*) filter (where reasons & $6 <> 0) as counter_resets,
            count(*) filter (where reasons & $7 <> 0) as faults
        from reading
        group by measured_at
    ),
    piece as (
        select measured_at as at, whole_j, parts_j, whole_w, parts_w, said_whole_w, said_parts_w,
               parts_s, valid, incomplete, inconsistent, corrections, counter_resets, faults
        from moment
        where r.pieces = 1
        union all
        -- A reading of half an hour or longer is spread; it is counted where it
        -- begins.
        select at, trunc(whole_j / r.pieces), trunc(parts_j / r.pieces), whole_w, parts_w,
               said_whole_w, said_parts_w, parts_s, begins * valid, begins * incomplete,
               begins * inconsistent, begins * corrections, begins * counter_resets,
               begins * faults
        from moment
        cross join lateral generate_series(0, r.pieces - 1) as n
        cross join lateral (
            select measured_at + n * interval '15 minutes' as at, (n = 0)::int as begins
        ) a
        where r.pieces > 1 and at >= r.from_at and at < r.to_at
    ),
    quarter as (
        -- Readings of the whole site go before the sum of its devices.
        select
            date_bin('15 minutes', at, 'epoch') as starts_at,
            coalesce(sum(whole_j), sum(parts_j), 0) as joules,
            coalesce(max(whole_w), max(parts_w), 0) as peak_w,
            coalesce(
                sum(r.piece_s) filter (where whole_j is not null),
                sum(parts_s) filter (where parts_j is not null), 0) as covered_s,
            coalesce(min(said_whole_w), min(said_parts_w)) as low_w,
            coalesce(avg(said_whole_w), avg(said_parts_w)) as mean_w,
            coalesce(max(said_whole_w), max(said_parts_w)) as high_w,
            sum(valid) as valid, sum(incomplete) as incomplete,
            sum(inconsistent) as inconsistent, sum(corrections) as corrections,
            sum(counter_resets) as counter_resets, sum(faults) as faults
        from piece
        group by 1
    ),
    counter as (
        -- The newest counter of each device heard; the site's own goes first.
        select
            starts_at,
            coalesce(
                max(counter_wh) filter (where device_id = 0),
                case when bool_and(counter_wh is not null) filter (where is_part) then
                    sum(counter_wh) filter (where is_part)
                end) as counter_wh
        from (
            -- The greatest pair of instant and counter has the newest counter.
            select
                starts_at, device_id, bool_or(is_part) as is_part,
                (max(array[date_part('epoch', measured_at), counter_wh])
                    filter (where counter_wh is not null))[2] as counter_wh
            from reading
            where (select bool_or(counter_wh is not null) from reading)
            group by starts_at, device_id
        ) of_device
        group by starts_at
    ),
    repeated as (
        select starts_at, sum(repeats) as repeats
        from reading_repeat
        where site_id = r.site_id and starts_at >= r.from_at and starts_at < r.to_at
        group by starts_at
    )
    select quarter.*, counter_wh, repeats
    from quarter
    left join counter using (starts_at)
    left join repeated using (starts_at)
) derived
on conflict (site_id, starts_at) do update set
    energy_wh = excluded.energy_wh,
    peak_power_w = excluded.peak_power_w,
    covered_s = excluded.covered_s,
    valid = excluded.valid,
    incomplete = excluded.incomplete,
    inconsistent = excluded.inconsistent,
    corrections = excluded.corrections,
    low_power_w = excluded.low_power_w,
    mean_power_w = excluded.mean_power_w,
    high_power_w = excluded.high_power_w,
    register_wh = excluded.register_wh,
    counter_resets = excluded.counter_resets,
    repeats = excluded.repeats,
    faults = excluded.faults
