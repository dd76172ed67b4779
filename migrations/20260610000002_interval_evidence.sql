-- What the readings of a quarter hour say beyond energy, right or wrong: by
-- this a stuck value, production at night, a counter that fell or readings sent
-- twice are found.
alter table site_interval
    -- Lowest, mean and highest power of any moment, all devices together; those
    -- left out of the energy are in it, but for values out of range. Null when
    -- no moment tells the power of all devices heard.
    add column low_power_w    integer,
    add column mean_power_w   integer,
    add column high_power_w   integer,
    -- The newest counters of the devices together, where each has one.
    add column register_wh    bigint,
    add column counter_resets smallint not null default 0,
    -- Equal values sent again, and corrections.
    add column repeats        smallint not null default 0,
    -- Readings by whose status the inverter has a fault.
    add column faults         smallint not null default 0;

-- Has the projector derive every quarter hour anew: for each site a batch
-- without readings that touches all of them.
insert into event_batch (
    received_at, source, accepted, duplicates, corrections, quarantined, site_ids, intervals)
select now(), 'replay', 0, 0, 0, 0, array_agg(site_id),
       array_agg((extract(epoch from starts_at) / 900)::int)
from site_interval
group by site_id;
