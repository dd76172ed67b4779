-- Letters to people about their sites: which they do not want, and of what they
-- were written to, so that nobody is written to twice.

create table notice_unwanted (
    user_id uuid not null references app_user on delete cascade,
    kind    text not null,
    since   timestamptz not null default now(),
    primary key (user_id, kind),
    constraint notice_unwanted_kind_check
        check (kind in ('fault', 'monthly_summary', 'unusual_day'))
);

create table notice_written (
    site_id  integer not null references site on delete cascade,
    kind     text not null,
    -- An anomaly, a month, a day.
    occasion text not null,
    user_id  uuid not null references app_user on delete cascade,
    -- By the application's clock, which decides what is due.
    at       timestamptz not null,
    primary key (site_id, kind, occasion, user_id),
    constraint notice_written_kind_check
        check (kind in ('fault', 'monthly_summary', 'unusual_day'))
);
