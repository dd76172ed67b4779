-- Whenever anomalies begin, those that ended lately at their sites are looked
-- for. There are few, and in a storm of thousands each is looked for at once.
create index anomaly_recovered_idx on anomaly (site_id, kind, recovered_at)
    where recovered_at is not null and came_back_at is null;
