-- Readings from a broker of MQTT: where they came from, and how the broker does.

alter table event_batch
    drop constraint event_batch_source_check,
    add constraint event_batch_source_check
        check (source in ('api', 'import', 'demo', 'replay', 'vendor', 'mqtt'));

-- There is one broker at most.
create table broker_standing (
    only_one  boolean primary key default true,
    connected boolean not null,
    since     timestamptz not null,
    said      text,
    heard_at  timestamptz,
    constraint broker_standing_only_one_check check (only_one)
);
