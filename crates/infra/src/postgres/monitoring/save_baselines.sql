-- Replaces the baselines of sites; those of sites that are gone are left out.
insert into site_baseline (
    site_id, gain, profile, hours, tilt_deg, azimuth_deg, scatter, peak_w, usual_sky, confidence,
    version, trained_from, trained_to)
select
    t.site_id, t.gain, t.profile::real[], t.hours::real[], t.tilt_deg, t.azimuth_deg, t.scatter,
    t.peak_w, t.usual_sky, t.confidence, t.version, t.trained_from, t.trained_to
from unnest(
    $1::integer[], $2::float8[], $3::text[], $4::text[], $5::float8[], $6::float8[], $7::float8[],
    $8::float8[], $9::float8[], $10::float8[], $11::integer[], $12::date[], $13::date[])
    as t (site_id, gain, profile, hours, tilt_deg, azimuth_deg, scatter, peak_w, usual_sky,
          confidence, version, trained_from, trained_to)
join site on site.id = t.site_id
on conflict (site_id) do update set
    gain = excluded.gain, profile = excluded.profile, hours = excluded.hours,
    tilt_deg = excluded.tilt_deg, azimuth_deg = excluded.azimuth_deg, scatter = excluded.scatter,
    peak_w = excluded.peak_w, usual_sky = excluded.usual_sky, confidence = excluded.confidence,
    version = excluded.version, trained_from = excluded.trained_from,
    trained_to = excluded.trained_to
