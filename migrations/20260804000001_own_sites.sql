-- What owners state of their sites, and what their meters count.

-- By what the worth of a site's energy is counted, where an owner stated it.
create table site_worth (
    site_id       integer primary key references site on delete cascade,
    bought        numeric(8, 5) not null,
    fed_in        numeric(8, 5) not null,
    -- Share of own use where no meter counts it, of a thousand.
    self_use      smallint not null,
    stated_at     timestamptz not null default now(),
    constraint site_worth_bought_check check (bought between 0 and 2),
    constraint site_worth_fed_in_check check (fed_in between 0 and 2),
    constraint site_worth_self_use_check check (self_use between 0 and 1000)
);

-- What a meter at the grid connection counted into the grid, by local day;
-- null where a site has none, or it said nothing.
alter table site_day add column fed_in_wh bigint;
