-- Anomalies with their lives among people, what dismissals taught, planned
-- work, and incidents: the parts of monitoring that people change.

alter table audit_entry drop constraint audit_entry_subject_check;
alter table audit_entry add constraint audit_entry_subject_check
    check (subject in ('user', 'session', 'token', 'site', 'import', 'quarantine', 'projection',
                       'anomaly', 'incident', 'maintenance'));

create table incident (
    id       uuid primary key,
    kind     text not null,
    brand    text,
    region   text references region,
    -- The limit that holds its sites, in per cent.
    share    smallint,
    began_at timestamptz not null,
    ended_at timestamptz,
    constraint incident_kind_check
        check (kind in ('vendor_down', 'grid_fault', 'storm', 'export_limit')),
    constraint incident_place_check
        check ((brand is null) <> (region is null))
);
create index incident_open_idx on incident (began_at) where ended_at is null;

-- What stays quiet at a site because somebody said that it is known.
create table quiet_pattern (
    id              uuid primary key,
    site_id         integer not null references site on delete cascade,
    kind            text not null,
    why             text not null,
    -- Hours of the local day; both or none.
    hour_from       smallint,
    hour_to         smallint,
    until           timestamptz,
    most_wh_per_day bigint not null,
    learned_by      uuid not null,
    learned_at      timestamptz not null default now(),
    forgotten_at    timestamptz,
    constraint quiet_pattern_kind_check
        check (kind in ('comm_gap', 'outage', 'underperformance', 'string_loss', 'soiling_drift',
                        'curtailment', 'stuck_sensor', 'night_production', 'clock_shift',
                        'counter_reset', 'duplicates', 'implausible_production', 'inverter_fault')),
    constraint quiet_pattern_why_check
        check (why in ('known_shading', 'roof_work', 'wanted_limit', 'snow', 'bad_readings',
                       'false_alarm', 'other')),
    constraint quiet_pattern_hours_check
        check ((hour_from is null) = (hour_to is null)
               and hour_from between 0 and 23 and hour_to between 1 and 24)
);
create index quiet_pattern_site_idx on quiet_pattern (site_id) where forgotten_at is null;

create table anomaly (
    id                   uuid primary key,
    site_id              integer not null references site on delete cascade,
    -- What the detector last said of it.
    kind                 text not null,
    since                timestamptz not null,
    until                timestamptz,
    raised_at            timestamptz not null,
    heard_at             timestamptz not null,
    lost_wh              bigint not null,
    lost_wh_per_day      bigint not null,
    money_per_day        numeric(14, 4) not null,
    currency             text not null,
    cause                text not null,
    next_step            text not null,
    confidence           text not null,
    rung                 text not null,
    neighbours           smallint not null,
    -- [{"label": …, "value": …}], most telling first.
    facts                jsonb not null,
    held_at              double precision,
    -- Its life among people.
    stage                text not null,
    stage_by             uuid,
    stage_at             timestamptz,
    snoozed_until        timestamptz,
    dismissal            text,
    -- What was repaired, more on a dismissal, or why it was withdrawn.
    words                text,
    assigned_to          uuid references app_user on delete set null,
    reopened             smallint not null,
    recovered_at         timestamptz,
    recovered_wh_per_day bigint,
    came_back_at         timestamptz,
    quiet_pattern_id     uuid references quiet_pattern on delete set null,
    incident_id          uuid references incident on delete set null,
    constraint anomaly_kind_check
        check (kind in ('comm_gap', 'outage', 'underperformance', 'string_loss', 'soiling_drift',
                        'curtailment', 'stuck_sensor', 'night_production', 'clock_shift',
                        'counter_reset', 'duplicates', 'implausible_production', 'inverter_fault')),
    constraint anomaly_currency_check check (currency in ('EUR', 'USD')),
    constraint anomaly_next_step_check
        check (next_step in ('send_technician', 'call_customer', 'check_gateway', 'book_cleaning',
                             'fix_remotely', 'ask_for_photo', 'check_data', 'wait')),
    constraint anomaly_confidence_check check (confidence in ('possible', 'likely', 'very_likely')),
    constraint anomaly_rung_check
        check (rung in ('neighbours', 'few_neighbours', 'own_history', 'clear_sky')),
    constraint anomaly_stage_check
        check (stage in ('open', 'acknowledged', 'snoozed', 'recovered', 'fixed', 'dismissed',
                         'withdrawn')),
    constraint anomaly_dismissal_check
        check (dismissal in ('known_shading', 'roof_work', 'wanted_limit', 'snow', 'bad_readings',
                             'false_alarm', 'other'))
);
create index anomaly_site_idx on anomaly (site_id, since desc);
create index anomaly_raised_idx on anomaly (raised_at);
-- Read whole for every overview.
create index anomaly_active_idx on anomaly (site_id)
    where until is null or stage in ('open', 'acknowledged', 'snoozed');

create table anomaly_history (
    id         bigint generated always as identity primary key,
    anomaly_id uuid not null references anomaly on delete cascade,
    at         timestamptz not null,
    event      text not null,
    by_user    uuid,
    words      text,
    constraint anomaly_history_event_check
        check (event in ('raised', 'raised_quietly', 'became_loud', 'ended', 'reopened',
                         'withdrawn', 'came_back', 'acknowledged', 'assigned', 'handed_back',
                         'snoozed', 'fixed', 'dismissed', 'noted'))
);
create index anomaly_history_anomaly_idx on anomaly_history (anomaly_id, at desc);

create table maintenance_window (
    id           uuid primary key,
    site_id      integer references site on delete cascade,
    region       text references region,
    from_at      timestamptz not null,
    to_at        timestamptz not null,
    why          text not null,
    planned_by   uuid not null,
    cancelled_at timestamptz,
    constraint maintenance_window_scope_check check ((site_id is null) <> (region is null)),
    constraint maintenance_window_span_check check (from_at < to_at)
);
create index maintenance_window_end_idx on maintenance_window (to_at) where cancelled_at is null;
