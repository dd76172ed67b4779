-- What is derived from the events. Everything here can be dropped and rebuilt.
-- The newest rows of each table change with every reading: room in their pages
-- lets them change in place, without a new entry in the index.

create table projection_checkpoint (
    name     text primary key,
    xid      xid8 not null,
    batch_id bigint not null
);

-- The newest reading in force of each device.
create table device_now (
    site_id       integer not null,
    device_id     integer not null,
    measured_at   timestamptz not null,
    power_w       integer,
    temperature_c real,
    status_code   text,
    quality       reading_quality not null,
    primary key (site_id, device_id)
) with (fillfactor = 50);

-- Quarter hours of a site. Readings that name no device speak for the whole
-- site and take precedence over the sum of its devices.
create table site_interval (
    site_id      integer not null,
    starts_at    timestamptz not null,
    energy_wh    integer not null,
    -- Highest power of any moment, all devices of the site together.
    peak_power_w integer not null,
    covered_s    smallint not null,
    valid        smallint not null,
    incomplete   smallint not null,
    inconsistent smallint not null,
    corrections  smallint not null,
    primary key (site_id, starts_at)
) with (fillfactor = 80);

-- Days as the clocks at the site count them.
create table site_day (
    site_id       integer not null,
    day           date not null,
    energy_wh     bigint not null,
    peak_power_w  integer not null,
    covered_s     integer not null,
    valid         integer not null,
    incomplete    integer not null,
    inconsistent  integer not null,
    corrections   integer not null,
    primary key (site_id, day)
) with (fillfactor = 80);
create index site_day_day_idx on site_day (day);

-- Which days (UTC) of which region changed and wait to be judged anew.
create table assessment_due (
    region  text not null,
    utc_day date not null,
    primary key (region, utc_day)
);

-- Where the tables above are built anew before they take the place of those in
-- use.
create schema rebuild;
