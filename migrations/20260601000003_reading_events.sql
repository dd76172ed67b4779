-- The append-only log of readings. One row in event_batch per commit says which
-- intervals the commit touched; the readings themselves are narrow and
-- partitioned by month of measurement.

create type reading_quality as enum ('valid', 'incomplete', 'inconsistent');

create table event_batch (
    id           bigint generated always as identity primary key,
    -- Projectors read in this order and stop below the oldest transaction that
    -- still runs, so a slow commit is never skipped.
    xid          xid8 not null default pg_current_xact_id(),
    received_at  timestamptz not null,
    source       text not null,
    accepted     integer not null,
    duplicates   integer not null,
    corrections  integer not null,
    quarantined  integer not null,
    -- Parallel arrays: the touched intervals as (site, quarter hours since 1970).
    site_ids     integer[] not null,
    intervals    integer[] not null,
    constraint event_batch_touched_check check (cardinality(site_ids) = cardinality(intervals)),
    constraint event_batch_source_check check (source in ('api', 'import', 'demo', 'replay', 'vendor'))
);
create index event_batch_order_idx on event_batch (xid, id);
create index event_batch_received_idx on event_batch (received_at);

create table reading_event (
    site_id         integer not null,
    measured_at     timestamptz not null,
    -- 0: the site as a whole.
    device_id       integer not null,
    -- 0 as first received; corrections count up, the highest is in force.
    revision        smallint not null,
    quality         reading_quality not null,
    power_w         integer,
    energy_wh       integer,
    energy_total_wh bigint,
    batch_id        bigint not null,
    reasons         integer not null,
    irradiance_wm2  real,
    temperature_c   real,
    voltage_v       real,
    status_code     text,
    constraint reading_event_pkey primary key (site_id, measured_at, device_id, revision)
) partition by range (measured_at);

create trigger reading_event_append_only
    before update or delete on reading_event
    for each row execute function refuse_change();
revoke update, delete, truncate on reading_event from public, current_user;

create trigger event_batch_append_only
    before update or delete or truncate on event_batch
    for each statement execute function refuse_change();
revoke update, delete, truncate on event_batch from public, current_user;

-- Makes sure that the month of this instant has its partition. Safe to call
-- from many connections at once.
create function ensure_reading_partition(at timestamptz) returns void language plpgsql as $$
declare
    month date := date_trunc('month', at at time zone 'UTC')::date;
    name  text := 'reading_event_' || to_char(month, 'YYYY_MM');
begin
    if to_regclass(name) is not null then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtext('ensure_reading_partition'));
    begin
        execute format(
            'create table %I partition of reading_event for values from (%L) to (%L)',
            name, month::timestamp at time zone 'UTC',
            (month + interval '1 month') at time zone 'UTC');
    exception when duplicate_table then
        -- Whoever held the lock before has made it. A second look would not
        -- tell: what to_regclass sees is not renewed by waiting for a lock.
        return;
    end;
    execute format(
        'create trigger %I before truncate on %I for each statement execute function refuse_change()',
        name || '_no_truncate', name);
    execute format('revoke update, delete, truncate on %I from public, current_user', name);
end $$;

-- What could not be taken, kept whole until it is replayed.
create table quarantine (
    id           uuid primary key,
    received_at  timestamptz not null,
    source       text not null,
    content_type text not null,
    -- Row in the payload it came with, counted from 1; null for a whole payload.
    row_number   integer,
    payload      bytea not null,
    field        text,
    code         text not null,
    message      text not null,
    token_id     uuid,
    replayed_at  timestamptz,
    replay_result text
);
create index quarantine_open_idx on quarantine (received_at desc) where replayed_at is null;
