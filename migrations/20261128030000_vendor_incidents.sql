-- A failure of a vendor, or of what opens its interface, is one incident however
-- many sites it strikes. While it is open nobody behind it is asked but a probe.
create table vendor_incident (
    id bigint generated always as identity primary key,
    brand text not null,
    -- None where the vendor itself is struck.
    credential_id uuid references vendor_credential on delete cascade,
    cause text not null,
    said text,
    since timestamptz not null,
    failures integer not null,
    probe_at timestamptz not null,
    ended_at timestamptz,
    -- Connections that it kept from their readings.
    struck integer not null default 0
);

create unique index vendor_incident_open on vendor_incident
    (brand, coalesce(credential_id, '00000000-0000-0000-0000-000000000000'))
    where ended_at is null;

create index vendor_incident_ended on vendor_incident (ended_at desc) where ended_at is not null;
