-- Readers wait for this; it must not wait for one of them for long.
set local lock_timeout = '3s';
drop table public.device_now, public.site_interval, public.site_day;
alter table rebuild.device_now set schema public;
alter table rebuild.site_interval set schema public;
alter table rebuild.site_day set schema public;
analyze public.device_now, public.site_interval, public.site_day;
