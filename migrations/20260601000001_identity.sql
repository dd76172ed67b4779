-- People, their sessions, tokens for devices, and the record of who did what.

create table app_user (
    id            uuid primary key,
    email         text not null,
    name          text not null,
    role          text not null,
    password_hash text not null,
    active        boolean not null default true,
    -- Raised with every change of password, role or activity; sessions opened
    -- under an older value are no longer good.
    auth_version  integer not null default 1,
    created_at    timestamptz not null default now(),
    last_seen_at  timestamptz,
    constraint app_user_role_check check (role in ('ops', 'cs', 'customer', 'admin'))
);
create unique index app_user_email_key on app_user (lower(email));

-- The cookie holds the session id; the table only its SHA-256, so a copy of the
-- table opens no session.
create table session (
    id_hash      bytea primary key,
    user_id      uuid references app_user on delete cascade,
    -- That of the person when they signed in.
    auth_version integer,
    data         jsonb not null,
    created_at   timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at   timestamptz not null
);
create index session_user_id_idx on session (user_id);
create index session_expires_at_idx on session (expires_at);

-- Attempts to sign in, for throttling across instances. Failures are kept for a
-- day, successes for a quarter: they tell which addresses an account knows. Of an
-- IPv6 address only the network (/64), which is what one customer gets.
create table sign_in_attempt (
    id         bigint generated always as identity primary key,
    at         timestamptz not null default now(),
    email_hash bytea not null,
    address    inet not null,
    succeeded  boolean not null
);
create index sign_in_attempt_email_idx on sign_in_attempt (email_hash, at);
create index sign_in_attempt_address_idx on sign_in_attempt (address, at);

create table api_token (
    id           uuid primary key,
    name         text not null,
    secret_hash  bytea not null,
    scopes       text[] not null,
    created_at   timestamptz not null default now(),
    last_used_at timestamptz,
    revoked_at   timestamptz
);
create unique index api_token_secret_hash_key on api_token (secret_hash);

create table audit_entry (
    id             bigint generated always as identity primary key,
    at             timestamptz not null default now(),
    initiator_kind text not null,
    initiator_id   uuid,
    subject        text not null,
    subject_id     text not null,
    action         text not null,
    before         jsonb,
    after          jsonb,
    constraint audit_entry_initiator_kind_check
        check (initiator_kind in ('user', 'token', 'command_line', 'system')),
    constraint audit_entry_subject_check
        check (subject in ('user', 'session', 'token', 'site', 'import', 'quarantine', 'projection'))
);
create index audit_entry_at_idx on audit_entry (at desc);

-- Used by every table that only grows.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, tg_op
        using errcode = 'insufficient_privilege';
end $$;

create trigger audit_entry_append_only
    before update or delete or truncate on audit_entry
    for each statement execute function refuse_change();
revoke update, delete, truncate on audit_entry from public, current_user;
