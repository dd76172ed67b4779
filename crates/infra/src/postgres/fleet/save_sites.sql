-- Creates or updates sites by their code. What is not known of a site that
-- exists stays as it was.
insert into site (
    code, name, customer, address, latitude, longitude, time_zone, capacity_wp, tilt_deg,
    azimuth_deg, ac_limit_w, export_limit_w, region, brand, commissioned_on, cadence_s,
    reports_at_night, price_per_kwh, currency, place_assumed, capacity_assumed)
select
    code, name, customer, address, latitude, longitude, time_zone, capacity_wp, tilt_deg,
    azimuth_deg, ac_limit_w, export_limit_w, region, brand, commissioned_on, cadence_s,
    reports_at_night, price_per_kwh, currency, place_assumed, capacity_assumed
from jsonb_to_recordset($1) as t(
    code text, name text, customer text, address text, latitude double precision,
    longitude double precision, time_zone text, capacity_wp bigint, tilt_deg double precision,
    azimuth_deg double precision, ac_limit_w bigint, export_limit_w bigint, region text,
    brand text, commissioned_on date, cadence_s int, reports_at_night boolean,
    price_per_kwh numeric, currency text, place_assumed boolean, capacity_assumed boolean)
order by code
on conflict (code) do update set
    name = excluded.name,
    customer = coalesce(excluded.customer, site.customer),
    address = coalesce(excluded.address, site.address),
    latitude = excluded.latitude,
    longitude = excluded.longitude,
    time_zone = excluded.time_zone,
    capacity_wp = excluded.capacity_wp,
    tilt_deg = coalesce(excluded.tilt_deg, site.tilt_deg),
    azimuth_deg = coalesce(excluded.azimuth_deg, site.azimuth_deg),
    ac_limit_w = coalesce(excluded.ac_limit_w, site.ac_limit_w),
    export_limit_w = coalesce(excluded.export_limit_w, site.export_limit_w),
    region = excluded.region,
    brand = excluded.brand,
    commissioned_on = coalesce(excluded.commissioned_on, site.commissioned_on),
    cadence_s = excluded.cadence_s,
    reports_at_night = excluded.reports_at_night,
    price_per_kwh = excluded.price_per_kwh,
    currency = excluded.currency,
    place_assumed = excluded.place_assumed,
    capacity_assumed = excluded.capacity_assumed
returning id, code, to_jsonb(site) as "site!"
