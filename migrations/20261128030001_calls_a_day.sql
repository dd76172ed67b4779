-- Some plans count the calls of a day.
alter table vendor_credential add column per_day integer;
