-- Imports of files, with their progress and the rows that were not taken.

create table import_job (
    id          uuid primary key,
    started_by  uuid references app_user on delete set null,
    started_at  timestamptz not null default now(),
    finished_at timestamptz,
    -- When whoever runs it was last heard of; silence means that it died.
    alive_at    timestamptz not null default now(),
    file_name   text not null,
    state       text not null,
    error       text,
    bytes_total bigint not null,
    bytes_done  bigint not null default 0,
    sites       integer not null default 0,
    accepted    bigint not null default 0,
    duplicates  bigint not null default 0,
    corrections bigint not null default 0,
    rejected    bigint not null default 0,
    constraint import_job_state_check check (state in ('running', 'done', 'failed'))
);
create index import_job_started_at_idx on import_job (started_at desc);
create index import_job_running_idx on import_job (alive_at) where state = 'running';

create table import_reject (
    job_id     uuid not null references import_job on delete cascade,
    file       text not null,
    row_number integer not null,
    field      text,
    code       text not null,
    message    text not null,
    line       text not null,
    primary key (job_id, file, row_number)
);
