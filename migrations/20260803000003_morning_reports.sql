-- Morning reports: one for each region and local day, kept as they were sent.

create table morning_report (
    region  text not null references region,
    day     date not null,
    due_at  timestamptz not null,
    made_at timestamptz not null,
    -- What it says, as it was then.
    content jsonb not null,
    primary key (region, day)
);
create index morning_report_day_idx on morning_report (day desc, region);
