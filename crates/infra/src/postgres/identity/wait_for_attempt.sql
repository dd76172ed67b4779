-- How many seconds until the next attempt ($1 account, $2 address) may be made;
-- null when it may be made now. For each limit, the failure that has to leave
-- the window ($3 seconds) first is the one that many failures ago.
with failure as (
    select at, email_hash, address
    from sign_in_attempt
    where not succeeded
      and at > now() - make_interval(secs => $3)
      and (email_hash = $1 or address = $2)
),
known as (
    select address, max(at) as last_success
    from sign_in_attempt
    where email_hash = $1 and succeeded
    group by address
),
decisive as (
    (select at from failure
     where email_hash = $1 and address = $2
       and at > coalesce((select last_success from known where address = $2), '-infinity')
     order by at desc offset greatest($4::bigint, 1) - 1 limit 1)
    union all
    (select at from failure
     where address = $2
     order by at desc offset greatest($5::bigint, 1) - 1 limit 1)
    union all
    (select at from failure
     where email_hash = $1
       and address not in (select address from known)
       and not exists (select from known where address = $2)
     order by at desc offset greatest($6::bigint, 1) - 1 limit 1)
)
select extract(epoch from max(at) - now())::double precision + $3 as wait_s
from decisive
