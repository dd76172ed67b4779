-- What an earlier rebuild may have left goes first.
drop table if exists rebuild.device_now, rebuild.site_interval, rebuild.site_day;
create table rebuild.device_now (like public.device_now including all)
    with (fillfactor = 50);
create table rebuild.site_interval (like public.site_interval including all)
    with (fillfactor = 80);
create table rebuild.site_day (like public.site_day including all)
    with (fillfactor = 80);
