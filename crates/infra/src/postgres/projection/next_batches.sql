-- The batches after a checkpoint, in the order in which their transactions
-- began, up to the oldest transaction that still runs: what it commits comes
-- after everything given here. $1: checkpoint, $2 and $3: batches and quarter
-- hours at most, at least one batch.
select id as "id!", xid::text as "xid!", site_ids as "site_ids!", intervals as "intervals!"
from (
    select b.id, b.xid, b.site_ids, b.intervals,
           coalesce(sum(cardinality(b.site_ids)) over (
               order by b.xid, b.id rows between unbounded preceding and 1 preceding), 0) as before
    from projection_checkpoint c
    cross join lateral (
        select id, xid, site_ids, intervals
        from event_batch
        where (xid, id) > (c.xid, c.batch_id)
          and xid < pg_snapshot_xmin(pg_current_snapshot())
        order by xid, id
        limit $2
    ) b
    where c.name = $1
) candidate
where before < $3
order by xid, id
