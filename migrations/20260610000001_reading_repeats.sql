-- Readings that arrived again with equal values. The log holds each of them
-- once; that they were sent again says something about the sender, and is kept
-- as the log is: how often, by quarter hour and batch.
create table reading_repeat (
    site_id   integer not null,
    starts_at timestamptz not null,
    batch_id  bigint not null,
    repeats   integer not null,
    constraint reading_repeat_pkey primary key (site_id, starts_at, batch_id),
    constraint reading_repeat_repeats_check check (repeats > 0)
);

create trigger reading_repeat_append_only
    before update or delete or truncate on reading_repeat
    for each statement execute function refuse_change();
revoke update, delete, truncate on reading_repeat from public, current_user;
