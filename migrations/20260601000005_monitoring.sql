-- What the readings mean: baselines, the sky over each region, and where each
-- site stands.

create table site_baseline (
    site_id      integer primary key references site on delete cascade,
    gain         double precision not null,
    -- Factors for the 24 hours of the mean solar day.
    shape        double precision[] not null,
    usual_sky    double precision not null,
    confidence   double precision not null,
    version      integer not null,
    trained_from date,
    trained_to   date,
    constraint site_baseline_shape_check check (cardinality(shape) = 24)
);

create table region_interval (
    region      text not null references region,
    starts_at   timestamptz not null,
    clearness   double precision,
    sites       integer not null,
    actual_wh   bigint not null,
    expected_wh bigint not null,
    primary key (region, starts_at)
);

create table overview_row (
    site_id            integer primary key references site on delete cascade,
    status             text not null,
    kind               text,
    since              timestamptz,
    -- When the finding first appeared on the list.
    raised_at          timestamptz,
    cause              text,
    next_step          text,
    lost_wh            bigint not null default 0,
    lost_wh_per_day    bigint not null default 0,
    money_per_day      numeric(14, 2) not null default 0,
    currency           text not null,
    power_w            bigint,
    expected_power_w   bigint,
    energy_today_wh    bigint not null,
    expected_today_wh  bigint not null,
    last_reading_at    timestamptz,
    spark_from         timestamptz not null,
    spark_actual       integer[] not null,
    spark_expected     integer[] not null,
    daily_index        smallint[] not null,
    updated_at         timestamptz not null,
    constraint overview_row_status_check
        check (status in ('act_today', 'plan_visit', 'no_data', 'watch', 'on_track')),
    constraint overview_row_kind_check
        check (kind in ('comm_gap', 'outage', 'underperformance', 'string_loss', 'soiling_drift',
                        'curtailment', 'stuck_sensor', 'night_production', 'clock_shift',
                        'counter_reset', 'duplicates', 'implausible_production', 'inverter_fault')),
    constraint overview_row_next_step_check
        check (next_step in ('send_technician', 'call_customer', 'check_gateway', 'book_cleaning',
                             'fix_remotely', 'ask_for_photo', 'check_data', 'wait'))
);
create index overview_row_rank_idx on overview_row (money_per_day desc, site_id)
    where status <> 'on_track';

-- Counts up with every change of overview_row or site_owner, so that a reader
-- asks for one number rather than for every row.
create table overview_version (
    only_row boolean primary key default true check (only_row),
    version  bigint not null
);
insert into overview_version (version) values (0);

-- Who looks after a site that needs action.
create table site_owner (
    site_id integer primary key references site on delete cascade,
    user_id uuid not null references app_user on delete cascade,
    since   timestamptz not null
);

-- What changed on the overview, newest last.
create table overview_event (
    id      bigint generated always as identity primary key,
    at      timestamptz not null,
    site_id integer not null references site on delete cascade,
    status  text not null,
    text    text not null
);
create index overview_event_at_idx on overview_event (at desc);
