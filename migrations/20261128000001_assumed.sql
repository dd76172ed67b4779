-- What nobody told of a site and is assumed: its place is that of others near
-- it, its capacity a usual one.
alter table site
    add column place_assumed boolean not null default false,
    add column capacity_assumed boolean not null default false;
