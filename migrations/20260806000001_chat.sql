-- The team's conversation: rooms, what is said in them, and how far each person
-- has read.

-- Others add subjects of their own, so this one is added to whatever is there.
do $$
declare
    rule text := (select pg_get_constraintdef(oid) from pg_constraint
                  where conname = 'audit_entry_subject_check');
begin
    alter table audit_entry drop constraint audit_entry_subject_check;
    execute 'alter table audit_entry add constraint audit_entry_subject_check '
        || replace(rule, 'ARRAY[', 'ARRAY[''post''::text, ');
end $$;

-- A room is there when somebody has written in it.
create table chat_room (
    key          text primary key,
    -- What an incident was called when its room was opened.
    title        text,
    -- The place of the newest visible post. Whoever makes a post visible takes
    -- the next one and holds the row until the commit, so places are given in
    -- the order of commits and none is left out.
    last_seq     bigint not null default 0,
    last_post_at timestamptz,
    constraint chat_room_key_check check (key ~ '^(lobby|region-.+|incident-.+)$')
);

create table chat_post (
    id         uuid primary key,
    room       text not null references chat_room,
    -- Given when it becomes visible, and kept.
    seq        bigint,
    author     uuid not null references app_user,
    body       text not null,
    -- [{"at": byte, "length": bytes, "person" | "site" | "anomaly": key}]
    mentions   jsonb not null,
    status     text not null,
    held_for   text,
    posted_at  timestamptz not null,
    edited_at  timestamptz,
    decided_by uuid references app_user,
    decided_at timestamptz,
    reason     text,
    words      tsvector not null generated always as (to_tsvector('simple', body)) stored,
    constraint chat_post_seq_key unique (room, seq),
    constraint chat_post_status_check check (status in ('visible', 'pending', 'removed')),
    constraint chat_post_held_for_check
        check (held_for in ('link_from_new', 'repeat', 'blocked_word', 'long')),
    constraint chat_post_place_check check (status <> 'visible' or seq is not null)
);
create index chat_post_author_idx on chat_post (author, posted_at desc);
create index chat_post_pending_idx on chat_post (posted_at) where status = 'pending';
create index chat_post_words_idx on chat_post using gin (words) where status = 'visible';

create table chat_reader (
    user_id uuid not null references app_user on delete cascade,
    room    text not null references chat_room on delete cascade,
    -- The newest post that was on their screen.
    seq     bigint not null,
    primary key (user_id, room)
);
