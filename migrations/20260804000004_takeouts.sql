-- What people take out of their data, and accounts that were closed.

create table takeout (
    id          uuid primary key,
    user_id     uuid not null references app_user on delete cascade,
    asked_at    timestamptz not null default now(),
    state       text not null default 'waiting',
    -- When whoever puts it together was last heard of; silence means that it died.
    alive_at    timestamptz not null default now(),
    -- Days of sites: read so far, and in all.
    done        integer not null default 0,
    total       integer not null default 0,
    bytes       bigint not null default 0,
    ready_until timestamptz,
    constraint takeout_state_check check (state in ('waiting', 'running', 'ready', 'failed'))
);
-- One at a time for each person.
create unique index takeout_under_way_key on takeout (user_id) where state in ('waiting', 'running');
create index takeout_user_idx on takeout (user_id, asked_at desc);

-- The file, in parts that fit into memory many times.
create table takeout_part (
    takeout_id uuid not null references takeout on delete cascade,
    part       integer not null,
    bytes      bytea not null,
    primary key (takeout_id, part)
);

-- When a person closed their account. What is left of them names nobody.
alter table app_user add column closed_at timestamptz;
