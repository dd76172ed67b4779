-- What vendors tell beside readings: remarks, devices, alarms.

-- A device that pushes and the vendor's cloud may both tell of a site.
alter table connection drop constraint connection_site_key;
create unique index connection_site_key on connection (site_id, brand, (credential_id is null));

alter table connection
    drop constraint connection_cause_check,
    add constraint connection_cause_check
        check (cause in ('unreachable', 'timed_out', 'vendor_fault', 'maintenance',
                         'rate_limited', 'quota_spent', 'credential_rejected',
                         'credential_expired', 'credential_blocked', 'credential_kind',
                         'credential_unreadable', 'terms_not_accepted', 'permission_missing',
                         'plan_too_small', 'site_unknown', 'retired', 'contract_changed',
                         'no_fresh_data', 'device_fault', 'interface_off'));

create index connection_silent_idx on connection (last_attempt_at)
    where credential_id is null and not paused and cause is null;

-- When the owner has to approve again unless the tokens are renewed before;
-- null where nothing ends.
alter table vendor_credential add column approved_until timestamptz;

-- What is worth a word while readings come. What lasts is noticed again and
-- again, and forgotten when it is not.
create table connection_remark (
    connection_id uuid not null references connection on delete cascade,
    remark        text not null,
    -- What it is about; empty where that is clear.
    detail        text not null,
    happened_at   timestamptz not null,
    seen_at       timestamptz not null,
    times         integer not null default 1,
    primary key (connection_id, remark, detail),
    constraint connection_remark_remark_check
        check (remark in ('not_by_inverter', 'not_told', 'zero_ignored', 'totals_disagree',
                          'inverter_replaced', 'impossible_reading', 'late_data',
                          'no_consumption_meter', 'update_firmware', 'firmware_changed',
                          'local_down', 'counter_wrapped', 'meter_stopped'))
);

-- The devices of a site as its vendor lists them, those that are gone too: an
-- inverter that took the place of another is told by it.
create table vendor_device (
    connection_id uuid not null references connection on delete cascade,
    serial        text not null,
    kind          text not null,
    model         text,
    firmware      text,
    active        boolean not null,
    silent        boolean not null,
    since         timestamptz,
    until         timestamptz,
    first_seen_at timestamptz not null,
    seen_at       timestamptz not null,
    primary key (connection_id, serial),
    constraint vendor_device_kind_check check (kind in ('inverter', 'meter', 'logger', 'charger'))
);

-- When a vendor was last asked for what changes slowly.
create table vendor_look (
    connection_id uuid primary key references connection on delete cascade,
    surveyed_at   timestamptz,
    alarms_at     timestamptz
);

-- What inverters and vendors raise by themselves: opened, and perhaps cleared.
create table vendor_alarm (
    id            bigint generated always as identity primary key,
    -- Without a reference: what was raised stays told when a site disconnects.
    connection_id uuid not null,
    site_id       integer not null references site on delete cascade,
    -- The vendor's number.
    alarm_id      text not null,
    what          text not null,
    at            timestamptz not null,
    heard_at      timestamptz not null,
    kind          text not null,
    serial        text,
    constraint vendor_alarm_key unique (connection_id, alarm_id, what, at),
    constraint vendor_alarm_what_check check (what in ('opened', 'cleared'))
);
create index vendor_alarm_site_idx on vendor_alarm (site_id, heard_at);
create trigger vendor_alarm_append_only
    before update or truncate on vendor_alarm
    for each statement execute function refuse_change();
