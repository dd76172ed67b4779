-- First and last reading of every site that has any, along the primary key.
select s.id as "site_id!", first.measured_at as "first!: jiff_sqlx::Timestamp",
       last.measured_at as "last!: jiff_sqlx::Timestamp"
from site s
cross join lateral (
    select measured_at from reading_event where site_id = s.id order by measured_at limit 1
) first
cross join lateral (
    select measured_at from reading_event where site_id = s.id order by measured_at desc limit 1
) last
order by s.id
