-- A handover asks what happened within a stretch of time, whichever anomaly it
-- happened to.
create index anomaly_history_at_idx on anomaly_history (at);
