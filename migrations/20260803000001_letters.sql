-- Letters to people. They are written in the transaction that changes what they
-- tell of, and sent afterwards by whichever instance is free.

create table mail_letter (
    id           bigint generated always as identity primary key,
    -- What makes it this letter and no other: written twice, it is sent once.
    key          text not null,
    kind         text not null,
    recipient    text not null,
    subject      text not null,
    body_text    text not null,
    body_html    text,
    unsubscribe  text,
    state        text not null default 'waiting',
    -- How often somebody took it up to send it; also the proof that whoever
    -- reports about it is the last who did.
    tries        integer not null default 0,
    written_at   timestamptz not null default now(),
    -- While it is being sent, when another may take it up.
    next_try_at  timestamptz not null default now(),
    -- From when on a failure is the last.
    give_up_at   timestamptz not null,
    settled_at   timestamptz,
    last_error   text,
    constraint mail_letter_key_key unique (key),
    constraint mail_letter_kind_check
        check (kind in ('invitation', 'password_reset', 'address_change', 'notice', 'alert',
                        'report', 'onboarding', 'test')),
    constraint mail_letter_state_check check (state in ('waiting', 'sent', 'kept', 'dead')),
    constraint mail_letter_settled_check check ((state = 'waiting') = (settled_at is null))
);
create index mail_letter_due_idx on mail_letter (next_try_at, id) where state = 'waiting';
create index mail_letter_state_idx on mail_letter (state, id desc);

create table mail_image (
    letter_id bigint not null references mail_letter on delete cascade,
    place     smallint not null,
    cid       text not null,
    media     text not null,
    bytes     bytea not null,
    primary key (letter_id, place)
);

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
            'check (subject in (' || words || ', ''letter''))';
end $$;
