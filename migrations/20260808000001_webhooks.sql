-- Webhooks: programs that are told beside people. What they are told is written
-- in the transaction that changes what it tells of, and posted afterwards by
-- whichever instance is free.

create table webhook (
    id            uuid primary key,
    name          text not null,
    url           text not null,
    -- The key that signs, sealed for this row: it is never shown again.
    secret_sealed bytea not null,
    enabled       boolean not null default true,
    made_at       timestamptz not null default now(),
    removed_at    timestamptz
);

create table webhook_delivery (
    id          bigint generated always as identity primary key,
    webhook_id  uuid not null references webhook on delete cascade,
    -- Sent with every try as webhook-id: by it receivers know a repeat.
    message_id  text not null,
    -- What makes it this message and no other: written twice, it is sent once.
    key         text not null,
    kind        text not null,
    body        text not null,
    state       text not null default 'waiting',
    -- How often somebody took it up to post it; also the proof that whoever
    -- reports about it is the last who did.
    tries       integer not null default 0,
    written_at  timestamptz not null default now(),
    next_try_at timestamptz not null default now(),
    give_up_at  timestamptz not null,
    settled_at  timestamptz,
    last_error  text,
    constraint webhook_delivery_key unique (webhook_id, key),
    constraint webhook_delivery_state_check check (state in ('waiting', 'sent', 'dead')),
    constraint webhook_delivery_settled_check check ((state = 'waiting') = (settled_at is null))
);
create index webhook_delivery_due_idx on webhook_delivery (webhook_id, next_try_at, id)
    where state = 'waiting';
create index webhook_delivery_log_idx on webhook_delivery (webhook_id, id desc);

-- Which of them a rule tells.
alter table alert_rule add column webhooks uuid[] not null default '{}';

-- Adds a word to those that the audit trail knows, whichever it knows already.
do $$
declare
    words text;
begin
    select string_agg(distinct quote_literal(word[1]), ', ') into words
    from pg_constraint,
         regexp_matches(pg_get_constraintdef(oid), '''([a-z_]+)''', 'g') as word
    where conname = 'audit_entry_subject_check';
    alter table audit_entry drop constraint audit_entry_subject_check;
    execute 'alter table audit_entry add constraint audit_entry_subject_check '
            'check (subject in (' || words || ', ''webhook''))';
end $$;
