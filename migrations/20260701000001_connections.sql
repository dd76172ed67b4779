-- Links of sites to the interfaces of their vendors, what opens them, and what
-- their calls cost.

create table vendor_credential (
    id          uuid primary key,
    brand       text not null,
    name        text not null,
    -- AES-256-GCM under a key derived from the server's secret, bound to the id.
    sealed      bytea not null,
    created_at  timestamptz not null default now(),
    -- Calls it may make: in a minute, in a calendar month of UTC.
    per_minute  integer not null,
    per_month   integer,
    -- What it has spent. Every call is entered before it is made, whoever makes
    -- it, so that no instance can spend what another has.
    paid_at     timestamptz not null,
    spent_day   date not null,
    spent_today integer not null default 0,
    spent_month integer not null default 0,
    constraint vendor_credential_name_key unique (name),
    constraint vendor_credential_brand_check
        check (brand in ('solaredge', 'fronius', 'enphase', 'other')),
    constraint vendor_credential_quota_check check (per_minute > 0 and per_month > 0)
);

create table connection (
    id               uuid primary key,
    site_id          integer not null references site on delete cascade,
    brand            text not null,
    -- Polled with a credential under the vendor's number, or pushed to us under
    -- a secret of which only the SHA-256 is kept.
    credential_id    uuid references vendor_credential,
    external_id      text,
    push_secret_hash bytea,
    cadence_s        integer not null,
    created_at       timestamptz not null default now(),
    -- What its attempts came to; its health follows from these.
    paused           boolean not null default false,
    failures         integer not null default 0,
    failing_since    timestamptz,
    cause            text,
    said             text,
    last_success_at  timestamptz,
    last_attempt_at  timestamptz,
    next_run_at      timestamptz not null,
    -- How far its readings have been fetched.
    checkpoint       timestamptz not null,
    ahead_from       timestamptz,
    ahead_to         timestamptz,
    newest_at        timestamptz,
    reread_to        timestamptz,
    reread_at        timestamptz not null,
    constraint connection_site_key unique (site_id, brand),
    constraint connection_external_key unique (credential_id, external_id),
    constraint connection_push_secret_key unique (push_secret_hash),
    constraint connection_brand_check
        check (brand in ('solaredge', 'fronius', 'enphase', 'other')),
    constraint connection_cause_check
        check (cause in ('unreachable', 'timed_out', 'vendor_fault', 'maintenance',
                         'rate_limited', 'quota_spent', 'credential_rejected',
                         'credential_expired', 'credential_blocked', 'credential_kind',
                         'credential_unreadable', 'terms_not_accepted', 'permission_missing',
                         'plan_too_small', 'site_unknown', 'retired', 'contract_changed',
                         'no_fresh_data')),
    constraint connection_link_check
        check ((push_secret_hash is null) = (credential_id is not null)
               and (credential_id is null) = (external_id is null)),
    constraint connection_ahead_check check ((ahead_from is null) = (ahead_to is null))
);
create index connection_due_idx on connection (next_run_at)
    where credential_id is not null and not paused;

-- Who spent the calls of a credential, by day of UTC. Calls for no connection
-- in particular, such as lists of sites, belong to the credential alone.
create table vendor_usage (
    credential_id uuid not null references vendor_credential on delete cascade,
    -- Without a reference: what was spent stays spent when a site disconnects.
    connection_id uuid,
    day           date not null,
    requests      integer not null,
    points        bigint not null,
    constraint vendor_usage_key unique nulls not distinct (credential_id, day, connection_id)
);

alter table audit_entry
    drop constraint audit_entry_subject_check,
    add constraint audit_entry_subject_check
        check (subject in ('user', 'session', 'token', 'site', 'import', 'quarantine',
                           'projection', 'anomaly', 'incident', 'maintenance', 'connection'));
