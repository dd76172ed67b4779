-- Sites with their regions and devices, and the people who may see them.

create table region (
    code text primary key,
    name text not null
);

create table site (
    id               integer generated always as identity primary key,
    code             text not null,
    name             text not null,
    customer         text,
    address          text,
    latitude         double precision not null,
    longitude        double precision not null,
    time_zone        text not null,
    capacity_wp      bigint not null,
    tilt_deg         double precision,
    azimuth_deg      double precision,
    ac_limit_w       bigint,
    export_limit_w   bigint,
    region           text not null references region,
    brand            text not null,
    commissioned_on  date,
    cadence_s        integer not null default 300,
    reports_at_night boolean not null default false,
    price_per_kwh    numeric(10, 5) not null,
    currency         text not null,
    created_at       timestamptz not null default now(),
    constraint site_code_key unique (code),
    constraint site_brand_check check (brand in ('solaredge', 'fronius', 'enphase', 'other')),
    constraint site_currency_check check (currency in ('EUR', 'USD')),
    constraint site_capacity_check check (capacity_wp > 0)
);
create index site_region_idx on site (region);

create table device (
    id      integer generated always as identity primary key,
    site_id integer not null references site on delete cascade,
    kind    text not null,
    serial  text not null,
    model   text,
    constraint device_serial_key unique (site_id, serial),
    constraint device_kind_check check (kind in ('inverter', 'meter', 'logger', 'charger'))
);

-- Which customers may see which sites.
create table site_person (
    site_id integer not null references site on delete cascade,
    user_id uuid not null references app_user on delete cascade,
    primary key (site_id, user_id)
);
create index site_person_user_idx on site_person (user_id);
