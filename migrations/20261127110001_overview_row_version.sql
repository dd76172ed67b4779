-- The version of the overview that a row came with, so that readers who know an
-- older one ask for what changed since. Without an index: it would have to be
-- written with every row, and the whole table is read in a few milliseconds.
alter table overview_row add column version bigint not null default 1;
