-- Empties the read models of sites whose readings now add up differently, and
-- appends a batch without readings that touches every interval they had.
with gone as (
    delete from site_interval where site_id = any($1::int[])
    returning site_id, (extract(epoch from starts_at) / 900)::int as quarter
),
gone_days as (
    delete from site_day where site_id = any($1::int[])
)
insert into event_batch (
    received_at, source, accepted, duplicates, corrections, quarantined, site_ids, intervals)
select now(), 'replay', 0, 0, 0, 0, array_agg(site_id), array_agg(quarter)
from gone
having count(*) > 0
