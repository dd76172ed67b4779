-- Customers' onboarding: cases, what is typed into them, and what happened.

create table onboarding_case (
    id             uuid primary key,
    -- What people call it; the site gets it as its code.
    number         integer generated always as identity (start with 1001),
    -- Raised with every change, so that nobody writes over what they have not read.
    version        bigint not null default 1,
    owner_id       uuid references app_user on delete set null,
    opened_at      timestamptz not null,
    -- Follows from the facts and is kept for lists and limits.
    stage          text not null,
    stage_since    timestamptz not null,
    due_on         date,
    stuck_reason   text,
    stuck_since    timestamptz,
    stuck_by_limit boolean not null default false,
    waits_party    text,
    waits_what     text,
    credential_id  uuid references vendor_credential,
    access_brand   text,
    access_at      timestamptz,
    test_outcome   text,
    test_cause     text,
    tested_at      timestamptz,
    test_at        timestamptz,
    verification   jsonb,
    verify_at      timestamptz,
    accepted       text,
    accepted_kind  text,
    accepted_by    uuid,
    site_id        integer references site on delete set null,
    live_at        timestamptz,
    constraint onboarding_case_number_key unique (number),
    constraint onboarding_case_site_key unique (site_id),
    constraint onboarding_case_stage_check
        check (stage in ('signed', 'details', 'credentials', 'connection_test', 'verification',
                         'live')),
    constraint onboarding_case_outcome_check check (test_outcome in ('passed', 'asleep', 'failed')),
    constraint onboarding_case_live_check check ((stage = 'live') = (live_at is not null)),
    constraint onboarding_case_access_check
        check ((credential_id is null) = (access_at is null))
);
create index onboarding_case_open_idx on onboarding_case (stage) where live_at is null;

-- Fields as they were typed, good or not, each with its own version.
create table onboarding_field (
    case_id    uuid not null references onboarding_case on delete cascade,
    key        text not null,
    text       text not null,
    version    integer not null,
    by_kind    text not null,
    by_id      uuid,
    changed_at timestamptz not null,
    primary key (case_id, key)
);

create table onboarding_history (
    id      bigint generated always as identity primary key,
    case_id uuid not null references onboarding_case on delete cascade,
    at      timestamptz not null,
    by_kind text not null,
    by_id   uuid,
    what    text not null,
    key     text,
    before  text,
    after   text,
    constraint onboarding_history_what_check
        check (what in ('opened', 'changed', 'moved', 'access_given', 'link_made', 'message_sent',
                        'tested', 'verified', 'accepted', 'noted', 'attached', 'detached',
                        'assigned', 'waits', 'stuck', 'freed', 'went_live'))
);
create index onboarding_history_case_idx on onboarding_history (case_id, id);
create trigger onboarding_history_append_only
    before update or truncate on onboarding_history
    for each statement execute function refuse_change();

create table onboarding_file (
    id         uuid primary key,
    case_id    uuid not null references onboarding_case on delete cascade,
    name       text not null,
    media_type text not null,
    bytes      bytea not null,
    by_kind    text not null,
    by_id      uuid,
    at         timestamptz not null,
    constraint onboarding_file_size_check check (octet_length(bytes) <= 10485760)
);
create index onboarding_file_case_idx on onboarding_file (case_id);

-- Tests of connections, for their case and for the measures.
create table onboarding_test (
    id         uuid primary key,
    case_id    uuid not null references onboarding_case on delete cascade,
    brand      text not null,
    started_at timestamptz not null,
    -- By the clock on the wall: a run that never ended was cut off.
    began      timestamptz not null default now(),
    ended_at   timestamptz,
    by_kind    text not null,
    by_id      uuid,
    outcome    text,
    cause      text,
    constraint onboarding_test_outcome_check check (outcome in ('passed', 'asleep', 'failed')),
    constraint onboarding_test_ended_check check ((ended_at is null) = (outcome is null))
);
create index onboarding_test_case_idx on onboarding_test (case_id, started_at);

create table onboarding_check (
    test_id  uuid not null references onboarding_test on delete cascade,
    position integer not null,
    rung     text not null,
    state    text not null,
    words    text not null,
    cause    text,
    said     text,
    reference text,
    near     text[] not null default '{}',
    took_ms  integer not null,
    primary key (test_id, position),
    constraint onboarding_check_state_check check (state in ('passed', 'doubtful', 'failed'))
);

-- Links for customers; only the SHA-256 of the secret is kept.
create table onboarding_link (
    secret_hash bytea primary key,
    case_id     uuid not null references onboarding_case on delete cascade,
    made_at     timestamptz not null,
    good_until  timestamptz not null,
    used_at     timestamptz
);
create index onboarding_link_case_idx on onboarding_link (case_id);

-- Who looks at a case at this moment. Lost with a crash, and nobody minds.
create unlogged table onboarding_presence (
    case_id uuid not null references onboarding_case on delete cascade,
    user_id uuid not null references app_user on delete cascade,
    seen_at timestamptz not null default now(),
    primary key (case_id, user_id)
);

-- The trail gets another subject, beside those that it has, in whichever form
-- Postgres writes them.
do $$
declare
    words text;
begin
    select string_agg(distinct quote_literal(word), ', ') into words
    from (
        select (regexp_matches(pg_get_constraintdef(oid), '[''{,]([a-z_]+)(?=['',}])', 'g'))[1]
        from pg_constraint where conname = 'audit_entry_subject_check'
        union select 'case'
    ) as known(word);
    execute format('alter table audit_entry drop constraint audit_entry_subject_check, '
                   'add constraint audit_entry_subject_check check (subject in (%s))', words);
end $$;
